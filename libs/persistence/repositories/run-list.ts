import type { EntityManager } from 'typeorm';
import type { RunTrigger, RunViewStatus } from '#contracts/rest/runs.js';
import type { FailureClass } from '#domain/execution/step-error.js';
import {
  type Condition,
  type ListedPage,
  type Listing,
  listPage,
  type PageRequest,
} from '../listing/list-page.js';
import { firstUuidV7 } from '../uuid-v7.js';
import { LISTED_RUN_COLUMNS, type ListedRunRow, RUN_TABLES } from './run-row.js';

export const RUN_SORTS = ['createdAt', 'endedAt'] as const;

export type RunSort = (typeof RUN_SORTS)[number];

export interface RunFilter {
  readonly project: string;
  readonly statuses?: readonly RunViewStatus[] | undefined;
  /** Any of these, all of the project; none where there are none. */
  readonly workflowIds?: readonly string[] | undefined;
  readonly version?: number | undefined;
  readonly triggers?: readonly RunTrigger[] | undefined;
  readonly startedBy?: string | undefined;
  readonly failureClasses?: readonly FailureClass[] | undefined;
  /** First and last of the ids that are looked for. */
  readonly ids?: readonly [string, string] | undefined;
  /** Included. */
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** Included. */
  readonly endedAfter?: Date | undefined;
  readonly endedBefore?: Date | undefined;
}

/** As many are read one by one and merged; more are looked for among the runs of all workflows. */
const MAX_MERGED = 20;

/** Sorted by `endedAt`, only those that have ended. */
export function listRuns(
  manager: EntityManager,
  filter: RunFilter,
  page: Omit<PageRequest<RunSort>, 'where'>,
): Promise<ListedPage<ListedRunRow>> {
  const byEnd = page.sort.endsWith('endedAt');
  const { project, workflowIds } = filter;
  // A workflow is of one project: its index need not be asked for that too.
  const known = !byEnd && workflowIds !== undefined && workflowIds.length <= MAX_MERGED;
  const where = [
    ...(known ? [] : [{ sql: 'r.project = ?', value: project }]),
    ...(byEnd ? byEndConditions(filter) : byIdConditions(filter)),
    ...scanConditions(filter),
  ];
  return listPage(manager, RUNS, { ...page, where });
}

const RUNS: Listing<RunSort> = {
  columns: LISTED_RUN_COLUMNS,
  from: RUN_TABLES,
  narrow: 'runs r',
  sorts: {
    // Ids of version 7 sort by time, and `created_at` is that of the id.
    createdAt: { sql: 'r.id', type: 'uuid' },
    endedAt: { sql: 'r.ended_at', type: 'timestamptz' },
  },
  key: { sql: 'r.id', type: 'uuid' },
};

/** The index of ends knows nothing but projects: all else is looked for. */
function byEndConditions(filter: RunFilter): Condition[] {
  const { statuses, workflowIds, startedBy, triggers, endedAfter, endedBefore } = filter;
  return [
    { sql: 'r.ended_at IS NOT NULL' },
    ...(endedAfter === undefined ? [] : [{ sql: 'r.ended_at >= ?', value: endedAfter }]),
    ...(endedBefore === undefined ? [] : [{ sql: 'r.ended_at < ?', value: endedBefore }]),
    ...choose('r.status', statuses, true),
    ...chooseWorkflows(workflowIds, true),
    ...(startedBy === undefined ? [] : [{ sql: 'r.started_by = ?', value: startedBy, scans: true }]),
    ...choose('r.trigger', triggers, true),
    ...idConditions(filter).map((condition) => ({ ...condition, scans: true })),
  ];
}

/** There is an index for each of workflow, status, both, person, and what is started by no request. */
function byIdConditions(filter: RunFilter): Condition[] {
  const { statuses = statusesOf(filter), workflowIds, startedBy, triggers, endedAfter, endedBefore } = filter;
  const many = workflowIds !== undefined && workflowIds.length > MAX_MERGED;
  const byWorkflow = workflowIds !== undefined && !many;
  const byStatus = statuses !== undefined && !(byWorkflow && workflowIds.length > 1);
  const byPerson = startedBy !== undefined && !byWorkflow && !byStatus;
  const byTrigger =
    triggers !== undefined && !triggers.includes('api') && !byWorkflow && !byStatus && !byPerson;
  return [
    ...idConditions(filter),
    ...chooseWorkflows(workflowIds, many),
    ...choose('r.status', statuses, !byStatus),
    ...(startedBy === undefined ? [] : [{ sql: 'r.started_by = ?', value: startedBy, scans: !byPerson }]),
    ...choose('r.trigger', triggers, !byTrigger),
    ...(byTrigger ? [{ sql: `r.trigger <> 'api'` }] : []),
    ...(endedAfter === undefined ? [] : [{ sql: 'r.ended_at >= ?', value: endedAfter, scans: true }]),
    ...(endedBefore === undefined ? [] : [{ sql: 'r.ended_at < ?', value: endedBefore, scans: true }]),
  ];
}

/** What has a class of failure has failed. */
function statusesOf({ failureClasses }: RunFilter): readonly RunViewStatus[] | undefined {
  return failureClasses === undefined ? undefined : ['failed'];
}

function idConditions({ ids, createdAfter, createdBefore }: RunFilter): Condition[] {
  return [
    ...(ids === undefined
      ? []
      : [
          { sql: 'r.id >= ?', value: ids[0] },
          { sql: 'r.id <= ?', value: ids[1] },
        ]),
    ...(createdAfter === undefined ? [] : [{ sql: 'r.id >= ?', value: firstUuidV7(createdAfter.getTime()) }]),
    ...(createdBefore === undefined
      ? []
      : [{ sql: 'r.id < ?', value: firstUuidV7(createdBefore.getTime()) }]),
  ];
}

function scanConditions({ version, failureClasses }: RunFilter): Condition[] {
  return [
    ...(version === undefined ? [] : [{ sql: 'r.version = ?', value: version, scans: true }]),
    // Of the text, which begins with it: Postgres would refuse to look into one that holds U+0000.
    ...(failureClasses === undefined
      ? []
      : [
          {
            sql: `substring(r.error::text from '^\\s*\\{\\s*"class"\\s*:\\s*"([a-z-]+)"') = ANY (?)`,
            value: failureClasses,
            scans: true,
          },
        ]),
  ];
}

function choose(column: string, anyOf: readonly string[] | undefined, scans: boolean): Condition[] {
  return anyOf === undefined ? [] : [{ column, type: 'text', anyOf, scans }];
}

function chooseWorkflows(ids: readonly string[] | undefined, scans: boolean): Condition[] {
  if (ids === undefined) return [];
  return ids.length === 0
    ? [{ sql: 'false' }]
    : [{ column: 'r.workflow_id', type: 'uuid', anyOf: ids, scans }];
}
