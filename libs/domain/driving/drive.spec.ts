import { describe, expect, it } from '@jest/globals';
import type { Transition } from '../execution/command.js';
import { planFrom } from '../execution/testing/plan-from.js';
import type { Plan } from '../plan/plan.js';
import { ClaimsDesk } from './claims-desk.js';
import { Drive } from './drive.js';
import { VirtualClock } from './virtual-clock.js';
import type { AttemptEnd, RunAction, World } from './world.js';

const RUN = { id: 'r', workflow: 'w', version: 1, trigger: 'api', startedBy: 'ann', startedAt: '' };

const broken = (more: object = {}): AttemptEnd => ({
  type: 'failed',
  error: { class: 'code', code: 'broken', message: 'On purpose.' },
  retryable: true,
  ...more,
});

/** Drives a Plan on a clock that jumps; `act` says how each attempt ends, after how many milliseconds. */
function drive(
  plan: Plan,
  act: (command: RunAction, attempt: number) => readonly [number, AttemptEnd],
  more: Partial<World> = {},
) {
  const clock = new VirtualClock(0);
  const attempts: [number, string, number][] = [];
  const transitions: Transition[] = [];
  const driven = new Drive(
    plan,
    RUN,
    {},
    {
      clock,
      claims: new ClaimsDesk(new Map()),
      beginAttempt(command, attempt, end) {
        attempts.push([clock.now(), command.step, attempt]);
        const [ms, outcome] = act(command, attempt);
        const stop = clock.after(ms, () => end(outcome));
        return () => {
          stop();
          clock.after(0, () => end({ type: 'canceled' }));
        };
      },
      beginWorkflow: () => () => undefined,
      breathe: (over) => void clock.after(0, over),
      record: (transition) => transitions.push(transition),
      publish: () => undefined,
      finished: () => undefined,
      ...more,
    },
  );
  return { driven, clock, attempts, transitions };
}

function playOut({ driven, clock }: { readonly driven: Drive; readonly clock: VirtualClock }): void {
  driven.start();
  while (clock.advance());
}

describe('Drive', () => {
  it('tries an action as often, and after such pauses, as its policy says', () => {
    const plan = planFrom('a: { DO, retry: { attempts: 4, delay: 1s, factor: 3, maxDelay: 5s } }');
    const world = drive(plan, () => [0, broken()]);
    playOut(world);
    expect(world.attempts).toEqual([
      [0, 'a', 1],
      [1_000, 'a', 2],
      [4_000, 'a', 3],
      [9_000, 'a', 4],
    ]);
    expect(world.driven.state).toMatchObject({ status: 'failed', steps: { a: { attempts: 4 } } });
  });

  it.each<[string, AttemptEnd, readonly number[]]>([
    ['what cannot end otherwise is not tried again', broken({ retryable: false }), [0]],
    ['the other side may ask for a pause of its own', broken({ retryAfterMs: 60_000 }), [0, 60_000]],
  ])('%s', (_, end, moments) => {
    const world = drive(planFrom('a: { DO, retry: { attempts: 2, delay: 1s } }'), () => [0, end]);
    playOut(world);
    expect(world.attempts.map(([at]) => at)).toEqual(moments);
  });

  it.each([
    ['a pool that nobody has', new Map(), 'pool-unknown', 'no resource pool of that name'],
    [
      'a pool that is too small',
      new Map([['builders', { slots: 1 }]]),
      'pool-too-small',
      'never has as much',
    ],
  ])('fails a step that asks for %s', (_, capacities, code, said) => {
    const plan = planFrom('a: { DO, resources: { pool: builders, slots: 2 } }');
    const world = drive(plan, () => [0, { type: 'succeeded', output: {} }], {
      claims: new ClaimsDesk(capacities),
    });
    playOut(world);
    expect(world.attempts).toEqual([]);
    expect(world.driven.state.error).toMatchObject({ code, message: expect.stringContaining(said) });
  });

  it('counts on where a container is tried again', () => {
    const plan = planFrom('a: { retry: { attempts: 2, delay: 1s }, switch: [{ steps: { b: { DO } } }] }');
    const world = drive(plan, (_, attempt) => [
      0,
      attempt === 1 ? broken() : { type: 'succeeded', output: {} },
    ]);
    playOut(world);
    expect(world.attempts.map(([, step, attempt]) => [step, attempt])).toEqual([
      ['b', 1],
      ['b', 2],
    ]);
    expect(world.driven.state.status).toBe('succeeded');
  });

  it.each([
    ['while it is tried', 5_000],
    ['between two attempts', 500],
  ])('stops an action %s', (_, takes) => {
    const plan = planFrom('a: { DO, retry: { attempts: 2, delay: 1s } }');
    const world = drive(plan, () => [takes, broken()]);
    world.driven.start();
    world.clock.after(1_000, () => world.driven.take({ type: 'cancel-requested' }));
    while (world.clock.advance());
    expect(world.attempts).toHaveLength(1);
    expect(world.driven.state).toMatchObject({ status: 'canceled', steps: { a: { status: 'canceled' } } });
    expect(world.driven.moves).toBe(false);
  });

  it('grants locks in the order in which they were asked for, one holder at a time', () => {
    const plan = planFrom('a: { DO, locks: [x] }\nb: { needs: [], DO, locks: [x] }\nc: { needs: [], DO }');
    const world = drive(plan, () => [10, { type: 'succeeded', output: {} }]);
    playOut(world);
    expect(world.attempts.map(([at, step]) => [at, step])).toEqual([
      [0, 'c'],
      [0, 'a'],
      [10, 'b'],
    ]);
  });

  it('waits a year in no time, and a thousand steps at once with breaths', () => {
    const steps = Array.from({ length: 3_000 }, (_, index) => `s${index}: { needs: [], DO }`).join('\n');
    const world = drive(planFrom(`${steps}\nlast: { wait: 365d }`), () => [
      0,
      { type: 'succeeded', output: {} },
    ]);
    playOut(world);
    expect(world.driven.state.status).toBe('succeeded');
    expect(world.clock.now()).toBe(365 * 24 * 60 * 60 * 1000);
  });
});

describe('VirtualClock', () => {
  it('fires in the order of time, then of asking, and never what was taken back', () => {
    const clock = new VirtualClock(100);
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
    clock.after(30, note('late'));
    clock.after(10, note('a'));
    clock.after(10, note('b'));
    clock.after(20, note('gone'))();
    clock.after(-5, note('now'));
    while (clock.advance());
    expect(fired).toEqual(['now@100', 'a@110', 'b@110', 'late@130']);
  });
});

describe('ClaimsDesk', () => {
  it('says at once what can never be granted', () => {
    const desk = new ClaimsDesk(new Map([['small', { slots: 1 }]]));
    const answers: unknown[] = [];
    const ask = (pool: string, slots: number) =>
      desk.acquire(
        `${pool}${slots}`,
        { locks: [], resources: { pool, amounts: { slots } }, priority: 3 },
        (hopeless) => answers.push(hopeless ?? 'granted'),
      );
    ask('none', 1);
    ask('small', 2);
    ask('small', 1);
    expect(answers).toEqual(['pool-unknown', 'pool-too-small', 'granted']);
  });
});
