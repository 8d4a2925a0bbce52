import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRandom } from '../random.js';
import { type AuditedJob, tellByProcess, tellByRequest } from './auditor/audited-job.js';
import { Auditor } from './auditor/auditor.js';
import { stepIdOf } from './auditor/evidence.js';
import type { EffectEntry } from './auditor/ledger/entries.js';
import { LONG, SEED } from './form.js';

const STOPS = LONG ? 20 : 2;
const RUNS = 6;

/** `short` steps end within the 2 s that a worker has when it is told to stop; `long` ones do not. */
function writeStopJob(ledger: string): AuditedJob {
  const definition = `
sluice: 1
name: stop
inputs: { n: { type: integer } }
stages:
  work:
    steps:
      ${tellByRequest(ledger, { id: 'short-request', ms: 500 })}
      ${tellByProcess(ledger, { id: 'short-process', ms: 300 })}
      ${tellByRequest(ledger, { id: 'long', ms: 5_000 })}
`;
  return {
    definition,
    telling: ['short-request', 'short-process', 'long'],
    order: [
      ['short-request', 'short-process'],
      ['short-process', 'long'],
    ],
  };
}

let auditor: Auditor;

beforeAll(async () => {
  auditor = await Auditor.start(writeStopJob);
});
afterAll(() => auditor?.close());

it(
  `SIGTERM of the worker ${STOPS} times: it cuts no step that ends within its grace, and what it cuts is begun again (seed ${SEED})`,
  async () => {
    const random = createRandom(SEED);
    const { platform } = auditor;
    const hit = { short: 0, long: 0 };
    const short: EffectEntry[] = [];
    for (let stop = 0; stop < STOPS; stop++) {
      const begun = auditor.startRuns(RUNS, 1_000 + random() * 1_000);
      await auditor.waitForOpen(1, random() < 0.5 ? 'short-request' : 'short-process');
      await begun;
      await auditor.waitForOpen(1, 'long');
      const open = await auditor.ledger.listOpen();
      short.push(...open.filter(({ step }) => step !== 'long'));
      hit.long += open.length - open.filter(({ step }) => step !== 'long').length;
      await platform.worker.stop();
      await platform.worker.start();
    }
    await auditor.expectNothingWrong();
    hit.short = short.length;
    const { effects } = await auditor.ledger.read();
    const begunAgain = short.filter(({ run, step, effect }) =>
      effects.some((each) => each.run === run && each.step === step && each.effect > effect),
    );
    const repeated: { step: string; times: number }[] = await platform.database.dataSource.query(
      'SELECT step, count(*)::int AS times FROM step_attempts WHERE attempt > 1 GROUP BY step',
    );
    expect(hit.long).toBeGreaterThanOrEqual(STOPS);
    // A process that has not yet told the ledger may take longer to begin than the worker has.
    expect(begunAgain).toEqual([]);
    expect(repeated.map(({ step }) => stepIdOf(step))).toContain('long');
    process.stdout.write(
      `figures: ${STOPS} stops of the worker, seed ${SEED}: ${JSON.stringify({ hit, repeated })}\n`,
    );
  },
  120_000 + STOPS * 60_000,
);
