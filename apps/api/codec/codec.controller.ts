import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { createRemoteCodec, type RemoteCodec, type RemotePayload } from '#temporal/client/remote-codec.js';
import { Permit } from '../auth/permit.js';
import type { Configuration } from '../configuration.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { CONFIGURATION } from '../tokens.js';
import { PayloadsBody } from './codec.resource.js';

/** The codec server of Temporal's Web UI and CLI: shows people what is stored compressed and encrypted. */
@ApiTags('codec')
@Controller('codec')
export class CodecController {
  private readonly codec: RemoteCodec;

  constructor(@Inject(CONFIGURATION) configuration: Configuration) {
    this.codec = createRemoteCodec(configuration.encryptionKeys);
  }

  @Permit('codec:use')
  @Post('decode')
  @HttpCode(200)
  @ApiOperation({ summary: "Reads payloads, for Temporal's Web UI and CLI" })
  @ApiResponse({ status: 200, type: PayloadsBody })
  @ApiProblems('request-invalid', 'payload-unreadable')
  async decode(@Body() { payloads }: PayloadsBody): Promise<{ payloads: readonly RemotePayload[] }> {
    requireTexts(payloads);
    const decoded = await this.codec.decode(payloads).catch((error: unknown) => {
      throw problemError('payload-unreadable', error instanceof Error ? error.message : 'It cannot be read.');
    });
    return { payloads: decoded };
  }

  @Permit('codec:use')
  @Post('encode')
  @HttpCode(200)
  @ApiOperation({ summary: "Writes payloads, for Temporal's Web UI and CLI" })
  @ApiResponse({ status: 200, type: PayloadsBody })
  @ApiProblems('request-invalid')
  async encode(@Body() { payloads }: PayloadsBody): Promise<{ payloads: readonly RemotePayload[] }> {
    requireTexts(payloads);
    return { payloads: await this.codec.encode(payloads) };
  }
}

function requireTexts(payloads: PayloadsBody['payloads']): void {
  const wrong = payloads.findIndex(({ metadata = {} }) =>
    Object.values(metadata).some((value) => typeof value !== 'string'),
  );
  if (wrong < 0) return;
  const errors = [{ path: `payloads.${wrong}.metadata`, message: 'must hold base64 texts' }];
  throw problemError('request-invalid', 'The metadata of a payload holds something other than texts.', {
    errors,
  });
}
