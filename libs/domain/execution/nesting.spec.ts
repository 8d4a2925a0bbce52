import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from './event.js';
import type { Operation, OperationRequest } from './operation.js';
import { refuseOperation } from './operations/table.js';
import { planFrom } from './testing/plan-from.js';
import { simulateRun, type World } from './testing/simulate-run.js';

/** What steps, people and time do to one another where they meet. */

const BROKEN = { error: { class: 'code', code: 'broken', message: 'It broke.' } } as const;

function asked(request: OperationRequest): RunEvent {
  return {
    type: 'operation',
    operation: { by: 'bob', roles: ['admin'], reason: 'Because.', ...request } as Operation,
  };
}

type Run = ReturnType<typeof simulateRun>;

function statuses(run: Run): Record<string, string> {
  return Object.fromEntries(
    Object.entries(run.state.steps).map(([key, { status, skipped }]) => [
      key,
      skipped ? `${status}: ${skipped}` : status,
    ]),
  );
}

function started(run: Run): string[] {
  return run.actions.map(({ step }) => step);
}

/** Fails these the first time. */
function failingOnce(...steps: string[]): Pick<World, 'act'> {
  const failed = new Set<string>();
  return {
    act: (step, input) => {
      if (!steps.includes(step) || failed.has(step)) return { output: input };
      failed.add(step);
      return BROKEN;
    },
  };
}

/** These operations, each when nothing is under way any more. */
function people(...requests: OperationRequest[]): Pick<World, 'idle'> {
  return { idle: () => (requests.length === 0 ? undefined : asked(requests.shift()!)) };
}

/** These operations, each once its moment has come. */
function interrupting(
  ...moments: { when: (state: Run['state']) => boolean; request: OperationRequest }[]
): Pick<World, 'interrupt'> {
  return {
    interrupt: (_, state) => (moments[0]?.when(state) === true ? asked(moments.shift()!.request) : undefined),
  };
}

/** The step of that name ends last. */
function slow(...steps: string[]): Pick<World, 'choose'> {
  return {
    choose: (pending) =>
      Math.max(
        0,
        pending.findIndex(({ step }) => !steps.includes(step)),
      ),
  };
}

const statusOf = (step: string, status: string) => (state: Run['state']) =>
  state.steps[step]?.status === status;

describe('a failed step that is taken back', () => {
  it('is waited for by what needs it and others that still run', () => {
    const run = simulateRun(
      planFrom(`bad: { DO }
beside: { needs: [], DO }
both: { needs: [bad, beside], DO }`),
      {},
      {
        ...failingOnce('bad'),
        ...slow('beside'),
        ...interrupting({ when: statusOf('bad', 'failed'), request: { type: 'retry-step', step: 'bad' } }),
        until: (state) => state.steps['both'] !== undefined,
      },
    );
    expect(statuses(run)).toMatchObject({ bad: 'succeeded', beside: 'succeeded' });
  });

  it('is waited for by what needs what was skipped because of it', () => {
    const run = simulateRun(
      planFrom(`bad: { DO }
next: { needs: [bad], DO }
beside: { needs: [], DO }
last: { needs: [next, beside], DO }`),
      {},
      {
        ...failingOnce('bad'),
        ...slow('beside'),
        ...interrupting({ when: statusOf('next', 'skipped'), request: { type: 'retry-step', step: 'bad' } }),
        until: (state) => state.steps['last'] !== undefined,
      },
    );
    expect(statuses(run)).toMatchObject({ bad: 'succeeded', next: 'succeeded', beside: 'succeeded' });
  });

  it('in a paused run lets what needs it begin once', () => {
    const run = simulateRun(
      planFrom(`bad: { DO }
after: { needs: [bad], DO }
beside: { needs: [], DO }`),
      {},
      {
        ...failingOnce('bad'),
        ...slow('beside'),
        ...interrupting(
          { when: () => true, request: { type: 'pause' } },
          { when: statusOf('bad', 'failed'), request: { type: 'skip-step', step: 'bad' } },
          { when: statusOf('bad', 'skipped'), request: { type: 'resume' } },
        ),
      },
    );
    expect(started(run)).toEqual(['bad', 'beside', 'after']);
    expect(run.state.status).toBe('succeeded');
  });
});

