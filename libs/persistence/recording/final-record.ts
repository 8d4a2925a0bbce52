import type { EntityManager } from 'typeorm';
import type { FinalRecord } from '#contracts/run.js';
import type { StepState } from '#domain/execution/state.js';
import type { StepError } from '#domain/execution/step-error.js';
import { jsonOrNull } from '../json-column.js';
import { textOrNull } from '../text-column.js';

/** Bounds of one INSERT, so that 10,000 steps with large outputs need neither one huge statement nor 10,000. */
const CHUNK_ROWS = 2_000;
const CHUNK_CHARACTERS = 4 << 20;

/**
 * Replaces what the projection holds of the run. Rows that are right already are left alone, so that readers who
 * follow the run hear only of what is new.
 */
export async function recordFinal(manager: EntityManager, record: FinalRecord): Promise<void> {
  const keys = Object.keys(record.steps);
  const instances = `(SELECT count(*)::integer FROM run_steps
    WHERE run_id = $1 AND strpos(key, '[') > 0 AND strpos(key, ':') = 0)`;
  const [run] = await manager.query(`SELECT total - ${instances} AS planned FROM runs WHERE id = $1`, [
    record.run,
  ]);
  if (run === undefined) return;
  const { forgotten = [] } = record;
  await manager.query(DROP_OTHERS, [record.run, keys, forgotten]);
  if (forgotten.length > 0) await closeForgotten(manager, record);
  for (const chunk of chunksOf(record.steps)) await writeSteps(manager, record, chunk);
  await closeAttempts(manager, record);
  await manager.query(
    `UPDATE runs SET status = $2, output = $3::json, error = $4::json, ended_at = $5,
       started_at = COALESCE(started_at, created_at), sequence = $6, news_at = now(),
       total = $7::integer + ${instances}, settled = $7::integer + ${instances}
     WHERE id = $1`,
    [
      record.run,
      record.result.status,
      jsonOrNull(record.result.output),
      jsonOrNull(record.result.error),
      new Date(record.endedAt),
      record.sequence,
      run.planned,
    ],
  );
}

const DROP_OTHERS = `
  DELETE FROM run_steps s WHERE run_id = $1 AND split_part(key, '[', 1) <> ALL ($3::text[])
    AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS told (key) WHERE told.key = s.key)`;

const RECORD_LOST: StepError = {
  class: 'infrastructure',
  code: 'step-record-lost',
  message: 'The run ended before the end of this step was recorded.',
};

/** Of turns gone by, the projection alone knows; one whose end was lost on the way is over all the same. */
async function closeForgotten(manager: EntityManager, record: FinalRecord): Promise<void> {
  await manager.query(
    `UPDATE run_steps s SET status = 'canceled', waiting = NULL, ended_at = $4, error = $3::json,
       change = nextval('run_changes')
     WHERE run_id = $1 AND status = 'running'
       AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS told (key) WHERE told.key = s.key)`,
    [record.run, Object.keys(record.steps), JSON.stringify(RECORD_LOST), new Date(record.endedAt)],
  );
  await manager.query(COMPLETE_FORGOTTEN, [record.run, Object.keys(record.steps), record.forgotten]);
}

/** A step that succeeded did so by its last attempt, though its worker was killed before it told. */
const COMPLETE_FORGOTTEN = `
  UPDATE step_attempts a SET status = 'succeeded', ended_at = s.ended_at, error = NULL, change = nextval('run_changes')
  FROM run_steps s
  WHERE s.run_id = $1 AND s.status = 'succeeded' AND split_part(s.key, '[', 1) = ANY ($3::text[])
    AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS told (key) WHERE told.key = s.key)
    AND a.run_id = s.run_id AND a.step = s.key AND a.status IN ('running', 'lost')
    AND NOT EXISTS (
      SELECT FROM step_attempts later WHERE later.run_id = a.run_id AND later.step = a.step AND later.attempt > a.attempt)`;

