import type { SortOrder } from '#persistence/listing/list-page.js';
import { WORKFLOW_SORTS, type WorkflowSort } from '#persistence/repositories/workflow-repository.js';
import { ListQuery, SortBy } from '../http/list-query.js';

export class WorkflowListQuery extends ListQuery {
  @SortBy(WORKFLOW_SORTS, 'name')
  sort: SortOrder<WorkflowSort> = 'name';
}
