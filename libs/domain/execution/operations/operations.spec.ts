import { describe, expect, it } from '@jest/globals';
import type { Operation, OperationRequest } from '../operation.js';
import { planFrom } from '../testing/plan-from.js';
import { simulateRun, type World } from '../testing/simulate-run.js';
import { refuseOperation } from './table.js';

const BROKEN = { error: { class: 'code', code: 'broken', message: 'It broke.' } } as const;

function asked(request: OperationRequest) {
  return {
    type: 'operation',
    operation: { by: 'bob', roles: ['admin'], reason: 'Because.', ...request } as Operation,
  } as const;
}

function statuses(run: ReturnType<typeof simulateRun>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(run.state.steps).map(([key, { status, skipped }]) => [
      key,
      skipped ? `${status}: ${skipped}` : status,
    ]),
  );
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

describe('a step that waits for a person after its failure', () => {
  const plan = planFrom(`risky: { DO, with: { n: 1 }, onFailure: intervene }
beside: { needs: [], DO }
after: { needs: [risky], DO, with: { got: "\${{ steps.risky.output }}" } }`);

  it.each<[string, OperationRequest, Record<string, string>, unknown]>([
    ['retried', { type: 'retry-step', step: 'risky' }, { risky: 'succeeded' }, { n: 1 }],
    [
      'retried with edited input',
      { type: 'retry-step', step: 'risky', with: { n: 2 } },
      { risky: 'succeeded' },
      { n: 2 },
    ],
    ['skipped', { type: 'skip-step', step: 'risky' }, { risky: 'skipped: operator' }, null],
    ['completed', { type: 'complete-step', step: 'risky', output: [7] }, { risky: 'succeeded' }, [7]],
  ])('is %s, and the run goes on', (_, request, expected, got) => {
    const run = simulateRun(plan, {}, { ...failingOnce('risky'), ...people(request) });
    expect(statuses(run)).toMatchObject({ ...expected, beside: 'succeeded', after: 'succeeded' });
    expect(run.actions.at(-1)?.with).toEqual({ got });
    expect(run.state.status).toBe('succeeded');
    expect(run.transitions.some(({ waiting }) => waiting === 'intervention')).toBe(true);
    expect(run.state.steps['risky']?.ordered ?? false).toBe(request.type !== 'retry-step');
  });

  it('counts its attempts on, and waits again where it fails again', () => {
    let failures = 2;
    const run = simulateRun(
      plan,
      {},
      {
        act: (step) => (step === 'risky' && failures-- > 0 ? BROKEN : { output: 1 }),
        ...people({ type: 'retry-step', step: 'risky' }, { type: 'retry-step', step: 'risky' }),
      },
    );
    expect(run.state.status).toBe('succeeded');
    expect(run.transitions.filter(({ waiting }) => waiting === 'intervention')).toHaveLength(2);
  });

  it('ends with a canceled run', () => {
    const run = simulateRun(
      plan,
      {},
      { ...failingOnce('risky'), ...people({ type: 'cancel', compensate: false }) },
    );
    expect(run.state.status).toBe('canceled');
    expect(statuses(run)['risky']).toBe('canceled');
  });

  it('may hold steps itself', () => {
    const container = planFrom(`block:
  onFailure: intervene
  parallel: { branches: { one: { steps: { a: { DO }, b: { DO } } } } }`);
    const run = simulateRun(
      container,
      {},
      {
        ...failingOnce('b'),
        ...people({ type: 'retry-step', step: 'block' }),
      },
    );
    expect(run.actions.map(({ step }) => step)).toEqual(['a', 'b', 'a', 'b']);
    expect(run.state.status).toBe('succeeded');
  });
});

