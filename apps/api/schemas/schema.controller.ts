import { createHash } from 'node:crypto';
import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { renderDefinitionSchema } from '#contracts/catalogue/definition-schema.js';
import { Permit } from '../auth/permit.js';
import { matchesTag } from '../http/entity-tag.js';
import type { ApiReply } from '../http/exchange.js';

/** What editors complete and check definitions by. */
@ApiTags('schemas')
@Controller('api/v1/schemas')
export class SchemaController {
  private readonly text = renderDefinitionSchema();
  private readonly tag = `"${createHash('sha256').update(this.text).digest('hex')}"`;

  @Permit('catalogue:read')
  @Get('definition')
  @ApiOperation({
    summary: 'The JSON Schema of a definition, for editors',
    description: 'Draft 2020-12. It changes with versions of Sluice only; the ETag is its digest.',
  })
  @ApiProduces('application/schema+json')
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'ETag of what the caller has.' })
  @ApiResponse({ status: 200, description: 'The schema.' })
  @ApiResponse({ status: 304, description: 'The caller has it.' })
  definition(@Headers('if-none-match') known: string | undefined, @Res() reply: ApiReply): void {
    // Kept by whoever asks, who asks again whether it is still this one.
    reply.header('etag', this.tag).header('cache-control', 'no-cache');
    if (matchesTag(known, this.tag)) reply.code(304).send(undefined);
    else reply.header('content-type', 'application/schema+json; charset=utf-8').send(this.text);
  }
}
