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
 * Replaces what the projection holds of the runs. Rows that are right already are left alone, so that readers who
 * follow a run hear only of what is new. A run may come to its end twice, where Temporal did not take the first for one:
 * the record of the later end counts, whichever worker tells of it first.
 */
export async function recordFinals(manager: EntityManager, told: readonly FinalRecord[]): Promise<void> {
  const records = [...new Map(told.map((record) => [record.run, record])).values()];
  const planned = await dropOthers(manager, records);
  const known = records.filter(({ run }) => planned.has(run));
  if (known.length === 0) return;
  for (const record of known) if (record.forgotten !== undefined) await closeForgotten(manager, record);
  for (const chunk of chunksOf(known)) await writeSteps(manager, chunk);
  await closeAttempts(manager, known);
  await manager.query(WRITE_RUNS, [
    known.map(({ run }) => run),
    known.map(({ result }) => result.status),
    known.map(({ result }) => jsonOrNull(result.output)),
    known.map(({ result }) => jsonOrNull(result.error)),
    known.map(({ startedAt }) => (startedAt === undefined ? null : new Date(startedAt))),
    known.map(({ endedAt }) => new Date(endedAt)),
    known.map(({ sequence }) => sequence),
    known.map(({ run }) => planned.get(run)),
  ]);
}

/** Answers with the number of steps that each run was planned to have; what is not there, or has ended later, has none. */
async function dropOthers(
  manager: EntityManager,
  records: readonly FinalRecord[],
): Promise<Map<string, number>> {
  const keys = records.flatMap(({ run, steps }) => Object.keys(steps).map((key) => [run, key] as const));
  const forgotten = records.flatMap(({ run, forgotten = [] }) => forgotten.map((id) => [run, id] as const));
  const rows: { readonly run: string; readonly planned: number }[] = await manager.query(DROP_OTHERS, [
    records.map(({ run }) => run),
    ...transpose(keys),
    ...transpose(forgotten),
    records.map(({ endedAt }) => new Date(endedAt)),
  ]);
  return new Map(rows.map(({ run, planned }) => [run, planned]));
}

function transpose(pairs: readonly (readonly [string, string])[]): [string[], string[]] {
  return [pairs.map(([run]) => run), pairs.map(([, key]) => key)];
}

/** Steps that no plan could foresee: those of the turns of loops. A compensation is no step of its own. */
const INSTANCES = `(SELECT count(*)::integer FROM run_steps i
  WHERE i.run_id = r.id AND strpos(i.key, '[') > 0 AND strpos(i.key, ':') = 0)`;

const DROP_OTHERS = `
  WITH told AS MATERIALIZED (SELECT * FROM unnest($2::uuid[], $3::text[]) AS told (run_id, key)),
  forgotten AS MATERIALIZED (SELECT * FROM unnest($4::uuid[], $5::text[]) AS forgotten (run_id, id)),
  known AS MATERIALIZED (
    SELECT r.id, r.total FROM runs r JOIN unnest($1::uuid[], $6::timestamptz[]) AS t (run_id, ended_at) ON t.run_id = r.id
    WHERE r.final_at IS NULL OR r.final_at <= t.ended_at
  ),
  dropped AS (
    DELETE FROM run_steps s WHERE s.run_id IN (SELECT id FROM known)
      AND NOT EXISTS (SELECT FROM told WHERE told.run_id = s.run_id AND told.key = s.key)
      AND NOT EXISTS (SELECT FROM forgotten f WHERE f.run_id = s.run_id AND f.id = split_part(s.key, '[', 1))
  )
  SELECT r.id AS run, r.total - ${INSTANCES} AS planned FROM known r`;

const WRITE_RUNS = `
  UPDATE runs r SET status = t.status, output = t.output, error = t.error, ended_at = t.ended_at,
    final_at = t.ended_at, started_at = COALESCE(r.started_at, t.started_at, r.created_at), sequence = t.sequence, news_at = now(),
    total = t.planned + ${INSTANCES}, settled = t.planned + ${INSTANCES}
  FROM unnest($1::uuid[], $2::text[], $3::json[], $4::json[], $5::timestamptz[], $6::timestamptz[], $7::integer[],
    $8::integer[]) AS t (run_id, status, output, error, started_at, ended_at, sequence, planned)
  WHERE r.id = t.run_id`;

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
async function closeAttempts(manager: EntityManager, records: readonly FinalRecord[]): Promise<void> {
  const told = records.flatMap(({ run, steps, actions }) =>
    Object.entries(actions).map(([key, action]) => ({ run, key, action, attempt: steps[key]?.attempts })),
  );
  await manager.query(CLOSE_ATTEMPTS, [
    told.map(({ run }) => run),
    told.map(({ key }) => key),
    told.map(({ attempt }) => attempt),
    told.map(({ action }) => action),
    records.map(({ run }) => run),
    records.map(({ endedAt }) => new Date(endedAt)),
  ]);
}

/**
 * Completes the last attempt of each step that succeeded, where that was not recorded; without a worker, a row still takes
 * in what the attempt's start tells. All others that are open are over.
 */
