import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { type JobName, stepsOf } from '../jobs.js';

const LIMIT_MS = 30_000;
const POLL_MS = 20;

/** Throws unless each of these runs is recorded as succeeded, and every step of it once, soon. */
export async function requireRecorded(
  dataSource: DataSource,
  job: JobName,
  ids: readonly string[],
): Promise<void> {
  const expected = { runs: ids.length, attempts: ids.length * stepsOf(job).length };
  for (const end = Date.now() + LIMIT_MS; ; await sleep(POLL_MS)) {
    const [counts] = await dataSource.query(
      `SELECT (SELECT count(*)::integer FROM runs WHERE id = ANY($1) AND status = 'succeeded') AS runs,
              (SELECT count(*)::integer FROM step_attempts WHERE run_id = ANY($1) AND status = 'succeeded') AS attempts`,
      [ids],
    );
    if (JSON.stringify(counts) === JSON.stringify(expected)) return;
    if (Date.now() > end)
      throw new Error(`recorded: ${JSON.stringify(counts)}, expected: ${JSON.stringify(expected)}`);
  }
}
