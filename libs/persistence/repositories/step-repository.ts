import type { EntityManager } from 'typeorm';
import type { RunStep } from '../entities/run-step.entity.js';
import type { StepAttempt } from '../entities/step-attempt.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';

export type StepRow = Pick<
  RunStep,
  | 'key'
  | 'status'
  | 'startedAt'
  | 'endedAt'
  | 'error'
  | 'skipped'
  | 'waiting'
  | 'approval'
  | 'event'
  | 'reused'
>;
export type AttemptRow = Pick<
  StepAttempt,
  'step' | 'attempt' | 'status' | 'worker' | 'rebuild' | 'startedAt' | 'endedAt' | 'error'
>;

/** An attempt with what it was given. */
export type FullAttemptRow = AttemptRow & Pick<StepAttempt, 'action' | 'input'>;

export const ATTEMPT_SORTS = ['attempt'] as const;

/** A step or one of its attempts has changed. */
interface StepChange {
  readonly key: string;
  /** Number of the latest change. */
  readonly change: string;
}

/** Steps of a run and their attempts. Outputs, which may be large, are asked for by themselves. */
export class StepRepository {
  constructor(private readonly manager: EntityManager) {}

  /** All of the run, or those named. */
  async listSteps(runId: string, keys?: readonly string[]): Promise<StepRow[]> {
    return this.manager.query(
      `SELECT key, status, started_at AS "startedAt", ended_at AS "endedAt", error, skipped, waiting, approval, event,
         reused
       FROM run_steps WHERE run_id = $1 AND ($2::text[] IS NULL OR key = ANY ($2))`,
      [runId, keys ?? null],
    );
  }

  /** In the order of their numbers. */
  async listAttempts(runId: string, keys?: readonly string[]): Promise<AttemptRow[]> {
    return this.manager.query(
      `SELECT step, attempt, status, worker, rebuild, started_at AS "startedAt", ended_at AS "endedAt", error
       FROM step_attempts WHERE run_id = $1 AND ($2::text[] IS NULL OR step = ANY ($2)) ORDER BY step, attempt`,
      [runId, keys ?? null],
    );
  }

  /** Those of one step. */
  pageAttempts(
    runId: string,
    step: string,
    page: Omit<PageRequest<(typeof ATTEMPT_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<FullAttemptRow>> {
    const where = [
      { sql: 'a.run_id = ?', value: runId },
      { sql: 'a.step = ?', value: step },
    ];
    return listPage(this.manager, ATTEMPTS, { ...page, where });
  }

  /** Characters of each output's JSON text. */
  async measureOutputs(runId: string): Promise<{ key: string; size: number }[]> {
    return this.manager.query(
      'SELECT key, length(output::text) AS size FROM run_steps WHERE run_id = $1 AND output IS NOT NULL',
      [runId],
    );
  }

  async listOutputs(runId: string, keys: readonly string[]): Promise<Pick<RunStep, 'key' | 'output'>[]> {
    return this.manager.query(
      'SELECT key, output FROM run_steps WHERE run_id = $1 AND key = ANY ($2::text[]) AND output IS NOT NULL',
      [runId, keys],
    );
  }

  /** Every step with its output, in the form in which a rerun takes it over. */
  async listResults(
    runId: string,
  ): Promise<Pick<RunStep, 'key' | 'status' | 'output' | 'skipped' | 'sequence'>[]> {
    return this.manager.query(
      'SELECT key, status, output, skipped, sequence FROM run_steps WHERE run_id = $1',
      [runId],
    );
  }

  /** How many attempts of each step there were. */
  async countAttempts(runId: string): Promise<{ step: string; count: number }[]> {
    return this.manager.query(
      'SELECT step, max(attempt) AS count FROM step_attempts WHERE run_id = $1 AND NOT rebuild GROUP BY step',
      [runId],
    );
  }

  /** Keys of steps of either run whose outputs differ as text, with the characters of both. */
  async listUnlikeOutputs(runId: string, other: string): Promise<{ key: string; size: number }[]> {
    return this.manager.query(
      `SELECT key, COALESCE(length(a.output::text), 0) + COALESCE(length(b.output::text), 0) AS size
       FROM (SELECT key, output FROM run_steps WHERE run_id = $1) a
       JOIN (SELECT key, output FROM run_steps WHERE run_id = $2) b USING (key)
       WHERE a.output::text IS DISTINCT FROM b.output::text`,
      [runId, other],
    );
  }

  /** What changed after change number `after`, in the order of the changes. */
  async listChanges(runId: string, after: string, limit: number): Promise<StepChange[]> {
    return this.manager.query(
      `SELECT key, max(change)::text AS change FROM (
         SELECT key, change FROM run_steps WHERE run_id = $1 AND change > $2
         UNION ALL SELECT step, change FROM step_attempts WHERE run_id = $1 AND change > $2
       ) AS changes GROUP BY key ORDER BY max(change) LIMIT $3`,
      [runId, after, limit],
    );
  }

  /** Null where nothing of the run has changed yet. */
  async findLastChange(runId: string): Promise<string | null> {
    const [{ change }] = await this.manager.query(
      `SELECT GREATEST(
         (SELECT max(change) FROM run_steps WHERE run_id = $1),
         (SELECT max(change) FROM step_attempts WHERE run_id = $1))::text AS change`,
      [runId],
    );
    return change;
  }
}

const ATTEMPTS: Listing<(typeof ATTEMPT_SORTS)[number]> = {
  columns: `a.step, a.attempt, a.status, a.worker, a.action, a.rebuild, a.input, a.started_at AS "startedAt",
    a.ended_at AS "endedAt", a.error`,
  from: 'step_attempts a',
  sorts: { attempt: { sql: 'a.attempt', type: 'integer' } },
  key: { sql: 'a.attempt', type: 'integer' },
};
