import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRandom } from '../random.js';
import { writeJob } from './auditor/audited-job.js';
import { Auditor } from './auditor/auditor.js';
import { LONG, SEED } from './form.js';

const KILLS = LONG ? 50 : 5;
/** Begun before each kill. */
const RUNS = 4;
const LIMIT_MS = 60_000 + KILLS * 30_000;

let auditor: Auditor;

beforeAll(async () => {
  auditor = await Auditor.start(writeJob);
});
afterAll(() => auditor?.close());

it(
  `kill -9 of the worker ${KILLS} times in the middle of its work: all of it is done, once, in its order (seed ${SEED})`,
  async () => {
    const random = createRandom(SEED);
    const { platform } = auditor;
    let hit = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await auditor.startRuns(RUNS, random() * 1_500);
      await auditor.waitForOpen(1);
      hit += (await auditor.ledger.listOpen()).length;
      await platform.worker.kill();
      await platform.worker.start();
    }
    expect(hit).toBeGreaterThanOrEqual(KILLS);
    await auditor.expectNothingWrong();
    expect(platform.worker.starts).toBe(KILLS + 2);
    const repeated = await auditor.countRepeated();
    expect(repeated).toBeGreaterThanOrEqual(KILLS / 2);
    process.stdout.write(
      `figures: ${KILLS} kills of the worker, seed ${SEED}: ${hit} effects under way, ${repeated} attempts more\n`,
    );
  },
  LIMIT_MS,
);
