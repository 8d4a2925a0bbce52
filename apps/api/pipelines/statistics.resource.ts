import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type {
  JobStatistics,
  PipelineDurations,
  PipelineStatisticsView,
  StepStatistics,
} from '#contracts/rest/pipelines.js';

class DurationsResource implements PipelineDurations {
  @ApiProperty() p50Ms: number;
  @ApiProperty() p95Ms: number;
}

class JobStatisticsResource implements JobStatistics {
  @ApiProperty() platform: string;
  @ApiProperty() project: string;
  @ApiProperty() pipeline: string;
  @ApiProperty() name: string;
  @ApiProperty({ description: 'How often it was done.' }) count: number;
  @ApiProperty() failed: number;
  @ApiProperty({ description: 'Commits at which it failed and then succeeded.' }) flaky: number;
  @ApiProperty({ description: '`flaky` of the commits that it was done at, from 0 to 1.' }) flakiness: number;
  @ApiPropertyOptional({ type: DurationsResource }) duration?: DurationsResource;
  @ApiProperty({ description: 'Of machines.' }) minutes: number;
}

class StepStatisticsResource implements StepStatistics {
  @ApiProperty() job: string;
  @ApiProperty() name: string;
  @ApiProperty() count: number;
  @ApiProperty({ type: DurationsResource }) duration: DurationsResource;
}

export class PipelineStatisticsResource implements PipelineStatisticsView {
  @ApiProperty({ format: 'date-time' }) from: string;
  @ApiProperty({ format: 'date-time' }) to: string;
  @ApiProperty({ description: 'Those that are over.' }) executions: number;
  @ApiPropertyOptional({ enum: [true], description: 'There are more: the newest 10,000 were looked at.' })
  executionsAtLeast?: true;
  @ApiProperty() succeeded: number;
  @ApiProperty() failed: number;
  @ApiProperty() canceled: number;
  @ApiPropertyOptional({
    description: 'Of those that succeeded or failed, from 0 to 1; absent where none did.',
  })
  successRate?: number;
  @ApiPropertyOptional({ type: DurationsResource, description: 'From start to end.' })
  duration?: DurationsResource;
  @ApiPropertyOptional({ type: DurationsResource, description: 'Until the start.' })
  queued?: DurationsResource;
  @ApiProperty({ description: 'Of machines, each job by itself.' }) minutes: number;
  @ApiPropertyOptional({ description: '`minutes` at `pricePerMinute`.' }) cost?: number;
  @ApiProperty({ type: [JobStatisticsResource], description: 'The most machine time first, 50 at most.' })
  jobs: readonly JobStatisticsResource[];
  @ApiProperty({ type: [StepStatisticsResource], description: 'The slowest first, 20 at most.' })
  steps: readonly StepStatisticsResource[];
}
