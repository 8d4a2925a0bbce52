import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeLightJob } from './auditor/audited-job.js';
import { Auditor } from './auditor/auditor.js';
import { LONG } from './form.js';

const RUNS = LONG ? 200 : 50;
/** Of each step: long enough for all runs to be in one of them at once. */
const STEP_MS = LONG ? 8_000 : 3_000;

let auditor: Auditor;

beforeAll(async () => {
  auditor = await Auditor.start((ledger) => writeLightJob(ledger, STEP_MS), { processes: 2 });
});
afterAll(() => auditor?.close());

it(`kill -9 of all workers while ${RUNS} runs are in flight: each goes on, and nothing is done twice unseen`, async () => {
  const { platform } = auditor;
  const begun = auditor.startRuns(RUNS, 1_000);
  await auditor.waitForOpen(RUNS / 4);
  await begun;
  const [row] = await platform.database.dataSource.query(
    'SELECT count(*)::int AS live FROM runs WHERE ended_at IS NULL',
  );
  expect(row.live).toBe(RUNS);
  const open = (await auditor.ledger.listOpen()).length;
  await platform.worker.kill();
  await platform.worker.start();
  await auditor.expectNothingWrong();
  const repeated = await auditor.countRepeated();
  expect(repeated).toBeGreaterThanOrEqual(open / 2);
  process.stdout.write(
    `figures: all workers killed: ${RUNS} runs in flight, ${open} effects under way, ${repeated} attempts more\n`,
  );
});
