import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isSluiceError } from '#domain/errors.js';
import { Door } from '../auth/door.js';
import { Public } from '../auth/permit.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { ApiProblems } from '../http/problem.resource.js';
import { PlatformDeliveryResource, toPlatformDelivery } from './platform-delivery.resource.js';
import { ReceiveEvent } from './receive-event.js';

/** Where platforms bring events. What proves the sender stands in for every other credential. */
@ApiTags('integrations')
@Controller('hooks/integrations')
export class PlatformHookController {
  constructor(
    @Inject(ReceiveEvent) private readonly receiver: ReceiveEvent,
    @Inject(Door) private readonly door: Door,
  ) {}

  @Public()
  @Post(':id')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Bring an event of a pipeline, by its platform',
    description: 'As the platform sends it. The same delivery again changes nothing.',
  })
  @ApiBody({
    required: true,
    schema: { type: 'object', additionalProperties: true, example: { action: 'completed' } },
  })
  @ApiResponse({ status: 202, description: 'It is noted.', type: PlatformDeliveryResource })
  @ApiProblems(
    'webhook-signature-invalid',
    'integration-disabled',
    'platform-event-invalid',
    'body-malformed',
    'body-too-large',
    'media-type-unsupported',
    'rate-limited',
    'webhook-secret-unavailable',
    'database-unavailable',
  )
  async receive(
    @Param('id') id: string,
    @Req() request: ApiRequest & { readonly body?: unknown },
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<PlatformDeliveryResource> {
    const { body } = request;
    const sent = {
      integration: id,
      headers: request.raw.headersDistinct,
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      takeTurn: (integration: string) => this.door.takeEvent(integration, reply),
    };
    try {
      return toPlatformDelivery(await this.receiver.receive(sent));
    } catch (error) {
      if (isSluiceError(error) && error.code === 'webhook-signature-invalid') {
        await this.door.takeFailure(request, reply);
      }
      throw error;
    }
  }
}