describe('claims', () => {
  const refusing = (step: string) => {
    let refused = false;
    return {
      interrupt: (_: number, state: Run['state']): RunEvent | undefined => {
        if (refused || state.steps[step]?.waiting !== 'claims') return undefined;
        refused = true;
        return { type: 'claims-refused', step, error: BROKEN.error };
      },
    };
  };

  it.each([
    ['retried', 'retry: { attempts: 2 }', {}],
    ['taken in hand by a person', 'onFailure: intervene', people({ type: 'retry-step', step: 'locked' })],
  ])('that were refused are asked for again where the step is %s', (_, keys, world) => {
    const run = simulateRun(
      planFrom(`locked: { locks: [one], ${keys}, set: { done: true } }`),
      {},
      { ...refusing('locked'), ...world },
    );
    expect(run.commands.filter(({ type }) => type === 'acquire-claims')).toHaveLength(2);
    expect(run.commands.filter(({ type }) => type === 'release-claims')).toHaveLength(2);
    expect(run.state.status).toBe('succeeded');
  });

  it('granted in a paused run are kept until it goes on', () => {
    const run = simulateRun(
      planFrom('locked: { locks: [one], DO }'),
      {},
      {
        interrupt: (ends) => (ends === 0 ? asked({ type: 'pause' }) : undefined),
        idle: (state) => {
          if (state.status !== 'paused') return undefined;
          expect(state.steps['locked']?.waiting).toBe('claims');
          return asked({ type: 'resume' });
        },
      },
    );
    const facts = run.commands.map((command) =>
      command.type === 'publish' ? command.event.type : command.type,
    );
    expect(facts).toContain('run.resumed');
    expect(facts.indexOf('run.resumed')).toBeLessThan(facts.indexOf('run-action'));
    expect(run.state.status).toBe('succeeded');
    expect(facts.filter((fact) => fact === 'release-claims')).toHaveLength(1);
  });

  it('granted in a paused run are given back where it is canceled', () => {
    const run = simulateRun(
      planFrom('locked: { locks: [one], DO }'),
      {},
      {
        interrupt: (ends) => (ends === 0 ? asked({ type: 'pause' }) : undefined),
        ...people({ type: 'cancel', compensate: false }),
      },
    );
    expect(started(run)).toEqual([]);
    expect(run.state.status).toBe('canceled');
    expect(run.commands.filter(({ type }) => type === 'release-claims')).toHaveLength(1);
  });
});

describe('a condition that cannot be evaluated', () => {
  it.each(['', ', locks: [one]'])('keeps a step with retries from running%s', (more) => {
    const run = simulateRun(
      planFrom(
        `never: { if: inputs.some.such, retry: { attempts: 3 }, set: { done: true }${more} }`,
        'inputs: { some: { type: object, default: {} } }',
      ),
      { some: {} },
    );
    expect(run.state.error).toMatchObject({ code: 'expression-failed', step: 'never' });
    expect(statuses(run)).toMatchObject({ never: 'failed' });
    expect(run.state.steps['never']?.attempts).toBe(1);
  });

  it.each([
    ['comes', []],
    ['has come', [{ type: 'send-event', name: 'go', data: 1 } as const]],
  ])('of a waitFor fails one attempt of it when the event %s', (_, before) => {
    const run = simulateRun(
      planFrom(`pause: { wait: 1m }
hear: { waitFor: { event: go, if: event.data.ready }, retry: { attempts: 2 } }`),
      {},
      {
        interrupt: (ends) => (ends === 0 && before.length > 0 ? asked(before[0]!) : undefined),
        ...people(
          { type: 'send-event', name: 'go', data: 1 },
          { type: 'send-event', name: 'go', data: { ready: true } },
        ),
      },
    );
    expect(
      run.commands.filter((command) => command.type === 'start-timer' && command.timer === 'retry'),
    ).toHaveLength(1);
    expect(run.state.status).toBe(before.length === 0 ? 'succeeded' : 'failed');
  });

  it('of a waitFor that is taken in hand by a person leaves it to them', () => {
    const run = simulateRun(
      planFrom(`pause: { wait: 1m }
hear: { waitFor: { event: go, if: event.data.ready }, onFailure: intervene }`),
      {},
      {
        interrupt: (ends) => (ends === 0 ? asked({ type: 'send-event', name: 'go', data: 1 }) : undefined),
      },
    );
    expect(run.state.steps['hear']?.waiting).toBe('intervention');
  });
});

describe('a paused run', () => {
  it('ends what is over its time', () => {
    const run = simulateRun(
      planFrom(`block:
  timeout: 1m
  onFailure: continue
  parallel: { branches: { one: { steps: { a: { DO }, b: { DO } } } } }`),
      {},
      { interrupt: (ends) => (ends === 0 ? asked({ type: 'pause' }) : undefined) },
    );
    expect(statuses(run)).toMatchObject({ a: 'succeeded', b: 'skipped: stopped', block: 'failed' });
  });

  it('does what a person orders of a step that holds others', () => {
    const run = simulateRun(
      planFrom('block: { parallel: { branches: { one: { steps: { a: { DO }, b: { DO } } } } } }'),
      {},
      {
        interrupt: (ends) => (ends === 0 ? asked({ type: 'pause' }) : undefined),
        ...people({ type: 'skip-step', step: 'block' }),
      },
    );
    expect(statuses(run)).toMatchObject({ b: 'skipped: stopped', block: 'skipped: operator' });
  });
});

