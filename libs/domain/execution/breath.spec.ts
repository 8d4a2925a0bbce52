import { describe, expect, it } from '@jest/globals';
import { createState, decide } from './decide.js';
import type { RunEvent } from './event.js';
import type { RunState } from './state.js';
import { planFrom } from './testing/plan-from.js';
import { simulateRun } from './testing/simulate-run.js';

const EACH = (items: number) => `each:
  forEach: { in: "\${{ [${Array.from({ length: items }, (_, n) => n).join()}] }}", as: item }
  steps:
    one: { set: { n: "\${{ item }}" } }
    two: { set: { n: "\${{ steps.one.output.n + 1 }}" } }`;

const breathsOf = (run: ReturnType<typeof simulateRun>) =>
  run.commands.filter(({ type }) => type === 'take-breath').length;

const FACTS = {
  id: 'r1',
  workflow: 'w',
  version: 1,
  trigger: 'api',
  startedBy: 'ann',
  startedAt: '2026-01-01T00:00:00Z',
};

/** A run that is given its events one by one, each a millisecond later. */
function openRun(steps: string) {
  const plan = planFrom(steps);
  let state = createState(FACTS, {});
  let now = 0;
  return {
    get state(): RunState {
      return state;
    },
    give(event: RunEvent) {
      // As after a hand-over: what is carried is JSON.
      const decision = decide(plan, JSON.parse(JSON.stringify(state)), event, ++now);
      state = decision.state;
      return decision.commands;
    },
  };
}

describe('a breath', () => {
  it('is taken after a thousand turns of steps, and loses none', () => {
    const run = simulateRun(planFrom(EACH(1_000)));
    expect(run.state.status).toBe('succeeded');
    expect(breathsOf(run)).toBe(2);
    const ended = run.transitions.filter(({ step, status }) => step !== undefined && status === 'succeeded');
    expect(ended).toHaveLength(2_002);
    expect(new Set(ended.map(({ step }) => step)).size).toBe(2_002);
    expect(run.state.steps['two[999]']?.output).toEqual({ n: 1_000 });
    expect(run.state.agenda).toBeUndefined();
  });

  it('comes sooner where expressions cost much', () => {
    const costly = (turns: number) => `loop:
  loop: { while: "turn.index < ${turns}", max: ${turns} }
  steps: { one: { set: { n: "\${{ [1,2,3,4,5,6,7,8,9,10].map(a, [1,2,3,4,5,6,7,8,9,10].map(b, a * b)).size() }}" } } }`;
    expect(breathsOf(simulateRun(planFrom(costly(900))))).toBeGreaterThan(0);
    expect(breathsOf(simulateRun(planFrom(costly(900).replace(/"\$.*}}"/, '1'))))).toBe(0);
  });

  it('is shared by all that happens at one moment', () => {
    const plan = planFrom(EACH(600));
    const states = [1, 2].map((later) => {
      const state = createState(FACTS, {});
      state.effort = { at: 1, spent: 999 };
      const { commands } = decide(plan, state, { type: 'run-started' }, later);
      return commands.filter(({ type }) => type === 'take-breath').length;
    });
    expect(states).toEqual([1, 1]);
    const fresh = openRun(EACH(300));
    expect(fresh.give({ type: 'run-started' }).some(({ type }) => type === 'take-breath')).toBe(false);
  });

  it('lets a person cancel in the meantime', () => {
    const run = openRun(EACH(1_000));
    expect(run.give({ type: 'run-started' }).at(-1)).toEqual({ type: 'take-breath' });
    expect(run.give({ type: 'cancel-requested' }).filter(({ type }) => type === 'take-breath')).toEqual([]);
    for (let breaths = 0; run.state.status === 'canceling' && breaths < 20; breaths++)
      run.give({ type: 'breath-taken' });
    expect(run.state.status).toBe('canceled');
    expect(run.state.steps['two[999]']).toMatchObject({ status: 'skipped', skipped: 'stopped' });
  });

  it('holds back what depends on a step that is tried again in the meantime', () => {
    const run = openRun(`a: { DO, needs: [] }
b: { if: always(), set: { seen: "\${{ steps.a.status }}" }, needs: [a] }
each: { needs: [], forEach: { in: [1] }, steps: { c: { set: { x: 1 } } } }`);
    run.give({ type: 'run-started' });
    run.state.effort = { at: 2, spent: 1_000 };
    const error = { class: 'code', code: 'broken', message: 'It broke.' } as const;
    run.give({ type: 'action-failed', step: 'a', error, attempts: 1 });
    expect(run.state.agenda).toEqual(['b']);
    run.give({ type: 'operation', operation: { type: 'retry-step', step: 'a', by: 'ann', roles: [] } });
    expect(run.state.agenda).toEqual([]);
    run.give({ type: 'breath-taken' });
    expect(run.state.steps['b']).toBeUndefined();
    run.give({ type: 'action-succeeded', step: 'a', output: 1, attempts: 2 });
    expect(run.state).toMatchObject({ status: 'succeeded', steps: { b: { output: { seen: 'succeeded' } } } });
  });

  it('means nothing where none was asked for', () => {
    const run = openRun('a: { DO }');
    run.give({ type: 'run-started' });
    const before = structuredClone(run.state.steps);
    expect(run.give({ type: 'breath-taken' })).toEqual([]);
    expect(run.state.steps).toEqual(before);
  });
});
