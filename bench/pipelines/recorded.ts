import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { RUN_CHANNEL } from '#persistence/run-notifier.js';
import type { Laboratory } from '../laboratory/laboratory.js';

/** Hears, as those who watch runs do, when the end of each run's step stands in the store. */
export interface Recorded {
  /** Moments at which it was first seen, in milliseconds since the epoch, by run. */
  readonly steps: ReadonlyMap<string, number>;
  /** Runs that were seen to be over. */
  readonly ends: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export async function watchRecorded({ databaseUrl, dataSource }: Laboratory): Promise<Recorded> {
  const steps = new Map<string, number>();
  const ends = new Map<string, number>();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const look = async (run: string) => {
    const rows: { readonly attempts: number; readonly over: boolean }[] = await dataSource.query(
      `SELECT (SELECT count(*)::integer FROM step_attempts WHERE run_id = r.id AND status IN ('succeeded', 'failed')) AS attempts,
         ended_at IS NOT NULL AS over FROM runs r WHERE id = $1`,
      [run],
    );
    const [row] = rows;
    const now = Date.now();
    if (row !== undefined && row.attempts > 0 && !steps.has(run)) steps.set(run, now);
    if (row?.over === true && !ends.has(run)) ends.set(run, now);
  };
  client.on('notification', ({ payload = '' }) => {
    if (!ends.has(payload)) void look(payload);
  });
  await client.query(`LISTEN ${RUN_CHANNEL}`);
  return { steps, ends, close: () => client.end() };
}

/** Resolves once it holds. Throws when that takes too long. */
export async function until(
  what: string,
  limitMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  for (const end = Date.now() + limitMs; !(await holds()); await sleep(50)) {
    if (Date.now() > end) throw new Error(`${what} within ${limitMs} ms: it did not come to that`);
  }
}
