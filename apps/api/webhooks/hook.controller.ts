import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isSluiceError } from '#domain/errors.js';
import { Door } from '../auth/door.js';
import { Public } from '../auth/permit.js';
import { correlationIdOf } from '../http/correlation.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { ApiProblems } from '../http/problem.resource.js';
import { traceparentOf } from '../http/trace.js';
import { DeliveryResource, toDelivery } from './delivery.resource.js';
import { ReceiveDelivery } from './receive-delivery.js';

/** Where senders outside bring events. Their signature stands in for every other credential. */
@ApiTags('webhooks')
@Controller('hooks')
export class HookController {
  constructor(
    @Inject(ReceiveDelivery) private readonly receiver: ReceiveDelivery,
    @Inject(Door) private readonly door: Door,
  ) {}

  @Public()
  @Post(':id')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Bring an event, by its sender',
    description:
      'JSON, a form with JSON in `payload`, or a CloudEvent; signed as the webhook says. The same delivery again answers with the same run.',
  })
  @ApiBody({
    required: true,
    schema: { type: 'object', additionalProperties: true, example: { ref: 'refs/heads/main' } },
  })
  @ApiResponse({ status: 202, description: 'It is noted, with what it did.', type: DeliveryResource })
  @ApiProblems(
    'webhook-signature-invalid',
    'webhook-disabled',
    'request-invalid',
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
  ): Promise<DeliveryResource> {
    const { body } = request;
    const sent = {
      webhook: id,
      headers: request.raw.headersDistinct,
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      correlationId: correlationIdOf(request),
      traceparent: traceparentOf(request),
      takeTurn: (webhook: string) => this.door.takeEvent(webhook, reply),
    };
    try {
      return toDelivery(await this.receiver.receive(sent));
    } catch (error) {
      if (isSluiceError(error) && error.code === 'webhook-signature-invalid') {
        await this.door.takeFailure(request, reply);
      }
      throw error;
    }
  }
}
