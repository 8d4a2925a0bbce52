import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../plan/plan.js';
import type { Command } from './command.js';
import { createState, decide } from './decide.js';
import type { RunEvent } from './event.js';
import type { Operation } from './operation.js';
import type { RunState } from './state.js';
import { planFrom } from './testing/plan-from.js';
import { simulateRun } from './testing/simulate-run.js';

const FACTS = {
  id: 'r1',
  workflow: 'w',
  version: 1,
  trigger: 'api',
  startedBy: 'ann',
  startedAt: '2026-01-01T00:00:00Z',
};

/** Steps that one event may lead to, by what a step costs without expressions. */
const MOST_STEPS = 1_000;

const numbers = (count: number) => JSON.stringify(Array.from({ length: count }, (_, n) => n));

/** Almost 100,000 evaluation steps. */
const COSTLY = '${{ inputs.all.map(x, inputs.all.filter(y, y > x).size()).size() }}';
const INPUTS = { all: JSON.parse(numbers(195)) };

const WITH_INPUTS = 'inputs: { all: { type: array, items: { type: integer } } }';

const asked = (type: 'pause' | 'resume'): RunEvent => ({
  type: 'operation',
  operation: { type, by: 'bob', roles: ['admin'] } as Operation,
});

/** A run whose actions all succeed; answers with the commands of each decision. */
function play(plan: Plan, interrupt: (decision: number, state: RunState) => RunEvent[] = () => []) {
  const state = createState(FACTS, INPUTS);
  const decisions: (readonly Command[])[] = [];
  const events: RunEvent[] = [{ type: 'run-started' }];
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    const { commands } = decide(plan, state, event, 0);
    decisions.push(commands);
    for (const command of commands) {
      if (command.type === 'start-timer')
        events.push({ type: 'timer-fired', step: command.step, timer: command.timer });
      if (command.type === 'take-breath') events.push({ type: 'breath-taken' });
      if (command.type === 'run-action')
        events.push({ type: 'action-succeeded', step: command.step, output: {}, attempts: 1 });
    }
    events.push(...interrupt(decisions.length, state));
  }
  return { state, decisions };
}

const begun = (commands: readonly Command[]): number =>
  commands.filter((command) => command.type === 'record' && command.transition.status === 'running').length;

const restsIn = (commands: readonly Command[]): number =>
  commands.filter((command) => command.type === 'take-breath').length;

describe('much at once', () => {
  it.each([
    [
      'turns of a loop',
      'l: { loop: { while: turn.index < 3000, max: 3000 }, steps: { a: { set: { n: 1 } } } }',
    ],
    ['items of a list', `l: { forEach: { in: ${numbers(3_000)} }, steps: { a: { set: { n: 1 } } } }`],
    [
      'branches',
      `l: { parallel: { branches: { ${Array.from({ length: 1_500 }, (_, n) => `b${n}: { steps: { s${n}: { set: { n: 1 } } } }`).join(', ')} } } }`,
    ],
    ['steps in a row', Array.from({ length: 1_500 }, (_, n) => `s${n}: { set: { n: ${n} } }`).join('\n')],
    ['actions', `l: { forEach: { in: ${numbers(1_500)} }, steps: { a: { DO } } }`],
  ])('is spread over several decisions: %s', (_, steps) => {
    const { state, decisions } = play(planFrom(steps, WITH_INPUTS));
    expect(state.status).toBe('succeeded');
    expect(decisions.flat().filter((command) => restsIn([command]) > 0).length).toBeGreaterThan(0);
    for (const commands of decisions) {
      expect(begun(commands)).toBeLessThanOrEqual(MOST_STEPS + 2);
      expect(restsIn(commands)).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    ['of loops', `l: { loop: { while: turn.index < 8 }, steps: { a: { set: { n: "${COSTLY}" } } } }`],
    ['of lists', `l: { forEach: { in: ${numbers(8)} }, steps: { a: { set: { n: "${COSTLY}" } } } }`],
    [
      'of conditions',
      Array.from({ length: 8 }, (_, n) => `s${n}: { if: "${COSTLY.slice(4, -3)} == 195", DO }`).join('\n'),
    ],
  ])('is one costly expression: %s', (_, steps) => {
    const { state, decisions } = play(planFrom(steps, WITH_INPUTS));
    expect(state.status).toBe('succeeded');
    for (const commands of decisions) expect(begun(commands)).toBeLessThanOrEqual(5);
  });

  it('fails the step that asks too much in one turn', () => {
    const values = Array.from({ length: 100 }, (_, n) => `n${n}: "${COSTLY}"`).join(', ');
    const run = simulateRun(
      planFrom(`a: { set: { ${values} }, onFailure: continue }\nb: { DO }`, WITH_INPUTS),
      INPUTS,
    );
    expect(run.state.steps['a']?.error).toMatchObject({ code: 'expression-too-costly' });
    expect(run.state.steps['b']?.status).toBe('succeeded');
  });
});

describe('a run that rests', () => {
  const plan = planFrom(`l: { forEach: { in: ${numbers(3_000)} }, steps: { a: { set: { n: 1 } } } }`);
  const count = ({ steps }: RunState, status: string) =>
    Object.values(steps).filter((step) => step.status === status).length;

  it('is canceled', () => {
    const { state } = play(plan, (decision) => (decision === 1 ? [{ type: 'cancel-requested' }] : []));
    expect(state.status).toBe('canceled');
    expect(count(state, 'skipped')).toBeGreaterThan(500);
    expect(count(state, 'running')).toBe(0);
  });

  it('begins nothing while it is paused', () => {
    const paused = play(plan, (decision) => (decision === 2 ? [asked('pause')] : []));
    expect(paused.state.status).toBe('paused');
    expect(count(paused.state, 'succeeded')).toBeLessThan(3_000);
    const resumed = play(plan, (decision) =>
      decision === 2 ? [asked('pause')] : decision === 5 ? [asked('resume')] : [],
    );
    expect(resumed.state.status).toBe('succeeded');
  });
});

it('puts off again what waits for a step that is tried once more', () => {
  const others = Array.from(
    { length: 1_100 },
    (_, n) => `s${n}: { needs: [a], if: always(), set: { n: 1 } }`,
  );
  const plan = planFrom(['a: { DO }', ...others, 'b: { needs: [a], if: always(), DO }'].join('\n'));
  const state = createState(FACTS, {});
  const give = (event: RunEvent) => decide(plan, state, event, 0);
  const error = { class: 'code', code: 'broken', message: 'It broke.' } as const;
  give({ type: 'run-started' });
  give({ type: 'action-failed', step: 'a', error, attempts: 1 });
  const operation = { type: 'retry-step', step: 'a', by: 'bob', roles: ['admin'] } as Operation;
  give({ type: 'operation', operation });
  give({ type: 'breath-taken' });
  expect([state.steps['a']?.status, state.steps['b']]).toEqual(['running', undefined]);
  give({ type: 'action-succeeded', step: 'a', output: {}, attempts: 2 });
  give({ type: 'breath-taken' });
  expect(state.steps['b']?.status).toBe('running');
});
