import { describe, expect, it } from '@jest/globals';
import { decide } from '#domain/execution/decide.js';
import type { Operation } from '#domain/execution/operation.js';
import { refuseOperation } from '#domain/execution/operations/table.js';
import type { RunState, RunStatus } from '#domain/execution/state.js';
import { planFrom } from '../../libs/domain/execution/testing/plan-from.js';
import { simulateRun, type World } from '../../libs/domain/execution/testing/simulate-run.js';
import { codesIn, findTables, readDocument, sectionOf } from '../docs/markdown.js';

/** The tables of docs/living-runs.md, cell by cell, against the engine. */

const page = sectionOf(readDocument('docs/living-runs.md'), '## What fits when');
const [runTable, stepTable] = findTables(page);
const [runHead, stepHead] = page
  .split('\n')
  .filter((line) => line.startsWith('| Operation'))
  .map((line) =>
    line
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim()),
  );

const BROKEN = { error: { class: 'code', code: 'broken', message: 'It broke.' } } as const;

/** A step of each kind of waiting stands in a `finally`, so that it lives on in a run that is ending. */
const RUN_PLAN = planFrom(`done: { DO, compensate: { DO } }
guarded:
  try:
    steps: { work: { DO } }
    finally:
      steps:
        ask: { approval: { by: [approver] } }
        mend: { needs: [], DO, onFailure: intervene }
bad: { needs: [], DO, onFailure: rollback }`);

const ending = (
  status: RunStatus,
  world: World = {},
): { readonly plan: typeof RUN_PLAN; readonly world: World } => ({
  plan: RUN_PLAN,
  world: {
    act: (step) => (step === 'mend' ? BROKEN : { output: {} }),
    until: (state) =>
      state.status === status &&
      state.steps['ask']?.waiting === 'approval' &&
      state.steps['mend']?.waiting === 'intervention',
    ...world,
  },
});

const author = { by: 'bob', roles: ['approver'] };

const asked = (request: object) =>
  ({ type: 'operation', operation: { ...author, ...request } as unknown as Operation }) as const;

const RUN_STATES: Record<string, { readonly plan: typeof RUN_PLAN; readonly world: World }> = {
  running: ending('running'),
  paused: ending('paused', {
    interrupt: (_, state) =>
      state.steps['ask']?.waiting !== undefined && state.status === 'running'
        ? asked({ type: 'pause' })
        : undefined,
  }),
  canceling: ending('canceling', {
    interrupt: (ends) => (ends === 2 ? { type: 'cancel-requested' } : undefined),
  }),
  'rolling-back': ending('rolling-back', {
    act: (step) => (step === 'mend' || step === 'bad' ? BROKEN : { output: {} }),
  }),
  succeeded: { plan: planFrom('ask: { DO }'), world: {} },
  failed: { plan: planFrom('ask: { DO }'), world: { act: () => BROKEN } },
  canceled: {
    plan: planFrom('ask: { DO }'),
    world: { interrupt: (ends) => (ends === 0 ? { type: 'cancel-requested' } : undefined) },
  },
  rejected: {
    plan: planFrom('ask: { approval: { by: [approver], expires: 1h, onExpiry: reject } }'),
    world: {},
  },
};

const RUN_OPERATIONS: Record<string, object> = {
  pause: {},
  resume: {},
  cancel: { compensate: true },
  approve: { step: 'ask' },
  reject: { step: 'ask' },
  'send-event': { name: 'go', data: null },
  'retry-step': { step: 'mend' },
  'skip-step': { step: 'mend' },
  'complete-step': { step: 'mend', output: 1 },
  checkpoint: { name: 'here' },
};

const keep = (waiting: string): World => ({ until: (state) => state.steps['it']?.waiting === waiting });