const CLOSE_ATTEMPTS = `
  WITH told AS MATERIALIZED (
    SELECT t.run_id, t.key, t.attempt, t.action, s.project, s.started_at, s.ended_at
    FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::text[]) AS t (run_id, key, attempt, action)
    JOIN run_steps s ON s.run_id = t.run_id AND s.key = t.key AND NOT s.reused
  ), completed AS (
    INSERT INTO step_attempts (run_id, project, step, attempt, status, started_at, ended_at, action, change)
    SELECT t.run_id, t.project, t.key, t.attempt, 'succeeded', t.started_at, t.ended_at, t.action, nextval('run_changes')
    FROM told t
    LEFT JOIN step_attempts a ON a.run_id = t.run_id AND a.step = t.key AND a.attempt = t.attempt
    WHERE a.status IS DISTINCT FROM 'succeeded'
    ON CONFLICT (run_id, step, attempt) DO UPDATE
    SET status = excluded.status, ended_at = excluded.ended_at, error = NULL, change = excluded.change
  )
  UPDATE step_attempts a SET ended_at = o.run_ended_at, change = nextval('run_changes'),
    status = CASE WHEN o.step_status = 'canceled' THEN 'canceled' ELSE 'lost' END
  FROM (
    SELECT open.run_id, open.step, open.attempt, ended.at AS run_ended_at, s.status AS step_status
    FROM unnest($5::uuid[], $6::timestamptz[]) AS ended (run_id, at)
    JOIN step_attempts open ON open.run_id = ended.run_id AND open.status = 'running'
    LEFT JOIN run_steps s ON s.run_id = open.run_id AND s.key = open.step
    WHERE NOT EXISTS (
      SELECT FROM told WHERE told.run_id = open.run_id AND told.key = open.step AND told.attempt = open.attempt)
  ) AS o
  WHERE a.run_id = o.run_id AND a.step = o.step AND a.attempt = o.attempt`;

interface StepRow {
  readonly run: string;
  /** Of the run's last transition. */
  readonly sequence: number;
  readonly key: string;
  readonly step: StepState;
  readonly output: string | null;
}

function* chunksOf(records: readonly FinalRecord[]): Generator<readonly StepRow[]> {
  let chunk: StepRow[] = [];
  let characters = 0;
  for (const { run, sequence, steps } of records) {
    for (const [key, step] of Object.entries(steps)) {
      const output = jsonOrNull(step.output);
      chunk.push({ run, sequence, key, step, output });
      characters += output?.length ?? 0;
      if (chunk.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
      yield chunk;
      chunk = [];
      characters = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

async function writeSteps(manager: EntityManager, rows: readonly StepRow[]): Promise<void> {
  await manager.query(WRITE_STEPS, [
    rows.map(({ run }) => run),
    rows.map(({ sequence }) => sequence),
    rows.map(({ key }) => key),
    rows.map(({ step }) => step.status),
    rows.map(({ step }) => (step.status === 'skipped' ? null : new Date(step.startedAt))),
    rows.map(({ step }) => (step.endedAt === undefined ? null : new Date(step.endedAt))),
    rows.map(({ output }) => output),
    rows.map(({ step }) => jsonOrNull(step.error)),
    rows.map(({ step }) => step.skipped ?? null),
    rows.map(({ step }) => jsonOrNull(step.approval)),
    rows.map(({ step }) => textOrNull(step.event)),
    rows.map(({ step }) => step.reused === true),
  ]);
}

const WRITE_STEPS = `
  INSERT INTO run_steps (run_id, project, key, status, started_at, ended_at, output, error, skipped, approval, event,
    reused, sequence, change)
  SELECT r.id, r.project, s.key, s.status, s.started_at, s.ended_at, s.output, s.error, s.skipped, s.approval,
    s.event, s.reused, s.sequence, nextval('run_changes')
  FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::json[],
      $8::json[], $9::text[], $10::json[], $11::text[], $12::boolean[]) WITH ORDINALITY
    AS s (run_id, sequence, key, status, started_at, ended_at, output, error, skipped, approval, event, reused, place)
  JOIN runs r ON r.id = s.run_id
  ORDER BY s.place
  ON CONFLICT (run_id, key) DO UPDATE SET
    status = excluded.status, started_at = excluded.started_at, ended_at = excluded.ended_at,
    output = excluded.output, error = excluded.error, skipped = excluded.skipped, waiting = NULL,
    approval = excluded.approval, event = excluded.event, reused = excluded.reused,
    sequence = excluded.sequence, change = excluded.change
  WHERE (run_steps.status, run_steps.started_at, run_steps.ended_at, run_steps.output::text, run_steps.error::text,
      run_steps.skipped, run_steps.waiting, run_steps.approval::text, run_steps.event, run_steps.reused)
    IS DISTINCT FROM (excluded.status, excluded.started_at, excluded.ended_at, excluded.output::text,
      excluded.error::text, excluded.skipped, NULL::text, excluded.approval::text, excluded.event, excluded.reused)`;
