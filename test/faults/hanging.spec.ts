import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditedJob, tellByProcess, tellByRequest, writeJob } from './auditor/audited-job.js';
import { Auditor } from './auditor/auditor.js';
import { LONG } from './form.js';

const RUNS = LONG ? 20 : 4;
/** Longer than the 10 s after which a silent worker is missed. */
const FROZEN_MS = 13_000;

function writeHangingJob(ledger: string): AuditedJob {
  const more = 'timeout: 2s, retry: { attempts: 3, delay: 100ms }';
  const definition = `
sluice: 1
name: hanging
inputs: { n: { type: integer } }
stages:
  work:
    steps:
      ${tellByRequest(ledger, { id: 'request', ms: 0, hangs: 1, more })}
      ${tellByProcess(ledger, { id: 'process', ms: 0, hangs: 1, more })}
      ${tellByRequest(ledger, { id: 'last', ms: 0 })}
`;
  return {
    definition,
    telling: ['request', 'process', 'last'],
    order: [
      ['request', 'process'],
      ['process', 'last'],
    ],
  };
}

describe('work that hangs', () => {
  let auditor: Auditor;

  beforeAll(async () => {
    auditor = await Auditor.start(writeHangingJob);
  });
  afterAll(() => auditor?.close());

  it('is given up when its time is over, its process with it, and attempted again', async () => {
    await auditor.startRuns(RUNS, 500);
    await auditor.expectNothingWrong();
    const failed: object[] = await auditor.platform.database.dataSource.query(
      `SELECT step, error->>'class' AS class, count(*)::int AS times FROM step_attempts
       WHERE attempt = 1 AND status = 'failed' GROUP BY 1, 2 ORDER BY 1`,
    );
    expect(failed).toEqual([
      { step: 'process', class: 'timeout', times: RUNS },
      { step: 'request', class: 'timeout', times: RUNS },
    ]);
    expect(await auditor.countRepeated()).toBe(2 * RUNS);
  });
});

describe('a worker that hangs', () => {
  let auditor: Auditor;

  beforeAll(async () => {
    auditor = await Auditor.start(writeJob, { processes: 2 });
  });
  afterAll(() => auditor?.close());

  it('loses its work to another, and does no harm when it wakes', async () => {
    const [first] = auditor.platform.worker.pids;
    const begun = auditor.startRuns(2 * RUNS, 2_000);
    await auditor.waitForOpen(2);
    process.kill(first!, 'SIGSTOP');
    await sleep(FROZEN_MS);
    await begun;
    expect(await auditor.countRepeated()).toBeGreaterThan(0);
    process.kill(first!, 'SIGCONT');
    await auditor.expectNothingWrong({ lateRepeats: true });
  });
});
