import type { EntityManager } from 'typeorm';
import { FAILURE_CLASSES, type FailureClass } from '#domain/execution/step-error.js';
import type { RecordedAttempt, RecordedRun, RecordedStep } from '#domain/optimisation/recorded-run.js';

/** Runs that are looked at, and steps of all of them together. */
const MAX_RUNS = 200;
const MAX_STEPS = 100_000;

interface RunRow {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly ms: number;
  readonly total: number;
}

interface StepRow {
  readonly runId: string;
  readonly key: string;
  readonly status: RecordedStep['status'];
  readonly ms: number | null;
}

interface AttemptRow {
  readonly runId: string;
  readonly step: string;
  readonly status: string;
  readonly ms: number;
  readonly error: string | null;
}

/** What runs that have ended took, and why they failed. */
export class HistoryRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * The latest runs of a workflow that succeeded or failed, newest first: at most 200, and fewer where they have many
   * steps. Runs that take over results of earlier ones are none, for they tell nothing of the time that those took.
   */
  async listRecorded(workflowId: string): Promise<RecordedRun[]> {
    const found: RunRow[] = await this.manager.query(SELECT_RUNS, [workflowId, MAX_RUNS]);
    let steps = 0;
    const runs = found.filter(({ total }) => {
      steps += total;
      return steps <= MAX_STEPS;
    });
    if (runs.length === 0) return [];
    const ids = runs.map(({ id }) => id);
    const [stepRows, attemptRows]: [StepRow[], AttemptRow[]] = await Promise.all([
      this.manager.query(SELECT_STEPS, [ids, MAX_STEPS]),
      this.manager.query(SELECT_ATTEMPTS, [ids, MAX_STEPS]),
    ]);
    const attempts = Map.groupBy(attemptRows, ({ runId, step }) => `${runId} ${step}`);
    const byRun = Map.groupBy(stepRows, ({ runId }) => runId);
    return runs.map(({ id, version, status, ms }) => ({
      id,
      version,
      succeeded: status === 'succeeded',
      ms,
      steps: new Map(
        (byRun.get(id) ?? []).map((row) => [row.key, toStep(row, attempts.get(`${id} ${row.key}`) ?? [])]),
      ),
    }));
  }
}

function toStep({ status, ms }: StepRow, attempts: readonly AttemptRow[]): RecordedStep {
  return { status, ms: Math.max(0, ms ?? 0), attempts: attempts.map(toAttempt) };
}

function toAttempt({ status, ms, error }: AttemptRow): RecordedAttempt {
  if (status === 'succeeded') return { ms };
  return {
    ms,
    failure: status === 'canceled' ? 'canceled' : status === 'lost' ? 'infrastructure' : classOf(error),
  };
}

/** Of the text of an error, which begins with it; Postgres would refuse to look into one that holds U+0000. */
function classOf(error: string | null): FailureClass {
  const name = /"class":"([a-z-]+)"/.exec(error ?? '')?.[1];
  return FAILURE_CLASSES.find((each) => each === name) ?? 'unknown';
}

const MILLISECONDS = '(extract(epoch FROM (ended_at - started_at)) * 1000)::double precision';

const SELECT_RUNS = `
  SELECT id, version, status, total, ${MILLISECONDS} AS ms FROM runs
  WHERE workflow_id = $1 AND status IN ('succeeded', 'failed') AND started_at IS NOT NULL AND ended_at IS NOT NULL
    AND rerun_of IS NULL
  ORDER BY id DESC LIMIT $2`;

const SELECT_STEPS = `
  SELECT run_id AS "runId", key, status, CASE WHEN status <> 'skipped' THEN ${MILLISECONDS} END AS ms FROM run_steps
  WHERE run_id = ANY ($1::uuid[]) AND status <> 'running' ORDER BY run_id DESC, key LIMIT $2`;

const SELECT_ATTEMPTS = `
  SELECT run_id AS "runId", step, status, ${MILLISECONDS} AS ms, left(error::text, 500) AS error FROM step_attempts
  WHERE run_id = ANY ($1::uuid[]) AND ended_at IS NOT NULL AND NOT rebuild
  ORDER BY run_id DESC, step, attempt LIMIT $2`;
