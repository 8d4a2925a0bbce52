import type { EntityManager } from 'typeorm';
import type { AttemptEnd, AttemptKey, AttemptStart } from '#contracts/ports.js';
import { jsonOrNull } from '../json-column.js';

export async function writeStarts(manager: EntityManager, told: readonly AttemptStart[]): Promise<void> {
  const starts = onePerAttempt(told.toReversed());
  const places = [...placesOf(starts), starts.map(({ at }) => new Date(at))];
  await manager.query(INSERT_STARTS, [
    ...places,
    starts.map(({ worker }) => worker),
    starts.map(({ action }) => action),
    starts.map(({ rebuild }) => rebuild),
    starts.map(({ input }) => jsonOrNull(input)),
  ]);
  await manager.query(LOSE_EARLIER, places);
}

export async function writeEnds(manager: EntityManager, told: readonly AttemptEnd[]): Promise<void> {
  const ends = onePerAttempt(told);
  await manager.query(WRITE_ENDS, [
    ...placesOf(ends),
    ends.map(({ at }) => new Date(at)),
    ends.map(({ status }) => status),
    ends.map(({ error }) => jsonOrNull(error)),
  ]);
}

/** The last of each: one INSERT may touch a row once. */
function onePerAttempt<T extends AttemptKey>(told: readonly T[]): T[] {
  return [...new Map(told.map((one) => [`${one.run} ${one.step} ${one.attempt}`, one])).values()];
}

function placesOf(attempts: readonly AttemptKey[]): unknown[][] {
  return [
    attempts.map(({ run }) => run),
    attempts.map(({ step }) => step),
    attempts.map(({ attempt }) => attempt),
  ];
}

/**
 * An attempt that a later one has followed, or whose run has ended, is not open any more. Where the end was
 * recorded first, only what the start knows is added.
 */
const INSERT_STARTS = `
  INSERT INTO step_attempts
    (run_id, project, step, attempt, status, started_at, ended_at, worker, action, rebuild, input, change)
  SELECT r.id, r.project, t.step, t.attempt,
    CASE WHEN over.at IS NULL THEN 'running' ELSE 'lost' END, t.at, over.at, t.worker, t.action, t.rebuild, t.input,
    nextval('run_changes')
  FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::timestamptz[], $5::text[], $6::text[], $7::boolean[], $8::json[])
    AS t (run_id, step, attempt, at, worker, action, rebuild, input)
  JOIN runs r ON r.id = t.run_id
  CROSS JOIN LATERAL (
    SELECT COALESCE(
      (SELECT min(later.started_at) FROM step_attempts later
       WHERE later.run_id = r.id AND later.step = t.step AND later.attempt > t.attempt),
      r.ended_at) AS at
  ) AS over
  ON CONFLICT (run_id, step, attempt) DO UPDATE
  SET started_at = excluded.started_at, worker = excluded.worker, action = excluded.action,
    rebuild = excluded.rebuild, input = excluded.input, change = excluded.change
  WHERE step_attempts.worker IS NULL`;

const LOSE_EARLIER = `
  UPDATE step_attempts a SET status = 'lost', ended_at = followed.at, change = nextval('run_changes')
  FROM (
    SELECT earlier.run_id, earlier.step, earlier.attempt, min(t.at) AS at
    FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::timestamptz[]) AS t (run_id, step, attempt, at)
    JOIN step_attempts earlier
      ON earlier.run_id = t.run_id AND earlier.step = t.step AND earlier.attempt < t.attempt AND earlier.status = 'running'
    GROUP BY 1, 2, 3
  ) AS followed
  WHERE a.run_id = followed.run_id AND a.step = followed.step AND a.attempt = followed.attempt`;

const WRITE_ENDS = `
  INSERT INTO step_attempts (run_id, project, step, attempt, status, started_at, ended_at, error, change)
  SELECT r.id, r.project, t.step, t.attempt, t.status, t.at, t.at, t.error, nextval('run_changes')
  FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::timestamptz[], $5::text[], $6::json[])
    AS t (run_id, step, attempt, at, status, error)
  JOIN runs r ON r.id = t.run_id
  ON CONFLICT (run_id, step, attempt) DO UPDATE
  SET status = excluded.status, ended_at = excluded.ended_at, error = excluded.error, change = excluded.change
  WHERE step_attempts.status IN ('running', 'lost')`;
