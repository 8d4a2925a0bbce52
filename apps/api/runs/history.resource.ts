import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ComparedRun, ComparisonView, StepDifference } from '#contracts/rest/comparison.js';
import type { CheckpointView, HistoryView } from '#contracts/rest/operations.js';
import type { Page } from '#contracts/rest/page.js';
import type { RunViewStatus } from '#contracts/rest/runs.js';
import type { Json } from '#domain/json.js';
import { ListedResource } from '../http/list-query.js';
import { ValueDifferenceResource } from '../http/value-difference.resource.js';
import { RUN_STATUSES } from './run.resource.js';

export class HistoryResource implements HistoryView {
  @ApiProperty() sequence: number;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ example: 'approval.approved' }) type: string;
  @ApiPropertyOptional({ description: 'Key of the step that it is about.' }) step?: string;
  @ApiPropertyOptional() by?: string;
  @ApiPropertyOptional() reason?: string;
  @ApiPropertyOptional({ description: 'Of an event or a checkpoint.' }) name?: string;
  @ApiPropertyOptional({ type: Object }) data?: Json;
}

export class HistoryPage extends ListedResource implements Page<HistoryResource> {
  @ApiProperty({ type: [HistoryResource] }) items: HistoryResource[];
}

export class CheckpointResource implements CheckpointView {
  @ApiProperty() name: string;
  @ApiProperty() sequence: number;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiPropertyOptional() by?: string;
  @ApiPropertyOptional() reason?: string;
  @ApiProperty({ description: 'How many steps were over by then.' }) steps: number;
}

export class CheckpointPage extends ListedResource implements Page<CheckpointResource> {
  @ApiProperty({ type: [CheckpointResource] }) items: CheckpointResource[];
}

class ComparedRunResource implements ComparedRun {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() workflow: string;
  @ApiProperty() version: number;
  @ApiProperty({ enum: RUN_STATUSES }) status: RunViewStatus;
  @ApiPropertyOptional() durationMs?: number;
}

class StepDifferenceResource implements StepDifference {
  @ApiProperty() key: string;
  @ApiProperty({ enum: ['added', 'removed', 'changed'] }) change: StepDifference['change'];
  @ApiPropertyOptional({ type: [String] }) status?: readonly [string, string];
  @ApiPropertyOptional({ type: [Number] }) durationMs?: readonly [number | null, number | null];
  @ApiPropertyOptional({ type: [Number] }) attempts?: readonly [number, number];
  @ApiPropertyOptional({ type: [ValueDifferenceResource] }) output?: readonly ValueDifferenceResource[];
  @ApiPropertyOptional({ type: [String], description: 'Codes of their errors.' })
  error?: readonly [string | null, string | null];
}

export class ComparisonResource implements ComparisonView {
  @ApiProperty({ type: [ComparedRunResource] }) runs: readonly [ComparedRunResource, ComparedRunResource];
  @ApiProperty({ type: [ValueDifferenceResource] }) inputs: readonly ValueDifferenceResource[];
  @ApiProperty({ type: [ValueDifferenceResource] }) output: readonly ValueDifferenceResource[];
  @ApiProperty({ type: [StepDifferenceResource] }) steps: readonly StepDifferenceResource[];
  @ApiPropertyOptional({ enum: [true], description: 'More differs than is shown.' }) more?: true;
}
