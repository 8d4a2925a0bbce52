import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type {
  RetentionForecastView,
  RetentionPassView,
  RetentionPeriodView,
  RetentionStatisticsView,
  RetentionView,
} from '#contracts/rest/retention.js';
import {
  RETENTION_KINDS,
  type RetentionKindName,
  type RetentionPassStatus,
  type RetentionResult,
  type RetentionTrigger,
} from '#contracts/retention.js';
import type { Recommendation, TableStatistics } from '#domain/retention/recommend.js';
import type { RetentionPass } from '#persistence/entities/retention-pass.entity.js';
import type { PeriodRow } from '#persistence/retention/retention-repository.js';

const KINDS = Object.keys(RETENTION_KINDS);

class RetentionPeriodResource implements RetentionPeriodView {
  @ApiProperty({ enum: KINDS }) kind: RetentionKindName;
  @ApiProperty() days: number;
  @ApiProperty({ description: 'Whether what is removed goes into the archive first.' }) archive: boolean;
  @ApiProperty() updatedBy: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class RetentionResource implements RetentionView {
  @ApiProperty({ type: [RetentionPeriodResource], description: 'What is not named is kept for ever.' })
  periods: RetentionPeriodResource[];
  @ApiProperty({ description: 'Time of day of the pass of each night, UTC.', example: '03:00' })
  nightly: string;
}

class RetentionForecastResource implements RetentionForecastView {
  @ApiProperty({ enum: KINDS }) kind: RetentionKindName;
  @ApiProperty() days: number;
  @ApiProperty({ format: 'date-time', description: 'What was over before is too old.' }) before: string;
  @ApiProperty({ description: 'Would be removed.' }) items: number;
  @ApiProperty({ description: 'Old enough, but needed by what is kept.' }) held: number;
  @ApiPropertyOptional({ format: 'date-time' }) oldest?: string;
}

export class RetentionDryRunResource {
  @ApiProperty({ type: [RetentionForecastResource] }) kinds: RetentionForecastResource[];
}

class RetentionResultResource implements RetentionResult {
  @ApiProperty({ enum: KINDS }) kind: RetentionKindName;
  @ApiProperty() removed: number;
  @ApiProperty({ description: 'Old enough, but needed by what is kept, or in use just then.' }) held: number;
  @ApiProperty({ type: [String], description: 'Written, relative to the folder of archives.' })
  files: readonly string[];
}

export class RetentionPassResource implements RetentionPassView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['nightly', 'request'] }) trigger: RetentionTrigger;
  @ApiProperty({ enum: ['running', 'succeeded', 'failed', 'interrupted'] }) status: RetentionPassStatus;
  @ApiProperty() startedBy: string;
  @ApiProperty({ format: 'date-time' }) startedAt: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiProperty({ type: [RetentionResultResource] }) results: readonly RetentionResult[];
  @ApiPropertyOptional() error?: string;
}

export class RetentionPassPage implements Page<RetentionPassResource> {
  @ApiProperty({ type: [RetentionPassResource] }) items: RetentionPassResource[];
  @ApiPropertyOptional() next?: string;
  @ApiPropertyOptional() total?: number;
}

class TableStatisticsResource implements TableStatistics {
  @ApiProperty() table: string;
  @ApiProperty() rows: number;
  @ApiProperty({ description: 'With its indexes: the share of the project, about.' }) bytes: number;
  @ApiProperty({ description: 'As over the last week.' }) bytesPerDay: number;
}

class KindStatisticsResource {
  @ApiProperty({ enum: KINDS }) kind: RetentionKindName;
  @ApiProperty() items: number;
  @ApiProperty() bytes: number;
  @ApiProperty() bytesPerDay: number;
  @ApiPropertyOptional({ format: 'date-time' }) oldest?: string;
  @ApiProperty({ type: [TableStatisticsResource] }) tables: readonly TableStatisticsResource[];
}

class FreedResource {
  @ApiProperty() items: number;
  @ApiProperty() bytes: number;
}

class RecommendationResource implements Recommendation {
  @ApiProperty({
    enum: ['set-period', 'shorten-period', 'keep-audit-longer', 'archive-first', 'remove-backlog'],
  })
  code: Recommendation['code'];
  @ApiProperty({ enum: KINDS }) kind: string;
  @ApiPropertyOptional({ description: 'What to set.' }) days?: number;
  @ApiProperty() text: string;
  @ApiPropertyOptional({ type: FreedResource }) frees?: FreedResource;
}

export class RetentionStatisticsResource implements RetentionStatisticsView {
  @ApiProperty({ type: [KindStatisticsResource] }) kinds: readonly KindStatisticsResource[];
  @ApiProperty({ type: [RecommendationResource] }) recommendations: readonly RecommendationResource[];
}

export function toPeriod({ updatedAt, ...row }: PeriodRow): RetentionPeriodResource {
  return { ...row, updatedAt: updatedAt.toISOString() };
}

export function toPass(row: RetentionPass): RetentionPassResource {
  const { id, trigger, status, startedBy, startedAt, endedAt, results, error } = row;
  return {
    id,
    trigger,
    status,
    startedBy,
    startedAt: startedAt.toISOString(),
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
    results,
    ...(error === null ? {} : { error }),
  };
}
