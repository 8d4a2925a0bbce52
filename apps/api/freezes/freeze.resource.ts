import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { FreezeView } from '#contracts/rest/freezes.js';
import type { Page } from '#contracts/rest/page.js';
import type { Freeze } from '#persistence/entities/freeze.entity.js';
import { ListedResource } from '../http/list-query.js';

export class FreezeResource implements FreezeView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ format: 'date-time' }) startsAt: string;
  @ApiProperty({ format: 'date-time' }) endsAt: string;
  @ApiProperty({ description: 'Whether it holds runs now.' }) active: boolean;
  @ApiPropertyOptional({ type: [String], description: 'Names of workflows; all when absent.' })
  workflows?: readonly string[];
  @ApiPropertyOptional() reason?: string;
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
}

export class FreezePage extends ListedResource implements Page<FreezeResource> {
  @ApiProperty({ type: [FreezeResource] }) items: FreezeResource[];
}

export function toFreeze(row: Freeze, now: Date): FreezeResource {
  return {
    id: row.id,
    name: row.name,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    active: row.startsAt <= now && now < row.endsAt,
    ...(row.workflows === null ? {} : { workflows: row.workflows }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}
