import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsNumber, IsUUID, Max, Min } from 'class-validator';
import { PIPELINE_STATES, type PipelineState } from '#contracts/cicd/execution.js';
import type { RetryPipelineRequest } from '#contracts/rest/pipelines.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { EXECUTION_SORTS, type ExecutionSort } from '#persistence/pipelines/execution-list.js';
import { ChoiceFilter, ListQuery, MomentFilter, SortBy, TextFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { ReasonBody } from '../runs/operation.bodies.js';

export class PipelineListQuery extends ListQuery {
  @TextFilter('Id or name of an integration.')
  integration?: string;

  @TextFilter('Name of a platform.', 50)
  platform?: string;

  @TextFilter('What holds the pipeline, as the platform names it.', 300)
  project?: string;

  @TextFilter('As the platform names it.', 300)
  pipeline?: string;

  @TextFilter('Branch or tag.', 300)
  ref?: string;

  @ChoiceFilter(PIPELINE_STATES, { example: 'queued,running' })
  state?: PipelineState[];

  @ApiPropertyOptional({ format: 'uuid', description: 'Id of the run that started it.' })
  @Optional()
  @IsUUID()
  run?: string;

  @MomentFilter('First known here at this moment or later.')
  from?: string;

  @MomentFilter('First known here before this moment.')
  to?: string;

  @SortBy(EXECUTION_SORTS, '-id')
  sort: SortOrder<ExecutionSort> = '-id';
}

export class PipelineStatisticsQuery {
  @TextFilter('Id or name of an integration.')
  integration?: string;

  @TextFilter('Name of a platform.', 50)
  platform?: string;

  @TextFilter('What holds the pipeline, as the platform names it.', 300)
  project?: string;

  @TextFilter('As the platform names it.', 300)
  pipeline?: string;

  @TextFilter('Branch or tag.', 300)
  ref?: string;

  @MomentFilter('First known here at this moment or later; 30 days before `to` when absent.')
  from?: string;

  @MomentFilter('First known here before this moment; now when absent.')
  to?: string;

  @ApiPropertyOptional({
    type: Number,
    minimum: 0,
    maximum: 1_000_000,
    description: 'Of one minute of a machine, in whatever currency: `cost` is told then.',
  })
  @Optional()
  @Transform(({ value }) =>
    typeof value === 'string' && /^\d{1,7}(\.\d{1,6})?$/.test(value) ? Number(value) : value,
  )
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(1_000_000)
  pricePerMinute?: number;
}

export class RetryPipelineBody extends ReasonBody implements RetryPipelineRequest {
  @ApiPropertyOptional({
    enum: ['all', 'failed'],
    default: 'failed',
    description: 'All of it, or the jobs that failed; which of them a platform can, `GET /platforms` tells.',
  })
  @Optional()
  @IsIn(['all', 'failed'])
  what?: 'all' | 'failed';
}