describe('a step that failed while others of its block still run', () => {
  const plan = planFrom(`bad: { DO }
after: { DO }
cleanup: { needs: [bad], if: failed(), DO }
beside: { needs: [], DO }`);
  /** The operation comes while `beside` still runs. */
  const world = (request: OperationRequest): World => ({
    ...failingOnce('bad'),
    choose: (pending) =>
      Math.max(
        0,
        pending.findIndex(({ step }) => step !== 'beside'),
      ),
    interrupt: (ends, state) =>
      ends > 1 && state.steps['after']?.status === 'skipped' && state.steps['beside']?.status === 'running'
        ? asked(request)
        : undefined,
  });

  it('is retried with all that was skipped because of it', () => {
    const run = simulateRun(plan, {}, world({ type: 'retry-step', step: 'bad' }));
    expect(run.actions.map(({ step }) => step)).toEqual(['bad', 'beside', 'cleanup', 'bad', 'after']);
    expect(statuses(run)).toMatchObject({ bad: 'succeeded', after: 'succeeded', cleanup: 'succeeded' });
    expect(run.state.status).toBe('succeeded');
  });

  it.each([
    ['skipped', { type: 'skip-step', step: 'bad' }],
    ['completed', { type: 'complete-step', step: 'bad', output: 1 }],
  ] as const)('is %s in hindsight', (_, request) => {
    const run = simulateRun(plan, {}, world(request));
    expect(statuses(run)).toMatchObject({ after: 'succeeded' });
    expect(run.state.status).toBe('succeeded');
  });

  it('keeps the failure of another one', () => {
    const two = planFrom(`bad: { DO }
worse: { needs: [], DO }
beside: { needs: [], DO }`);
    const run = simulateRun(
      two,
      {},
      {
        ...failingOnce('bad', 'worse'),
        choose: (pending) =>
          Math.max(
            0,
            pending.findIndex(({ step }) => step !== 'beside'),
          ),
        interrupt: (ends, state) =>
          ends === 2 && state.steps['bad']?.status === 'failed'
            ? asked({ type: 'retry-step', step: 'bad' })
            : undefined,
      },
    );
    expect(run.state.error).toMatchObject({ step: 'worse' });
  });

  it('cannot be taken back once its block is over', () => {
    const run = simulateRun(
      plan,
      {},
      { ...failingOnce('bad'), ...people({ type: 'retry-step', step: 'bad' }) },
    );
    expect(run.state.status).toBe('failed');
    expect(run.actions.map(({ step }) => step)).not.toContain('after');
  });
});

describe('skip and complete', () => {
  const plan = planFrom(`first: { DO }
second: { DO }
each: { forEach: { in: [1, 2] }, steps: { inner: { DO } } }
gate: { approval: { by: [approver] } }
hold: { wait: 1h }
last: { DO }`);

  it.each<[string, number, OperationRequest, Record<string, string>, string[]]>([
    [
      'what runs',
      0,
      { type: 'skip-step', step: 'first' },
      { first: 'skipped: operator' },
      ['first', 'second'],
    ],
    [
      'what is still to come',
      0,
      { type: 'complete-step', step: 'second', output: 5 },
      { second: 'succeeded' },
      ['first', 'inner[0]'],
    ],
    [
      'one turn to come',
      0,
      { type: 'skip-step', step: 'inner[1]' },
      { 'inner[1]': 'skipped: operator' },
      ['first', 'second', 'inner[0]', 'last'],
    ],
    [
      'a container',
      2,
      { type: 'skip-step', step: 'each' },
      { each: 'skipped: operator', 'inner[0]': 'canceled' },
      ['first', 'second', 'inner[0]'],
    ],
  ])('end %s', (_, after, request, expected, begun) => {
    const run = simulateRun(
      plan,
      {},
      {
        interrupt: (ends) => (ends === after ? asked(request) : undefined),
        ...people({ type: 'complete-step', step: 'gate', output: { decision: 'approved' } }),
      },
    );
    expect(run.state.status).toBe('succeeded');
    expect(statuses(run)).toMatchObject({ ...expected, last: 'succeeded' });
    expect(run.actions.map(({ step }) => step)).toEqual(expect.arrayContaining(begun));
  });
});

describe('pause', () => {
  const plan = planFrom(`a: { DO }
b: { DO }
c: { needs: [], DO }`);

  it('begins nothing until the run is resumed', () => {
    const run = simulateRun(
      plan,
      {},
      {
        interrupt: (ends) => (ends === 0 ? asked({ type: 'pause' }) : undefined),
      },
    );
    expect(run.state.status).toBe('paused');
    expect(statuses(run)).toEqual({ main: 'running', a: 'succeeded', c: 'succeeded' });
    const resumed = simulateRun(
      plan,
      {},
      {
        interrupt: (ends) => (ends === 0 ? asked({ type: 'pause' }) : undefined),
        ...people({ type: 'resume' }),
      },
    );
    expect(resumed.state.status).toBe('succeeded');
    expect(statuses(resumed)['b']).toBe('succeeded');
  });

  it.each<[string, OperationRequest, string]>([
    ['canceled', { type: 'cancel', compensate: false }, 'canceled'],
    ['skipped to its end', { type: 'skip-step', step: 'b' }, 'succeeded'],
  ])('can be %s', (_, request, status) => {
    const run = simulateRun(
      plan,
      {},
      {
        interrupt: (ends) => (ends === 0 ? asked({ type: 'pause' }) : undefined),
        ...people(request),
      },
    );
    expect(run.state.status).toBe(status);
  });
});

