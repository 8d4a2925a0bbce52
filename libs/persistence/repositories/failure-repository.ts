import type { EntityManager } from 'typeorm';
import type { FailureClass, StepError } from '#domain/execution/step-error.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';

export interface FailureFilter {
  readonly project: string;
  readonly from: Date;
  readonly to: Date;
  readonly workflowId?: string;
}

export interface FailureRow {
  readonly run: string;
  readonly workflow: string;
  readonly step: string;
  readonly attempt: number;
  readonly action: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly error: StepError;
}

export const FAILURE_SORTS = ['endedAt'] as const;

export type FailureSort = (typeof FAILURE_SORTS)[number];

interface FailureListFilter {
  readonly project: string;
  /** Included. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly workflowId?: string | undefined;
  /** Id of a step: all its instances in a loop. */
  readonly step?: string | undefined;
  readonly classes?: readonly FailureClass[] | undefined;
  readonly category?: string | undefined;
}

export interface ClassRow {
  readonly class: FailureClass;
  readonly count: number;
}

export interface CategoryRow extends ClassRow {
  readonly category: string;
  readonly run: string;
  readonly step: string;
  readonly at: Date;
}

export interface FailedStepRow extends ClassRow {
  readonly workflow: string;
  readonly step: string;
}

export interface FailedWorkflowRow {
  readonly workflow: string;
  readonly count: number;
  readonly runs: number;
}

const MAX_ROWS = 50;

/** Counts the attempts that failed, from (included) to (excluded). */
export class FailureRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Attempts that failed, each by itself. */
  list(
    filter: FailureListFilter,
    page: Omit<PageRequest<FailureSort>, 'where'>,
  ): Promise<ListedPage<FailureRow>> {
    const { project, from, to, workflowId, step, classes, category } = filter;
    const sought = [
      ...(workflowId === undefined ? [] : [{ sql: `${WORKFLOW_OF} = ?`, value: workflowId, scans: true }]),
      ...(step === undefined ? [] : [{ sql: `split_part(a.step, '[', 1) = ?`, value: step, scans: true }]),
      ...(classes === undefined ? [] : [{ sql: `${CLASS} = ANY (?)`, value: classes, scans: true }]),
      ...(category === undefined ? [] : [{ sql: `${CATEGORY} = ?`, value: category, scans: true }]),
    ];
    const where = [
      { sql: 'a.project = ?', value: project },
      { sql: `a.status = 'failed' AND a.ended_at IS NOT NULL` },
      ...(from === undefined ? [] : [{ sql: 'a.ended_at >= ?', value: from }]),
      ...(to === undefined ? [] : [{ sql: 'a.ended_at < ?', value: to }]),
      // Of nearly all: none is looked through for it alone.
      { sql: 'a.error IS NOT NULL', scans: sought.length > 0 },
      ...sought,
    ];
    return listPage(this.manager, FAILURES, { ...page, where });
  }

  async countClasses(filter: FailureFilter): Promise<ClassRow[]> {
    return this.query(
      filter,
      'SELECT class, count(*)::int AS count FROM failed GROUP BY class ORDER BY 2 DESC, 1',
    );
  }

  async countCategories(filter: FailureFilter): Promise<CategoryRow[]> {
    return this.query(
      filter,
      `SELECT category, class, count(*)::int AS count,
         (array_agg(run ORDER BY at DESC, run))[1] AS run, (array_agg(step ORDER BY at DESC, run))[1] AS step,
         max(at) AS at
       FROM failed WHERE category IS NOT NULL GROUP BY category, class ORDER BY 3 DESC, 1 LIMIT ${MAX_ROWS}`,
    );
  }

  async countSteps(filter: FailureFilter): Promise<FailedStepRow[]> {
    return this.query(
      filter,
      `SELECT workflow, split_part(step, '[', 1) AS step, class, count(*)::int AS count
       FROM failed GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT ${MAX_ROWS}`,
    );
  }

  async countWorkflows(filter: FailureFilter): Promise<FailedWorkflowRow[]> {
    return this.query(
      filter,
      `SELECT workflow, count(*)::int AS count, count(DISTINCT run)::int AS runs
       FROM failed GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_ROWS}`,
    );
  }

  private query<R>({ project, from, to, workflowId }: FailureFilter, select: string): Promise<R[]> {
    return this.manager.query(`${FAILED} ${select}`, [project, from, to, workflowId ?? null]);
  }
}

/**
 * Of the error's text, in which both parts begin with their class: Postgres would refuse to look into one that holds
 * U+0000. What a message says of itself has its quotes escaped.
 */
const DIAGNOSED = '"diagnosis"\\s*:\\s*\\{\\s*"class"\\s*:\\s*';
const CLASS = `COALESCE(substring(a.error::text from '${DIAGNOSED}"([a-z-]+)"'),
  substring(a.error::text from '^\\s*\\{\\s*"class"\\s*:\\s*"([a-z-]+)"'), 'unknown')`;
const WORKFLOW_OF = '(SELECT run.workflow_id FROM runs run WHERE run.id = a.run_id)';
const CATEGORY = `substring(a.error::text from '${DIAGNOSED}"[a-z-]+"\\s*,\\s*"category"\\s*:\\s*"([^"]+)"')`;

const FAILURES: Listing<FailureSort> = {
  columns: `a.run_id AS run, COALESCE(w.former_name, w.name) AS workflow, a.step, a.attempt, a.action,
    a.started_at AS "startedAt", a.ended_at AS "endedAt", a.error`,
  from: 'step_attempts a JOIN runs r ON r.id = a.run_id JOIN workflows w ON w.id = r.workflow_id',
  narrow: 'step_attempts a',
  sorts: { endedAt: { sql: 'a.ended_at', type: 'timestamptz' } },
  key: [
    { sql: 'a.run_id', type: 'uuid' },
    { sql: 'a.step', type: 'text' },
    { sql: 'a.attempt', type: 'integer' },
  ],
};

const FAILED = `
  WITH failed AS (
    SELECT a.run_id AS run, a.step, a.ended_at AS at, COALESCE(w.former_name, w.name) AS workflow,
      ${CLASS} AS class, ${CATEGORY} AS category
    FROM step_attempts a JOIN runs r ON r.id = a.run_id JOIN workflows w ON w.id = r.workflow_id
    WHERE a.status = 'failed' AND a.project = $1 AND a.ended_at >= $2 AND a.ended_at < $3
      AND ($4::uuid IS NULL OR r.workflow_id = $4)
  )`;
