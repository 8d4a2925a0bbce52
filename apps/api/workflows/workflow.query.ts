import type { SortOrder } from '#persistence/listing/list-page.js';
import { WORKFLOW_SORTS, type WorkflowSort } from '#persistence/repositories/workflow-repository.js';
import { ListQuery, SortBy, SwitchFilter, TextFilter } from '../http/list-query.js';

export class WorkflowListQuery extends ListQuery {
  @TextFilter('What the name begins with.')
  prefix?: string;

  @TextFilter('A part of the name or the description, in whatever case.')
  text?: string;

  @SwitchFilter('Whether a version was published.')
  published?: boolean;

  @SortBy(WORKFLOW_SORTS, 'name')
  sort: SortOrder<WorkflowSort> = 'name';
}
