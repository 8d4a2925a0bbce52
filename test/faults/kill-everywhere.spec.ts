import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApprovalView } from '#contracts/rest/operations.js';
import type { Page } from '#contracts/rest/page.js';
import type { RunView, StepView } from '#contracts/rest/runs.js';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import { TestPlatform } from '../platform.js';
import { createRandom } from '../random.js';
import { EVERY_CHILD, EVERY_KIND } from './every-kind.js';
import { LONG, SEED } from './form.js';

/** Each kill hits this many runs, begun one after the other, so each at another moment of its life. */
const RUNS = 10;
const KILLS = LONG ? 5 : 3;

let platform: TestPlatform;
let workflow: string;

beforeAll(async () => {
  platform = await TestPlatform.start();
  await platform.save(EVERY_CHILD);
  workflow = (await platform.save(EVERY_KIND)).id;
});
afterAll(() => platform?.close());

/** What does not depend on time, nor on the number that tells the runs apart. */
function comparable(run: RunView, steps: readonly StepView[]): object {
  const { class: failureClass, code } = run.error ?? {};
  return {
    status: run.status,
    error: { class: failureClass, code },
    steps: steps.map(({ key, status, skipped, error }) => ({ key, status, skipped, code: error?.code })),
  };
}

/** Approves whatever waits, until it is told to stop. */
function approveAll(): { stop(): Promise<void> } {
  let going = true;
  const loop = (async () => {
    while (going) {
      const waiting = await platform.request<Page<ApprovalView>>('GET', '/approvals').catch(() => undefined);
      for (const { run, step } of waiting?.body.items ?? []) {
        await platform
          .request('POST', `/runs/${run}/steps/${step}/approve`, {}, { 'x-sluice-actor': 'bob' })
          .catch(() => undefined);
      }
      await sleep(200);
    }
  })();
  return {
    stop: () => {
      going = false;
      return loop;
    },
  };
}

describe('kill -9 of the worker', () => {
  let people: ReturnType<typeof approveAll>;
  let undisturbed: object;

  beforeAll(async () => {
    people = approveAll();
    const { id } = await platform.execute(workflow, { n: 0 });
    undisturbed = comparable(await platform.waitForEnd(id), await platform.steps(id));
  });
  afterAll(() => people.stop());

  it('undisturbed, the run goes through every kind and undoes what it did', () => {
    expect(undisturbed).toMatchObject({ status: 'failed', error: { code: 'test' } });
    expect(JSON.stringify(undisturbed)).toContain('deploy:compensate');
  });

  it(`at ${RUNS * KILLS} random moments of it changes nothing but that what was cut is attempted again`, async () => {
    const random = createRandom(SEED);
    let cut = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const runs: string[] = [];
      for (let n = 1; n <= RUNS; n++) {
        runs.push((await platform.execute(workflow, { n: kill * 100 + n })).id);
        await sleep(random() * 1_000);
      }
      const before = await Promise.all(runs.map((id) => platform.run(id)));
      expect(before.some(({ status }) => !FINAL_RUN_STATUSES.includes(status))).toBe(true);
      await platform.worker.kill();
      await platform.worker.start();
      for (const id of runs) {
        const run = await platform.waitForEnd(id, 240_000);
        const steps = await platform.steps(id);
        expect(comparable(run, steps)).toEqual(undisturbed);
        for (const { key, status, attempts } of steps) {
          const lost = attempts.filter((attempt) => attempt.status === 'lost').length;
          cut += lost;
          if (status === 'succeeded' && attempts.length > 0)
            expect([key, attempts.length - lost]).toEqual([key, 1]);
        }
      }
    }
    expect(cut).toBeGreaterThan(KILLS);
  }, 1_200_000);
});
