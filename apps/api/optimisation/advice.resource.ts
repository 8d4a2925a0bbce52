import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AdviceView, EstimateView, RemainingView } from '#contracts/rest/history.js';
import type { RunViewStatus } from '#contracts/rest/runs.js';
import type { Advice, Edit, Evidence, Gain } from '#domain/optimisation/advice.js';
import type { StepEstimate } from '#domain/optimisation/estimate.js';
import type { Interval } from '#domain/optimisation/statistics.js';
import { RUN_STATUSES } from '../runs/run.resource.js';

class StepEstimateResource implements StepEstimate {
  @ApiProperty() step: string;
  @ApiProperty({ description: 'Runs in which it ran.' }) runs: number;
  @ApiProperty() p50Ms: number;
  @ApiProperty() p90Ms: number;
  @ApiProperty({ description: 'Share of the runs whose time it was a part of.' }) critical: number;
}

export class EstimateResource implements EstimateView {
  @ApiProperty() workflow: string;
  @ApiProperty() version: number;
  @ApiProperty({ description: 'Succeeded runs that it rests on.' }) runs: number;
  @ApiProperty({ description: 'Whether these are enough.' }) conclusive: boolean;
  @ApiProperty({ description: 'Half of the runs take at most so long.' }) p50Ms: number;
  @ApiProperty({ description: 'Nine of ten do.' }) p90Ms: number;
  @ApiProperty({ description: 'Median distance of the model from what recorded runs took, as a share.' })
  error: number;
  @ApiProperty({ type: [String], description: 'Steps whose times make it up, first to last.' })
  criticalPath: readonly string[];
  @ApiProperty({ type: [StepEstimateResource] }) steps: readonly StepEstimateResource[];
}

export class RemainingResource implements RemainingView {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty({ enum: RUN_STATUSES }) status: RunViewStatus;
  @ApiProperty({ description: 'Succeeded runs that it rests on.' }) runs: number;
  @ApiProperty({ description: 'Whether these are enough.' }) conclusive: boolean;
  @ApiProperty({ description: 'Of the time that is over.', minimum: 0, maximum: 100 }) percent: number;
  @ApiProperty({ description: 'Left, as the median of earlier runs has it.' }) p50Ms: number;
  @ApiProperty() p90Ms: number;
  @ApiPropertyOptional({ format: 'date-time' }) expectedEnd?: string;
}

class IntervalResource implements Interval {
  @ApiProperty() mean: number;
  @ApiProperty({ description: 'In 90 of 100 cases it lies above this …' }) low: number;
  @ApiProperty({ description: '… and below this.' }) high: number;
}

class GainResource implements Gain {
  @ApiProperty({ type: IntervalResource, description: 'Milliseconds that a run becomes shorter.' })
  time: IntervalResource;
  @ApiPropertyOptional({
    type: IntervalResource,
    description: 'Share of the failed runs that would have succeeded.',
  })
  saves?: IntervalResource;
}

class EvidenceResource implements Evidence {
  @ApiProperty({ description: 'Runs that were looked at.' }) runs: number;
  @ApiProperty({ type: [String], description: 'Runs that show it; the newest ten.' })
  shownBy: readonly string[];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' } })
  figures: Readonly<Record<string, number>>;
}

class AdviceItemResource implements Advice {
  @ApiProperty({ example: 'timeout:unit' }) id: string;
  @ApiProperty({ enum: ['parallel', 'timeout', 'retry', 'order'] }) kind: Advice['kind'];
  @ApiProperty() advice: string;
  @ApiProperty() because: string;
  @ApiProperty({ type: [String] }) steps: readonly string[];
  @ApiProperty({ enum: ['data', 'check'], description: '`check`: a person must know that `assumes` holds.' })
  certainty: Advice['certainty'];
  @ApiProperty({ type: [String] }) assumes: readonly string[];
  @ApiProperty({ type: GainResource }) gain: GainResource;
  @ApiProperty({ type: EvidenceResource }) evidence: EvidenceResource;
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    description: 'Changes of the definition, by the keys from its root down.',
  })
  edits: readonly Edit[];
}

export class AdviceResource implements AdviceView {
  @ApiProperty() workflow: string;
  @ApiProperty() version: number;
  @ApiProperty({ description: 'Runs that were looked at.' }) runs: number;
  @ApiProperty() succeeded: number;
  @ApiProperty({ description: 'Whether these are enough.' }) conclusive: boolean;
  @ApiProperty({ type: [AdviceItemResource] }) items: readonly AdviceItemResource[];
}
