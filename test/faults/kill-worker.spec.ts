import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StepView } from '#contracts/rest/runs.js';
import { TestPlatform } from '../platform.js';

/** What a run must look like after a worker was killed in its middle. */
function expectWhole(steps: readonly StepView[]): void {
  for (const step of steps) {
    const { key, attempts } = step;
    const succeeded = attempts.filter(({ status }) => status === 'succeeded');
    expect([key, step.status]).toEqual([key, 'succeeded']);
    if (step.kind === 'uses') expect([key, succeeded.length]).toEqual([key, 1]);
    // A step that was not cut ran once.
    const others = attempts.filter(({ status }) => status !== 'succeeded' && status !== 'lost');
    expect([key, others]).toEqual([key, []]);
  }
}

describe('kill -9 of the worker', () => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await TestPlatform.start();
  });
  afterAll(() => platform?.close());

  it('in the middle of fan-out: cut steps are attempted again, visibly, and no other step runs twice', async () => {
    const workflow = await platform.saveExample('fan-out');
    const { id } = await platform.execute(workflow.id, { width: 40_000 });
    await platform.waitFor(id, async () => (await countSucceeded(id)) >= 20);
    await platform.worker.kill();
    const before = await platform.steps(id);
    await platform.worker.start();

    const run = await platform.waitForEnd(id);
    expect(run.status).toBe('succeeded');
    const steps = await platform.steps(id);
    expectWhole(steps);
    expect(platform.worker.starts).toBe(2);
    const cut = steps.filter(({ attempts }) => attempts.some(({ status }) => status === 'lost'));
    expect(cut.length).toBeGreaterThan(0);
    // What had succeeded before the kill was left alone.
    for (const { key, attempts } of before.filter(
      ({ status, kind }) => kind === 'uses' && status === 'succeeded',
    )) {
      // Of an attempt that ended at the very kill, the end may have become known only later.
      const made = attempts.map(({ attempt, worker }) => ({ attempt, worker, status: 'succeeded' }));
      expect(steps.find((step) => step.key === key)?.attempts).toMatchObject(made);
      expect(steps.find((step) => step.key === key)?.attempts).toHaveLength(made.length);
    }
  });

  async function countSucceeded(id: string): Promise<number> {
    return (await platform.steps(id)).filter(({ kind, status }) => kind === 'uses' && status === 'succeeded')
      .length;
  }
});

describe('a worker lost for good', () => {
  it('leaves its workspace to another, which makes it anew before the step is retried', async () => {
    const platform = await TestPlatform.start({ worker: { QUEUES: 'orchestration,command' } });
    const second = platform.createWorker('second', { QUEUES: 'orchestration,command' });
    try {
      const workflow = await platform.save(FILLED);
      await second.start();
      const { id } = await platform.execute(workflow.id);
      await platform.waitFor(id, async () => runningOn(await platform.steps(id), 'slow') !== undefined);
      const holder = runningOn(await platform.steps(id), 'slow');
      await [...platform.worker.all, second].find(({ pid }) => holder?.endsWith(` ${pid}`))!.kill();

      const run = await platform.waitForEnd(id, 240_000);
      expect(run).toMatchObject({ status: 'succeeded', output: { text: 'filled' } });
      const steps = await platform.steps(id);
      const attemptsOf = (key: string) => steps.find((step) => step.key === key)!.attempts;
      expect(attemptsOf('fill').map(({ rebuild, status }) => ({ rebuild, status }))).toEqual([
        { rebuild: false, status: 'succeeded' },
        { rebuild: true, status: 'succeeded' },
      ]);
      expect(attemptsOf('once')).toHaveLength(1);
      expect(attemptsOf('slow').map(({ status }) => status)).toEqual(['lost', 'succeeded']);
      expect(new Set(attemptsOf('slow').map(({ worker }) => worker)).size).toBe(2);
    } finally {
      await second.stop();
      await platform?.close();
    }
  });
});

/** The worker that runs the step, as it calls itself: its process number comes last. */
function runningOn(steps: readonly StepView[], key: string): string | null | undefined {
  const attempts = steps.find((step) => step.key === key)?.attempts ?? [];
  return attempts.find(({ status }) => status === 'running')?.worker;
}

const FILLED = `
sluice: 1
name: filled-workspace
stages:
  work:
    steps:
      fill: { uses: command/run, with: { run: [sh, -c, "printf filled > file"], rebuild: true } }
      once: { uses: command/run, with: { run: ["true"] } }
      slow: { uses: command/run, with: { run: [sh, -c, "sleep 5; cat file"] } }
output: { text: "\${{ steps.slow.output.stdout }}" }
`;
