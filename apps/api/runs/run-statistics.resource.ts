import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { DurationsView, RunStatisticsView, RunViewStatus } from '#contracts/rest/runs.js';
import { RUN_STATUSES } from './run.resource.js';

class DurationsResource implements DurationsView {
  @ApiProperty({ description: 'Half of them took at most so long.' }) p50Ms: number;
  @ApiProperty() p90Ms: number;
  @ApiProperty() p95Ms: number;
  @ApiProperty() longestMs: number;
}

class EndedCountResource {
  @ApiProperty({ enum: RUN_STATUSES }) status: RunViewStatus;
  @ApiProperty() count: number;
  @ApiPropertyOptional({ type: DurationsResource, description: 'From beginning to end.' })
  duration?: DurationsResource;
  @ApiPropertyOptional({ type: DurationsResource, description: 'From acceptance to beginning.' })
  waiting?: DurationsResource;
}

class LivingCountResource {
  @ApiProperty({ enum: RUN_STATUSES }) status: RunViewStatus;
  @ApiProperty() count: number;
  @ApiPropertyOptional({ enum: [true], description: 'There are more than that.' }) atLeast?: true;
}

class WorkflowStatisticsResource {
  @ApiProperty() workflow: string;
  @ApiProperty() runs: number;
  @ApiProperty() succeeded: number;
  @ApiProperty() failed: number;
  @ApiPropertyOptional({ minimum: 0, maximum: 1 }) successRate?: number;
  @ApiPropertyOptional() p50Ms?: number;
  @ApiPropertyOptional() p95Ms?: number;
}

export class RunStatisticsResource implements RunStatisticsView {
  @ApiProperty({ format: 'date-time' }) from: string;
  @ApiProperty({ format: 'date-time' }) to: string;
  @ApiProperty({ description: 'That ended in that time.' }) runs: number;
  @ApiPropertyOptional({ enum: [true], description: 'There were more, which were not looked at.' })
  runsAtLeast?: true;
  @ApiPropertyOptional({ minimum: 0, maximum: 1, description: 'Of those that succeeded or failed.' })
  successRate?: number;
  @ApiProperty({ type: [EndedCountResource] }) statuses: EndedCountResource[];
  @ApiProperty({ type: [LivingCountResource], description: 'Of all that have not ended.' })
  living: LivingCountResource[];
  @ApiProperty({ type: [WorkflowStatisticsResource], description: 'The 50 with most runs.' })
  workflows: WorkflowStatisticsResource[];
}