describe('a checkpoint', () => {
  it('tells what is over, once under each name', () => {
    const run = simulateRun(
      planFrom('a: { DO }\nb: { DO }'),
      {},
      {
        interrupt: (ends) => (ends === 1 ? asked({ type: 'checkpoint', name: 'built' }) : undefined),
        act: () => ({ output: 3 }),
      },
    );
    const published = run.commands.flatMap((command) => (command.type === 'publish' ? [command.event] : []));
    expect(published).toMatchObject([
      {
        type: 'run.checkpointed',
        name: 'built',
        by: 'bob',
        data: { steps: { a: { status: 'succeeded', output: 3 } } },
      },
    ]);
  });
});

describe('an operation that does not fit', () => {
  it('changes nothing', () => {
    const plan = planFrom('a: { DO }');
    const quiet = simulateRun(plan);
    const disturbed = simulateRun(
      plan,
      {},
      {
        ...people(
          { type: 'resume' },
          { type: 'retry-step', step: 'a' },
          { type: 'skip-step', step: 'nowhere' },
        ),
      },
    );
    expect(disturbed.state).toEqual(quiet.state);
  });
});

describe('who does without an approval', () => {
  const by = (name: string, ...roles: string[]) => ({ by: name, roles });
  const skip = { type: 'skip-step' } as const;
  const complete = { type: 'complete-step', output: {} } as const;
  const plan = planFrom(`build: { needs: [], DO, onFailure: intervene }
block:
  needs: []
  parallel: { branches: { one: { steps: { ask: { approval: { by: [approver, "user:cid"] } }, ship: { DO } } } } }
both: { needs: [], approval: { by: [approver], quorum: 2 } }
late: { needs: [both], approval: { by: ["\${{ steps.both.output.decision }}"] } }
each: { needs: [both], forEach: { in: [1] }, steps: { one: { approval: { by: [approver] } } } }`);
  const asking = simulateRun(plan, {}, { act: () => BROKEN }).state;
  const given = simulateRun(
    plan,
    {},
    { ...people({ type: 'approve', step: 'ask' }), until: (state) => state.steps['ship'] !== undefined },
  ).state;

  it.each<[string, typeof asking, OperationRequest, ReturnType<typeof by>, boolean]>([
    ['may decide it', asking, { ...skip, step: 'ask' }, by('bob', 'approver'), true],
    ['is named', asking, { ...complete, step: 'ask' }, by('cid'), true],
    ['may not decide it', asking, { ...skip, step: 'ask' }, by('bob', 'operator'), false],
    ['may not decide it, by an output', asking, { ...complete, step: 'ask' }, by('bob'), false],
    ['started the run', asking, { ...skip, step: 'ask' }, by('ann', 'admin'), false],
    ['started the run, in other letters', asking, { ...skip, step: 'ask' }, by('Ann', 'admin'), false],
    ['skips what holds it', asking, { ...skip, step: 'block' }, by('bob', 'operator'), false],
    ['may, and skips what holds it', asking, { ...skip, step: 'block' }, by('bob', 'approver'), true],
    ['is only one of two', asking, { ...skip, step: 'both' }, by('bob', 'admin'), false],
    ['is not told yet', asking, { ...skip, step: 'late' }, by('bob', 'approver'), false],
    ['may do so before it asks', asking, { ...skip, step: 'each' }, by('bob', 'approver'), true],
    ['may not, before it asks', asking, { ...skip, step: 'one[0]' }, by('bob'), false],
    ['skips something else', asking, { ...skip, step: 'build' }, by('bob'), true],
    ['comes when it was given', given, { ...skip, step: 'block' }, by('dan'), true],
  ])('%s', (_, state, request, author, allowed) => {
    const refusal = refuseOperation(plan, state, { ...author, ...request });
    expect(refusal?.code).toBe(allowed ? undefined : 'not-allowed');
  });
});
