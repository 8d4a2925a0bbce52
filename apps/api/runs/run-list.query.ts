import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import type { RunTrigger, RunViewStatus } from '#contracts/rest/runs.js';
import { FAILURE_CLASSES, type FailureClass } from '#domain/execution/step-error.js';
import { MAX_VERSION_NUMBER } from '#domain/versions/version-reference.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { RUN_SORTS, type RunSort } from '#persistence/repositories/run-list.js';
import { ChoiceFilter, ListQuery, MomentFilter, SortBy, TextFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { ToInteger } from '../http/page-query.js';
import { RUN_STATUSES, RUN_TRIGGERS } from './run.resource.js';

export class RunListQuery extends ListQuery {
  @ChoiceFilter(RUN_STATUSES, { example: 'queued,running' })
  status?: RunViewStatus[];

  @TextFilter('Id or name of a workflow.')
  workflow?: string;

  @ApiPropertyOptional({ description: 'Number of a version; with `workflow`.', minimum: 1 })
  @Optional()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_VERSION_NUMBER)
  version?: number;

  @ChoiceFilter(RUN_TRIGGERS)
  trigger?: RunTrigger[];

  @TextFilter('Who started it.')
  startedBy?: string;

  @ChoiceFilter(FAILURE_CLASSES, {
    description: 'Classes of failure, separated by commas, of runs that failed.',
  })
  failureClass?: FailureClass[];

  @TextFilter(
    'The first eight or more characters of an id, or a part of the name of a workflow in whatever case.',
  )
  text?: string;

  @MomentFilter('Accepted at this moment or later.')
  createdAfter?: string;

  @MomentFilter('Accepted before this moment.')
  createdBefore?: string;

  @MomentFilter('Ended at this moment or later.')
  endedAfter?: string;

  @MomentFilter('Ended before this moment.')
  endedBefore?: string;

  @SortBy(RUN_SORTS, '-createdAt')
  sort: SortOrder<RunSort> = '-createdAt';
}

export class RunStatisticsQuery {
  @TextFilter('Id or name of a workflow.')
  workflow?: string;

  @MomentFilter('Seven days before `to` when absent.')
  from?: string;

  @MomentFilter('Now when absent.')
  to?: string;
}