describe('a step that has not begun', () => {
  const plan = planFrom(`items: { forEach: { in: [1, 2] }, steps: { each: { DO } } }
rounds: { loop: { while: turn.index < 2, max: 5 }, steps: { round: { DO } } }`);

  it.each([
    ['each[1]', undefined],
    ['each[2]', 'step-unknown'],
    ['each[10000]', 'step-unknown'],
    ['each[-1]', 'step-unknown'],
    ['each[1.5]', 'step-unknown'],
    ['each[NaN]', 'step-unknown'],
    ['each[1e+21]', 'step-unknown'],
    ['round[4]', undefined],
    ['round[5]', 'step-unknown'],
  ])('is known by its key only where there can be one: %s', (step, code) => {
    const run = simulateRun(plan, {}, { until: (state) => state.steps['each[0]'] !== undefined });
    const refusal = refuseOperation(plan, run.state, {
      by: 'bob',
      roles: [],
      type: 'skip-step',
      step,
    });
    expect(refusal?.code).toBe(code);
  });
});

describe('attempts', () => {
  it('of a workflow step are counted anew in each attempt of what holds it', () => {
    const run = simulateRun(
      planFrom(`block:
  retry: { attempts: 2 }
  parallel:
    branches:
      one: { steps: { child: { workflow: { name: other, version: 1, inputs: {} }, retry: { attempts: 2 } } } }`),
      {},
      { act: () => BROKEN },
    );
    expect(run.commands.filter(({ type }) => type === 'run-workflow')).toHaveLength(4);
  });

  it('are made in full again after a person had the step tried once more', () => {
    const run = simulateRun(
      planFrom('bad: { raise: { error: test, message: no }, retry: { attempts: 2 }, onFailure: intervene }'),
      {},
      people({ type: 'retry-step', step: 'bad' }),
    );
    expect(run.state.steps['bad']?.attempts).toBe(4);
  });
});

describe('a rejection', () => {
  const ask = 'approval: { by: [approver], selfApproval: true }';

  it('ends a loop', () => {
    const run = simulateRun(
      planFrom(`again: { loop: { while: turn.index < 3 }, steps: { ask: { ${ask} }, deploy: { DO } } }
after: { DO }`),
      {},
      people({ type: 'reject', step: 'ask[0]' }),
    );
    expect(statuses(run)).toEqual({
      main: 'succeeded',
      again: 'succeeded',
      'ask[0]': 'succeeded',
      'deploy[0]': 'skipped: rejected',
      after: 'skipped: rejected',
    });
    expect(run.state.status).toBe('rejected');
  });

  it('is no success of a branch that a quorum counts', () => {
    const run = simulateRun(
      planFrom(`any:
  parallel:
    quorum: 1
    branches:
      one: { steps: { ask: { ${ask} }, deploy: { DO } } }
      two: { steps: { other: { ${ask} }, there: { DO } } }
after: { DO }`),
      {},
      people({ type: 'reject', step: 'ask' }, { type: 'approve', step: 'other' }),
    );
    expect(started(run)).toEqual(['there', 'after']);
    expect(run.state.status).toBe('succeeded');
  });

  it('holds back what needs a quorum that can no longer be reached because of it', () => {
    const run = simulateRun(
      planFrom(`all:
  parallel:
    quorum: 2
    branches:
      one: { steps: { ask: { ${ask} }, deploy: { DO } } }
      two: { steps: { other: { ${ask} }, there: { DO } } }
after: { DO }`),
      {},
      people({ type: 'reject', step: 'ask' }),
    );
    expect(started(run)).toEqual([]);
    expect(statuses(run)).toMatchObject({ other: 'canceled', after: 'skipped: rejected' });
    expect(run.state.status).toBe('rejected');
  });

  it('in a step that a person skips holds nothing back', () => {
    const run = simulateRun(
      planFrom(`block:
  parallel:
    branches:
      one: { steps: { ask: { ${ask} } } }
      two: { steps: { other: { ${ask} } } }
after: { DO }`),
      {},
      people({ type: 'reject', step: 'ask' }, { type: 'skip-step', step: 'block' }),
    );
    expect(statuses(run)).toMatchObject({ block: 'skipped: operator', after: 'succeeded' });
    expect(run.state.status).toBe('succeeded');
  });
});
