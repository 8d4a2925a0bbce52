import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type {
  FullPlatformDeliveryView,
  ListedPlatformDeliveryView,
  PlatformDeliveryView,
} from '#contracts/rest/integrations.js';
import type { Page } from '#contracts/rest/page.js';
import type { PlatformDeliveryOutcome } from '#contracts/webhooks.js';
import type {
  FullPlatformDeliveryRow,
  PlatformDeliveryRow,
} from '#persistence/integrations/platform-delivery-repository.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { DELIVERY_SORTS, type DeliverySort } from '#persistence/webhooks/delivery-rows.js';
import { ChoiceFilter, ListedResource, ListQuery, SortBy } from '../http/list-query.js';

const SHOWN = 65_536;

export const PLATFORM_OUTCOMES = [
  'observed',
  'hinted',
  'filtered',
] as const satisfies readonly PlatformDeliveryOutcome[];

export class PlatformDeliveryResource implements PlatformDeliveryView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({
    enum: PLATFORM_OUTCOMES,
    description:
      '`observed`: the execution that it tells of was noted; `hinted`: it proves nothing of itself, the platform is asked; `filtered`: it is about something else.',
  })
  outcome: PlatformDeliveryOutcome;
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The execution that it told of, see `GET /pipelines`.',
  })
  execution?: string;
}

export class ListedPlatformDeliveryResource
  extends PlatformDeliveryResource
  implements ListedPlatformDeliveryView
{
  @ApiProperty({ format: 'date-time' }) receivedAt: string;
  @ApiProperty({ example: 'workflow_run', description: "In the platform's own word." }) type: string;
  @ApiProperty({ description: 'As the platform named the delivery.' }) delivery: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'The delivery that it repeats.' }) replayOf?: string;
  @ApiPropertyOptional({ description: 'Who let it be repeated.' }) replayedBy?: string;
}

export class FullPlatformDeliveryResource
  extends ListedPlatformDeliveryResource
  implements FullPlatformDeliveryView
{
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Without those that hold secrets, or say whence it came.',
  })
  headers: Readonly<Record<string, string>>;
  @ApiProperty({ description: 'Its first 65,536 characters.' }) body: string;
  @ApiProperty({ description: 'Characters that there are.' }) bodyLength: number;
}

export class PlatformDeliveryPage extends ListedResource implements Page<ListedPlatformDeliveryResource> {
  @ApiProperty({ type: [ListedPlatformDeliveryResource] }) items: ListedPlatformDeliveryResource[];
}

export class PlatformDeliveryListQuery extends ListQuery {
  @ChoiceFilter(PLATFORM_OUTCOMES)
  outcome?: PlatformDeliveryOutcome[];

  @SortBy(DELIVERY_SORTS, '-id')
  sort: SortOrder<DeliverySort> = '-id';
}

export function toPlatformDelivery({
  id,
  outcome,
  executionId,
}: PlatformDeliveryRow): PlatformDeliveryResource {
  return { id, outcome, ...(executionId === null ? {} : { execution: executionId }) };
}

export function toListedPlatformDelivery(row: PlatformDeliveryRow): ListedPlatformDeliveryResource {
  return {
    ...toPlatformDelivery(row),
    receivedAt: row.receivedAt.toISOString(),
    type: row.event.type,
    delivery: row.event.id,
    ...(row.replayOf === null ? {} : { replayOf: row.replayOf }),
    ...(row.replayedBy === null ? {} : { replayedBy: row.replayedBy }),
  };
}

export function toFullPlatformDelivery(row: FullPlatformDeliveryRow): FullPlatformDeliveryResource {
  const { headers, body } = row;
  return { ...toListedPlatformDelivery(row), headers, body: body.slice(0, SHOWN), bodyLength: body.length };
}