/** A worker that was killed, or lags, has not told of every attempt; what the steps came to says how those ended. */
async function closeAttempts(manager: EntityManager, record: FinalRecord): Promise<void> {
  const steps = Object.keys(record.actions);
  await manager.query(COMPLETE_ATTEMPTS, [
    record.run,
    steps,
    steps.map((key) => record.steps[key]?.attempts),
    steps.map((key) => record.actions[key]),
  ]);
  await manager.query(
    `UPDATE step_attempts a SET ended_at = $2, change = nextval('run_changes'),
       status = CASE WHEN s.status = 'canceled' THEN 'canceled' ELSE 'lost' END
     FROM step_attempts o LEFT JOIN run_steps s ON s.run_id = o.run_id AND s.key = o.step
     WHERE a.run_id = $1 AND a.status = 'running'
       AND o.run_id = a.run_id AND o.step = a.step AND o.attempt = a.attempt`,
    [record.run, new Date(record.endedAt)],
  );
}

/** Leaves alone what was recorded already. Without a worker, a row still takes in what the attempt's start tells. */
const COMPLETE_ATTEMPTS = `
  INSERT INTO step_attempts (run_id, project, step, attempt, status, started_at, ended_at, action, change)
  SELECT s.run_id, s.project, s.key, told.attempt, 'succeeded', s.started_at, s.ended_at, told.action,
    nextval('run_changes')
  FROM unnest($2::text[], $3::integer[], $4::text[]) AS told (key, attempt, action)
  JOIN run_steps s ON s.run_id = $1 AND s.key = told.key
  LEFT JOIN step_attempts a ON a.run_id = $1 AND a.step = told.key AND a.attempt = told.attempt
  WHERE a.status IS DISTINCT FROM 'succeeded' AND NOT s.reused
  ON CONFLICT (run_id, step, attempt) DO UPDATE
  SET status = excluded.status, ended_at = excluded.ended_at, error = NULL, change = excluded.change`;

interface StepRow {
  readonly key: string;
  readonly step: StepState;
  readonly output: string | null;
}

function* chunksOf(steps: FinalRecord['steps']): Generator<readonly StepRow[]> {
  let chunk: StepRow[] = [];
  let characters = 0;
  for (const [key, step] of Object.entries(steps)) {
    const output = jsonOrNull(step.output);
    chunk.push({ key, step, output });
    characters += output?.length ?? 0;
    if (chunk.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = [];
    characters = 0;
  }
  if (chunk.length > 0) yield chunk;
}

async function writeSteps(
  manager: EntityManager,
  record: FinalRecord,
  rows: readonly StepRow[],
): Promise<void> {
  await manager.query(WRITE_STEPS, [
    record.run,
    record.sequence,
    rows.map((row) => row.key),
    rows.map((row) => row.step.status),
    rows.map((row) => (row.step.status === 'skipped' ? null : new Date(row.step.startedAt))),
    rows.map((row) => (row.step.endedAt === undefined ? null : new Date(row.step.endedAt))),
    rows.map((row) => row.output),
    rows.map((row) => jsonOrNull(row.step.error)),
    rows.map((row) => row.step.skipped ?? null),
    rows.map((row) => jsonOrNull(row.step.approval)),
    rows.map((row) => textOrNull(row.step.event)),
    rows.map((row) => row.step.reused === true),
  ]);
}

const WRITE_STEPS = `
  INSERT INTO run_steps (run_id, project, key, status, started_at, ended_at, output, error, skipped, approval, event,
    reused, sequence, change)
  SELECT runs.id, runs.project, s.key, s.status, s.started_at, s.ended_at, s.output, s.error, s.skipped, s.approval,
    s.event, s.reused, $2, nextval('run_changes')
  FROM runs, unnest($3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::json[], $8::json[], $9::text[],
      $10::json[], $11::text[], $12::boolean[])
    AS s (key, status, started_at, ended_at, output, error, skipped, approval, event, reused)
  WHERE runs.id = $1
  ON CONFLICT (run_id, key) DO UPDATE SET
    status = excluded.status, started_at = excluded.started_at, ended_at = excluded.ended_at,
    output = excluded.output, error = excluded.error, skipped = excluded.skipped, waiting = NULL,
    approval = excluded.approval, event = excluded.event, reused = excluded.reused,
    sequence = excluded.sequence, change = excluded.change
  WHERE (run_steps.status, run_steps.started_at, run_steps.ended_at, run_steps.output::text, run_steps.error::text,
      run_steps.skipped, run_steps.waiting, run_steps.approval::text, run_steps.event, run_steps.reused)
    IS DISTINCT FROM (excluded.status, excluded.started_at, excluded.ended_at, excluded.output::text,
      excluded.error::text, excluded.skipped, NULL::text, excluded.approval::text, excluded.event, excluded.reused)`;
