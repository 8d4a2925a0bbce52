import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type { DeliveryView, FullDeliveryView, ListedDeliveryView } from '#contracts/rest/webhooks.js';
import type { DeliveryOutcome, WebhookEvent } from '#contracts/webhooks.js';
import type { DeliveryRow, FullDeliveryRow } from '#persistence/webhooks/delivery-repository.js';
import { ListedResource } from '../http/list-query.js';

const SHOWN = 65_536;

export class DeliveryResource implements DeliveryView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['started', 'sent', 'filtered', 'refused'] }) outcome: DeliveryOutcome;
  @ApiPropertyOptional({ example: 'inputs-invalid', description: 'Why it was refused.' }) code?: string;
  @ApiPropertyOptional() message?: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'The run that it started.' }) run?: string;
  @ApiPropertyOptional({ description: 'Runs that it was sent to.' }) targets?: number;
}

class WebhookEventResource implements WebhookEvent {
  @ApiProperty({ description: 'As the sender named the delivery.' }) id: string;
  @ApiProperty({ example: 'push' }) type: string;
  @ApiProperty({ description: 'Of CloudEvents.' }) source: string;
  @ApiProperty({ description: 'Of CloudEvents.' }) subject: string;
}

export class ListedDeliveryResource extends DeliveryResource implements ListedDeliveryView {
  @ApiProperty({ format: 'date-time' }) receivedAt: string;
  @ApiProperty({ type: WebhookEventResource }) event: WebhookEventResource;
  @ApiPropertyOptional({ format: 'uuid', description: 'The delivery that it repeats.' }) replayOf?: string;
  @ApiPropertyOptional({ description: 'Who let it be repeated.' }) replayedBy?: string;
}

export class FullDeliveryResource extends ListedDeliveryResource implements FullDeliveryView {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Without those that hold secrets, or say whence it came.',
  })
  headers: Readonly<Record<string, string>>;
  @ApiProperty({ description: 'Its first 65,536 characters.' }) body: string;
  @ApiProperty({ description: 'Characters that there are.' }) bodyLength: number;
}

export class DeliveryPage extends ListedResource implements Page<ListedDeliveryResource> {
  @ApiProperty({ type: [ListedDeliveryResource] }) items: ListedDeliveryResource[];
}

export function toDelivery({ id, outcome, code, message, runId, targets }: DeliveryRow): DeliveryResource {
  return {
    id,
    outcome,
    ...(code === null ? {} : { code }),
    ...(message === null ? {} : { message }),
    ...(runId === null ? {} : { run: runId }),
    ...(targets === null ? {} : { targets }),
  };
}

export function toListedDelivery(row: DeliveryRow): ListedDeliveryResource {
  return {
    ...toDelivery(row),
    receivedAt: row.receivedAt.toISOString(),
    event: row.event,
    ...(row.replayOf === null ? {} : { replayOf: row.replayOf }),
    ...(row.replayedBy === null ? {} : { replayedBy: row.replayedBy }),
  };
}

export function toFullDelivery(row: FullDeliveryRow): FullDeliveryResource {
  const { headers, body } = row;
  return { ...toListedDelivery(row), headers, body: body.slice(0, SHOWN), bodyLength: body.length };
}
