import type { EntityManager } from 'typeorm';
import type { FailureClass } from '#domain/execution/step-error.js';

export interface FailureFilter {
  readonly project: string;
  readonly from: Date;
  readonly to: Date;
  readonly workflowId?: string;
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

const FAILED = `
  WITH failed AS (
    SELECT a.run_id AS run, a.step, a.ended_at AS at, w.name AS workflow,
      COALESCE(a.error->'diagnosis'->>'class', a.error->>'class', 'unknown') AS class,
      a.error->'diagnosis'->>'category' AS category
    FROM step_attempts a JOIN runs r ON r.id = a.run_id JOIN workflows w ON w.id = r.workflow_id
    WHERE a.status = 'failed' AND a.project = $1 AND a.ended_at >= $2 AND a.ended_at < $3
      AND ($4::uuid IS NULL OR r.workflow_id = $4)
  )`;