const STEP_STATES: Record<string, { readonly steps: string; readonly world: World }> = {
  'not begun': { steps: 'first: { DO }\nit: { DO }', world: { until: () => true } },
  running: { steps: 'it: { DO }', world: { until: () => true } },
  'waits for approval': { steps: 'it: { approval: { by: [approver] } }', world: keep('approval') },
  'waits for an event': { steps: 'it: { waitFor: { event: go } }', world: keep('event') },
  'waits for a person': {
    steps: 'it: { DO, onFailure: intervene }',
    world: { act: () => BROKEN, ...keep('intervention') },
  },
  'waits for claims': { steps: 'it: { DO, locks: [one] }', world: keep('claims') },
  'failed, its block open': {
    steps: 'it: { DO }\nbeside: { needs: [], DO }',
    world: { act: () => BROKEN, until: (state) => state.steps['it']?.status === 'failed' },
  },
  'failed, its block over': {
    steps: `holder:
  onFailure: continue
  switch: [{ steps: { it: { DO } } }]
after: { DO }`,
    world: {
      act: () => BROKEN,
      until: (state) => state.steps['it']?.status === 'failed' && state.steps['after'] !== undefined,
    },
  },
  succeeded: {
    steps: 'it: { DO }\nafter: { DO }',
    world: { until: (state) => state.steps['after'] !== undefined },
  },
  skipped: {
    steps: 'it: { if: "false", DO }\nafter: { DO }',
    world: { until: (state) => state.steps['after'] !== undefined },
  },
  canceled: {
    steps: `race:
  parallel: { quorum: 1, branches: { a: { steps: { one: { DO } } }, b: { steps: { it: { wait: 1h } } } } }
after: { DO }`,
    world: { until: (state) => state.steps['after'] !== undefined },
  },
};

const STEP_OPERATIONS: Record<string, object> = {
  approve: {},
  reject: {},
  'retry-step': {},
  'skip-step': {},
  'complete-step': { output: 1 },
};

/** What the engine says, and that it does what it says. */
function attempt(plan: typeof RUN_PLAN, state: RunState, operation: Operation): '✓' | '–' {
  const refusal = refuseOperation(plan, state, operation);
  const before = JSON.stringify(state);
  const { commands } = decide(plan, state, { type: 'operation', operation }, 1e15);
  if (refusal === undefined) {
    expect(commands.length).toBeGreaterThan(0);
    return '✓';
  }
  expect(refusal).toMatchObject({
    message: expect.stringMatching(/\w.*\.$/),
    fits: expect.stringMatching(/\w.*\.$/),
  });
  expect({ commands, state: JSON.stringify(state) }).toEqual({ commands: [], state: before });
  return '–';
}

describe('an operation on a run', () => {
  const cells = runTable!.flatMap(([name, ...row]) =>
    row.map((cell, at) => [codesIn(name!)[0]!, codesIn(runHead![at]!)[0]!, cell] as const),
  );

  it('is in the table with each state', () => {
    expect(cells).toHaveLength(Object.keys(RUN_OPERATIONS).length * Object.keys(RUN_STATES).length);
  });

  it.each(cells)('%s, %s: %s', (type, status, expected) => {
    const { plan, world } = RUN_STATES[status]!;
    const { state } = simulateRun(plan, {}, world);
    expect(state.status).toBe(status);
    const operation = { ...author, type, ...RUN_OPERATIONS[type]! } as Operation;
    expect(attempt(plan, state, operation)).toBe(expected);
  });
});

describe('an operation on a step', () => {
  const cells = stepTable!.flatMap(([name, ...row]) =>
    row.map((cell, at) => [codesIn(name!)[0]!, stepHead![at]!, cell] as const),
  );

  it('is in the table with each state', () => {
    expect(cells).toHaveLength(Object.keys(STEP_OPERATIONS).length * Object.keys(STEP_STATES).length);
  });

  it.each(cells)('%s, %s: %s', (type, situation, expected) => {
    const { steps, world } = STEP_STATES[situation]!;
    const plan = planFrom(steps);
    const { state } = simulateRun(plan, {}, world);
    const operation = { ...author, type, step: 'it', ...STEP_OPERATIONS[type]! } as Operation;
    expect(attempt(plan, state, operation)).toBe(expected);
  });
});
