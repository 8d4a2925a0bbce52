import { FAILURE_CLASSES, type FailureClass } from '#domain/execution/step-error.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { FAILURE_SORTS, type FailureSort } from '#persistence/repositories/failure-repository.js';
import { ChoiceFilter, ListQuery, MomentFilter, SortBy, TextFilter } from '../http/list-query.js';

export class FailureQuery {
  @TextFilter('Id or name of a workflow.')
  workflow?: string;

  @MomentFilter('30 days before `to` when absent.')
  from?: string;

  @MomentFilter('Now when absent.')
  to?: string;
}

export class FailureListQuery extends ListQuery {
  @TextFilter('Id or name of a workflow.')
  workflow?: string;

  @TextFilter('Id of a step: all its instances in a loop.', 300)
  step?: string;

  @ChoiceFilter(FAILURE_CLASSES)
  class?: FailureClass[];

  @TextFilter('Category of the diagnosis, as `connection_refused`.', 100)
  category?: string;

  @MomentFilter('Ended at this moment or later.')
  from?: string;

  @MomentFilter('Ended before this moment.')
  to?: string;

  @SortBy(FAILURE_SORTS, '-endedAt')
  sort: SortOrder<FailureSort> = '-endedAt';
}
