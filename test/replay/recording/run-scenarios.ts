import { ACTS, approval, planOfSteps, type Steps, UNDO, type Written } from './definitions.js';
import type { Scenario, StagedRun } from './scenario.js';

const { queued } = ACTS;

/** A run that waits long enough to be paused and resumed until its history has grown long. */
const push =
  (times: number, step = 'sign') =>
  async (run: StagedRun) => {
    await run.waits(step);
    for (let n = 0; n < times; n++) {
      await run.operate({ type: 'pause' });
      await run.operate({ type: 'resume' });
    }
  };

/** Runs that run others, and runs that go over to another execution. */
export function runScenarios(): Scenario[] {
  return [...children(), ...handOver()];
}

function children(): Scenario[] {
  const child = {
    good: planOfSteps({ work: queued() }, { output: 1 }),
    signed: planOfSteps({ work: queued(), sign: approval() }),
  };
  const start = (name: string, more: Written = {}): Written => ({ workflow: { name, version: 1 }, ...more });
  const scene = (name: string, steps: Steps, more: Partial<Scenario> = {}): Scenario => ({
    name,
    plan: planOfSteps(steps),
    children: child,
    ...more,
  });
  return [
    scene('child-unknown', { it: start('unknown', { onFailure: 'continue' }) }),
    scene(
      'child-rejected',
      { it: start('signed') },
      {
        people: async (run) => {
          const other = run.on(await run.child());
          await other.waits('sign');
          await other.operate({ type: 'reject', step: 'sign' });
        },
      },
    ),
    scene(
      'child-canceled',
      { it: start('signed', { retry: { attempts: 2, delay: '20ms' } }) },
      {
        people: async (run) => {
          const other = run.on(await run.child());
          await other.waits('sign');
          await other.cancel();
        },
      },
    ),
    scene(
      'child-canceled-by-operation',
      { it: start('signed', { onFailure: 'continue' }) },
      {
        people: async (run) => {
          const other = run.on(await run.child());
          await other.waits('sign');
          await other.operate({ type: 'cancel', compensate: false });
        },
      },
    ),
    scene(
      'child-timed-out',
      { it: start('signed', { timeout: '300ms' }) },
      { people: (run) => run.elapse(900) },
    ),
    scene('children-many', {
      each: { forEach: { in: [1, 2, 3], as: 'n', limit: 2 }, steps: { it: start('good') } },
    }),
    {
      name: 'child-in-itself',
      plan: planOfSteps({ it: start('self') }),
      children: { self: planOfSteps({ it: start('self') }) },
      input: { parent: { run: 'r', step: 's', depth: 10, holdsClaims: false } },
    },
    scene(
      'child-of-group',
      { it: start('good') },
      { plan: planOfSteps({ it: start('good') }, { concurrency: { group: 'g', policy: 'queue' } }) },
    ),
  ];
}

function handOver(): Scenario[] {
  const long = (name: string, steps: Steps, more: Partial<Scenario> = {}): Scenario => ({
    name: `hand-over-${name}`,
    plan: planOfSteps(steps),
    people: push(30),
    children: {
      signed: planOfSteps({ sign: approval() }),
      good: planOfSteps({ work: queued() }, { output: 1 }),
    },
    ...more,
  });
  return [
    long('of-an-approval', { sign: approval(), last: queued() }),
    long('of-a-timer', {
      sign: approval({ expires: '10m' }),
      wait: { wait: '10s', needs: [] },
      last: queued(),
    }),
    long('of-claims', { sign: approval(), work: queued({ needs: [], locks: ['taken'] }) }),
    long(
      'of-a-workspace',
      { fill: ACTS.filling(), sign: approval(), lost: ACTS.workspace() },
      { workspaces: ['workspace-one', 'workspace-two'] },
    ),
    long(
      'while-canceled',
      { sign: approval(), last: queued() },
      {
        people: async (run) => {
          await Promise.all([push(40)(run), run.elapse(700).then(() => run.cancel())]);
        },
      },
    ),
    long(
      'of-a-loop',
      { it: { loop: { while: 'turn.index < 22', max: 100 }, steps: { work: queued() } } },
      { people: async () => undefined },
    ),
    long(
      'of-many-actions',
      {
        each: {
          forEach: { in: Array.from({ length: 40 }, (_, n) => n), as: 'n', limit: 8 },
          steps: { work: queued() },
        },
      },
      { people: async () => undefined },
    ),
    long('of-children', {
      it: { workflow: { name: 'signed', version: 1 } },
      sign: approval({}, { needs: [] }),
      last: { workflow: { name: 'good', version: 1 } },
    }),
    long(
      'of-events',
      { sign: approval(), hear: { waitFor: { event: 'go' } } },
      {
        people: async (run) => {
          await run.waits('sign');
          await run.operate({ type: 'send-event', name: 'go', data: 1 });
          await push(30)(run);
        },
      },
    ),
    long('of-compensations', {
      work: queued({ compensate: UNDO }),
      sign: approval(),
      fail: queued({ onFailure: 'rollback' }),
    }),
    long('of-flaky-steps', {
      flaky: queued({ retry: { attempts: 4, delay: '10ms', factor: 1 }, onFailure: 'intervene' }),
      sign: approval(),
    }),
  ];
}
