import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeJob } from './auditor/audited-job.js';
import { Auditor } from './auditor/auditor.js';
import { LONG } from './form.js';

const RUNS = LONG ? 100 : 6;

let auditor: Auditor;

beforeAll(async () => {
  auditor = await Auditor.start(writeJob);
});
afterAll(() => auditor?.close());

it(`what Postgres knew of the course of ${RUNS} runs is made again from their histories`, async () => {
  const { platform } = auditor;
  await auditor.startRuns(RUNS, 1_000);
  await auditor.expectNothingWrong();
  // No worker has any of the runs in its memory.
  await platform.worker.stop();
  await platform.database.dataSource.transaction(async (manager) => {
    await manager.query('DELETE FROM step_attempts');
    await manager.query('DELETE FROM run_steps');
    await manager.query(
      `UPDATE runs SET status = 'queued', output = NULL, started_at = NULL, ended_at = NULL, final_at = NULL,
         sequence = 0, settled = 0, news_at = NULL, checked_at = NULL`,
    );
  });
  const [left] = await platform.database.dataSource.query(
    `SELECT (SELECT count(*)::int FROM run_steps) AS steps, count(*)::int AS queued FROM runs WHERE status = 'queued'`,
  );
  expect(left).toEqual({ steps: 0, queued: RUNS });
  await platform.worker.start();
  await auditor.expectNothingWrong();
});
