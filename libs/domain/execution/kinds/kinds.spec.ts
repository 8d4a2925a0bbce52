import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../plan/plan.js';
import type { Operation, OperationRequest } from '../operation.js';
import { planFrom, planFromDefinition } from '../testing/plan-from.js';
import { simulateRun } from '../testing/simulate-run.js';

const BROKEN = { error: { class: 'code', code: 'broken', message: 'It broke.' } } as const;

function failing(...steps: string[]) {
  return { act: (step: string) => (steps.includes(step) ? BROKEN : { output: { of: step } }) };
}

function statuses(run: ReturnType<typeof simulateRun>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(run.state.steps).map(([key, { status, skipped }]) => [
      key,
      skipped ? `${status}: ${skipped}` : status,
    ]),
  );
}

function asked(request: OperationRequest, by = 'bob', roles: string[] = ['approver']) {
  return { type: 'operation', operation: { by, roles, ...request } as Operation } as const;
}

/** Gives these operations one after the other, whenever nothing is under way. */
function people(...operations: ReturnType<typeof asked>[]) {
  return { idle: () => operations.shift() };
}

describe('loop', () => {
  it('turns until its condition holds, and gives the last turn', () => {
    const plan = planFrom(`poll:
  loop: { until: steps.ask.output.done }
  steps:
    ask: { DO, with: { n: "\${{ turn.index }}", before: "\${{ turn.previous }}" } }
after: { set: { got: "\${{ steps.poll.output }}" } }`);
    const run = simulateRun(plan, {}, { act: (_, { n }) => ({ output: { n: n!, done: n === 2 } }) });
    expect(run.actions.map((action) => action.with)).toEqual([
      { n: 0, before: null },
      { n: 1, before: { ask: { n: 0, done: false } } },
      { n: 2, before: { ask: { n: 1, done: false } } },
    ]);
    expect(run.state.steps['after']?.output).toEqual({ got: { ask: { n: 2, done: true } } });
    expect(statuses(run)).toMatchObject({ poll: 'succeeded', 'ask[2]': 'succeeded' });
  });

  it('asks `while` before the first turn', () => {
    const plan = planFrom(
      `never:
  loop: { while: inputs.go }
  steps: { ask: { DO } }
`,
      'inputs: { go: { type: boolean } }',
    );
    const run = simulateRun(plan, { go: false });
    expect(run.actions).toEqual([]);
    expect(run.state.steps['never']).toMatchObject({ status: 'succeeded', output: null });
  });

  it('fails when its turns are gone, and pauses between them', () => {
    const plan = planFrom(`poll:
  loop: { until: "false", max: 3, delay: 10s }
  steps: { ask: { DO } }`);
    const run = simulateRun(plan);
    expect(run.actions).toHaveLength(3);
    expect(run.state.error).toMatchObject({ code: 'loop-exhausted', step: 'poll' });
    expect(run.commands.filter(({ type }) => type === 'start-timer')).toHaveLength(2);
  });

  it('ends well at its last turn where `while` says so', () => {
    const plan = planFrom(`count:
  loop: { while: turn.index < 3, max: 3 }
  steps: { one: { set: { n: "\${{ turn.index }}" } } }`);
    expect(simulateRun(plan).state.steps['count']).toMatchObject({
      status: 'succeeded',
      output: { one: { n: 2 } },
    });
  });

  it('keeps of 60,000 turns only the last, and gives other runs their turn', () => {
    const plan = planFrom(`count:
  loop: { while: turn.index < 60000, max: 60000 }
  steps:
    one: { set: { n: "\${{ turn.index }}" } }
    two: { forEach: { in: [1] }, steps: { three: { set: { a: 1 } } } }`);
    const run = simulateRun(plan);
    expect(run.state.steps['count']?.output).toMatchObject({ one: { n: 59_999 } });
    expect(Object.keys(run.state.steps).length).toBeLessThan(10);
    expect(run.commands.filter(({ type }) => type === 'take-breath')).toHaveLength(180);
  });

  it('fails with its step, by its condition, and can be stopped between two turns', () => {
    const loop = (until: string) =>
      planFrom(`poll:
  loop: { until: '${until}', delay: 1h, max: 5 }
  steps: { ask: { DO } }`);
    expect(simulateRun(loop('false'), {}, failing('ask[1]')).state.error).toMatchObject({
      code: 'broken',
      step: 'ask[1]',
    });
    expect(simulateRun(loop('steps.ask.output'), {}).state.error).toMatchObject({
      code: 'condition-not-boolean',
    });
    const canceled = simulateRun(
      loop('false'),
      {},
      {
        interrupt: (ends) => (ends === 3 ? { type: 'cancel-requested' } : undefined),
      },
    );
    expect(canceled.state.status).toBe('canceled');
    expect(statuses(canceled)['poll']).toBe('canceled');
    expect(canceled.commands.at(-1)?.type).toBe('finish-run');
  });

  it('nests', () => {
    const plan = planFrom(`outer:
  loop: { while: turn.index < 2 }
  steps:
    inner:
      loop: { while: i.index < 2, as: i }
      steps: { one: { DO, with: { at: "\${{ string(turn.index) + string(i.index) }}" } } }`);
    expect(simulateRun(plan).actions.map(({ step, with: value }) => [step, value['at']])).toEqual([
      ['one[0][0]', '00'],
      ['one[0][1]', '01'],
      ['one[1][0]', '10'],
      ['one[1][1]', '11'],
    ]);
  });
});

describe('try', () => {
  const plan = planFrom(`guarded:
  try:
    steps: { risky: { DO } }
    catch:
      - errors: [timeout, my-code]
        steps: { slow: { DO } }
      - errors: [code]
        as: cause
        steps: { mend: { DO, with: { why: "\${{ cause.message }}", step: "\${{ cause.step }}" } } }
    finally:
      steps: { tidy: { DO } }
after: { set: { got: "\${{ steps.guarded.output }}" } }`);

  it('gives the body, and runs finally', () => {
    const run = simulateRun(plan);
    expect(run.actions.map(({ step }) => step)).toEqual(['risky', 'tidy']);
    expect(run.state.steps['after']?.output).toEqual({ got: { risky: {} } });
  });

  it('takes the first catch that names class or code', () => {
    const run = simulateRun(plan, {}, failing('risky'));
    expect(run.actions.map(({ step }) => step)).toEqual(['risky', 'mend', 'tidy']);
    expect(run.actions[1]?.with).toEqual({ why: 'It broke.', step: 'risky' });
    expect(run.state.steps['after']?.output).toEqual({ got: { mend: { of: 'mend' } } });
    const coded = simulateRun(
      plan,
      {},
      {
        act: (step) =>
          step === 'risky' ? { error: { class: 'unknown', code: 'my-code', message: '' } } : { output: 1 },
      },
    );
    expect(coded.actions.map(({ step }) => step)).toEqual(['risky', 'slow', 'tidy']);
  });

  it.each([
    ['what no catch names', { risky: 'auth' }, ['risky', 'tidy'], 'x'],
    ['what fails in the catch', { risky: 'code', mend: 'code' }, ['risky', 'mend', 'tidy'], 'x'],
    ['what fails in finally alone', { tidy: 'code' }, ['risky', 'tidy'], 'x'],
  ])('fails with %s, after finally', (_, errors: Record<string, string>, steps, code) => {
    const run = simulateRun(
      plan,
      {},
      {
        act: (step) =>
          errors[step] === undefined
            ? { output: 1 }
            : { error: { class: errors[step] as 'auth', code, message: step } },
      },
    );
    expect(run.actions.map(({ step }) => step)).toEqual(steps);
    expect(run.state.error).toMatchObject({ code });
  });

  it('runs finally where the run is canceled, and where its own time is over', () => {
    const canceled = simulateRun(
      plan,
      {},
      {
        interrupt: (ends) => (ends === 0 ? { type: 'cancel-requested' } : undefined),
      },
    );
    expect(canceled.actions.map(({ step }) => step)).toEqual(['risky', 'tidy']);
    expect(statuses(canceled)).toMatchObject({
      guarded: 'canceled',
      risky: 'canceled',
      tidy: 'succeeded',
      after: 'skipped: stopped',
    });
    expect(canceled.state.status).toBe('canceled');
    const late = simulateRun(
      planFrom(`guarded:
  timeout: 1m
  try:
    steps: { long: { wait: 2m } }
    finally: { steps: { tidy: { DO } } }`),
    );
    expect(statuses(late)).toMatchObject({ guarded: 'failed', long: 'canceled', tidy: 'succeeded' });
    expect(late.state.error?.code).toBe('step-timeout');
  });
});

describe('quorum', () => {
  const race = planFrom(`race:
  parallel:
    quorum: 1
    branches:
      a: { steps: { one: { DO } } }
      b: { steps: { two: { DO } } }
      c: { steps: { three: { DO } } }`);

  it('is over with the first that succeeds; the rest is stopped', () => {
    const run = simulateRun(race, {}, { ...failing('one'), choose: () => 0 });
    expect(statuses(run)).toMatchObject({
      race: 'succeeded',
      one: 'failed',
      two: 'succeeded',
      three: 'canceled',
    });
    expect(run.state.status).toBe('succeeded');
    expect(run.state.steps['three']?.error?.code).toBe('stopped-by-quorum');
  });

  it('fails as soon as it cannot be reached', () => {
    const plan = planFrom(`most:
  forEach: { in: [1, 2, 3], quorum: 2 }
  steps: { one: { DO } }`);
    const run = simulateRun(plan, {}, failing('one[0]', 'one[1]'));
    expect(run.state.error).toMatchObject({ code: 'quorum-not-reached', step: 'one[0]' });
    expect(statuses(run)['one[2]']).toBe('canceled');
    const tooFew = planFrom(
      `most:
  forEach: { in: "\${{ inputs.list }}", quorum: 2 }
  steps: { one: { DO } }`,
      'inputs: { list: { type: array } }',
    );
    expect(simulateRun(tooFew, { list: [1] }).state.error?.code).toBe('quorum-not-reached');
    expect(simulateRun(tooFew, { list: [1, 2] }).state.status).toBe('succeeded');
  });
});

describe('matrix', () => {
  it('runs each combination but those excluded, and those included', () => {
    const plan = planFrom(
      `all:
  forEach:
    matrix: { os: [linux, mac], node: "\${{ inputs.nodes }}" }
    exclude: [{ os: mac, node: 20 }]
    include: [{ os: bsd, extra: true }]
    as: cell
  steps: { test: { DO, with: { cell: "\${{ cell }}" } } }`,
      'inputs: { nodes: { type: array } }',
    );
    const run = simulateRun(plan, { nodes: [20, 22] });
    expect(run.actions.map((action) => action.with['cell'])).toEqual([
      { os: 'linux', node: 20 },
      { os: 'linux', node: 22 },
      { os: 'mac', node: 22 },
      { os: 'bsd', extra: true },
    ]);
    expect(simulateRun(plan, { nodes: 'no' }).state.error?.code).toBe('matrix-invalid');
    expect(simulateRun(plan, { nodes: Array(5001).fill(1) }).state.error?.code).toBe('for-each-too-long');
  });
});

describe('approval', () => {
  const plan = (keys: string) =>
    planFromDefinition(`sluice: 1
name: release
stages:
  judge:
    steps:
      sign-off: { approval: { by: [approver, "user:eve"], ${keys} } }
      beside: { needs: [], uses: test/do }
  release:
    steps:
      deploy: { uses: test/do }
      told: { needs: [], if: steps.sign-off.output.decision == "rejected", uses: test/do }
  tell:
    needs: [release]
    if: always()
    steps:
      note: { uses: test/do }
`);

  it('fills in what nobody gave', () => {
    const asking = planFrom(
      'sign-off: { approval: { by: [approver], inputs: { ticket: { type: integer, default: 7 }, why: { type: string } } } }',
    );
    const inputs = { why: 'due' };
    const run = simulateRun(asking, {}, people(asked({ type: 'approve', step: 'sign-off', inputs }, 'bob')));
    expect(run.state.steps['sign-off']?.output).toMatchObject({ inputs: { ticket: 7, why: 'due' } });
  });

  it('goes on when enough different people have approved', () => {
    const run = simulateRun(
      plan('quorum: 2'),
      {},
      people(
        asked({ type: 'approve', step: 'sign-off' }, 'bob'),
        asked({ type: 'approve', step: 'sign-off' }, 'bob'),
        asked({ type: 'approve', step: 'sign-off' }, 'ann'),
        asked({ type: 'approve', step: 'sign-off' }, 'joe', ['developer']),
        asked({ type: 'approve', step: 'sign-off', inputs: { ticket: 7 } }, 'eve', []),
      ),
    );
    expect(run.state.status).toBe('succeeded');
    expect(run.state.steps['sign-off']?.output).toEqual({
      decision: 'approved',
      expired: false,
      by: ['bob', 'eve'],
      reason: null,
      inputs: { ticket: 7 },
    });
    expect(statuses(run)).toMatchObject({
      deploy: 'succeeded',
      told: 'skipped: condition',
      note: 'succeeded',
    });
  });

  it('holds back what stands behind a rejection, but for who asks for it; the run is rejected, not failed', () => {
    const run = simulateRun(
      plan('quorum: 1'),
      {},
      people(asked({ type: 'reject', step: 'sign-off', reason: 'Too late in the day.' } as OperationRequest)),
    );
    expect(statuses(run)).toMatchObject({
      judge: 'succeeded',
      'sign-off': 'succeeded',
      release: 'skipped: rejected',
      tell: 'succeeded',
      note: 'succeeded',
    });
    expect(run.state.status).toBe('rejected');
  });

  it('lets a step that names the decision take it up, within its stage', () => {
    const same = planFrom(`sign-off: { approval: { by: [approver] } }
deploy: { DO }
told: { if: steps.sign-off.output.decision == "rejected", DO }
asked: { if: succeeded(), needs: [sign-off], DO }`);
    const run = simulateRun(same, {}, people(asked({ type: 'reject', step: 'sign-off' })));
    expect(statuses(run)).toMatchObject({
      deploy: 'skipped: rejected',
      told: 'succeeded',
      asked: 'skipped: rejected',
    });
  });

  it.each([
    ['onReject: continue', 'succeeded', { release: 'succeeded', told: 'succeeded' }],
    ['onReject: fail', 'failed', { release: 'skipped: upstream-failed', tell: 'succeeded' }],
  ])('with %s', (keys, status, expected) => {
    const run = simulateRun(plan(keys), {}, people(asked({ type: 'reject', step: 'sign-off' })));
    expect(run.state.status).toBe(status);
    expect(statuses(run)).toMatchObject(expected);
  });

  it.each([
    ['expires: 1h', 'failed', 'approval-expired'],
    ['expires: 1h, onExpiry: reject', 'rejected', undefined],
    ['expires: 1h, onExpiry: approve', 'succeeded', undefined],
  ])('that expires, with %s', (keys, status, code) => {
    const run = simulateRun(plan(keys));
    expect(run.state.status).toBe(status);
    expect(run.state.error?.code).toBe(code);
  });

  it('reminds and calls in others, as events', () => {
    const run = simulateRun(plan('expires: 1h, remind: 20m, escalate: { after: 30m, to: [lead] }'));
    const types = run.commands.flatMap((command) => (command.type === 'publish' ? [command.event.type] : []));
    expect(types).toContain('approval.requested');
    expect(types).toContain('approval.reminded');
    expect(types).toContain('approval.escalated');
    expect(types).toContain('approval.expired');
  });

  it('stops at cancellation and leaves no timer', () => {
    const run = simulateRun(
      plan('expires: 1h, remind: 20m'),
      {},
      {
        interrupt: (ends) => (ends === 0 ? { type: 'cancel-requested' } : undefined),
      },
    );
    expect(run.state.status).toBe('canceled');
    expect(run.commands.at(-1)?.type).toBe('finish-run');
  });
});

describe('waitFor and emit', () => {
  const [patient, plan] = ['name: wait', 'timeout: 1h'].map((limit) =>
    planFrom(
      `wait:
  ${limit}
  waitFor: { event: build-done, if: event.data.id == inputs.id }
after: { set: { got: "\${{ steps.wait.output.data }}" } }`,
      'inputs: { id: { type: integer } }',
    ),
  ) as [Plan, Plan];
  const sent = (id: number, name = 'build-done') => asked({ type: 'send-event', name, data: { id } });

  it('takes the first event that fits, and goes by its time limit without one', () => {
    const run = simulateRun(patient, { id: 2 }, people(sent(1), sent(2, 'other'), sent(2), sent(3)));
    expect(run.state.steps['wait']?.output).toMatchObject({ name: 'build-done', data: { id: 2 }, by: 'bob' });
    const never = simulateRun(plan, { id: 2 }, { interrupt: (ends) => (ends === 0 ? sent(1) : undefined) });
    expect(never.state.error?.code).toBe('step-timeout');
  });

  it('keeps what comes before anybody waits', () => {
    const late = planFrom(`first: { DO }
wait: { waitFor: { event: go } }
after: { set: { got: "\${{ steps.wait.output }}" } }`);
    const run = simulateRun(
      late,
      {},
      {
        interrupt: (ends) => (ends === 0 ? asked({ type: 'send-event', name: 'go', data: [1] }) : undefined),
      },
    );
    expect(run.state.steps['after']?.output).toMatchObject({ got: { name: 'go', data: [1], by: 'bob' } });
  });

  it('hears what the run itself tells', () => {
    const own = planFrom(`wait: { waitFor: { event: go } }
tell: { needs: [], emit: { event: go, data: { n: 1 } } }`);
    const run = simulateRun(own);
    expect(run.state.steps['wait']?.output).toMatchObject({ data: { n: 1 }, by: 'run:r1' });
    expect(run.state.status).toBe('succeeded');
  });
});

describe('workflow', () => {
  const plan = planFrom(
    `child: { workflow: { name: other, version: 3, inputs: { a: "\${{ inputs.a }}" } } }
after: { set: { got: "\${{ steps.child.output }}" } }`,
    'inputs: { a: { type: integer } }',
  );

  it('runs another workflow and takes its output', () => {
    const run = simulateRun(plan, { a: 4 }, { act: (_, input) => ({ output: { echo: input } }) });
    expect(run.commands.find(({ type }) => type === 'run-workflow')).toMatchObject({ inputs: { a: 4 } });
    expect(run.state.steps['after']?.output).toEqual({ got: { echo: { a: 4 } } });
  });

  it('is stopped with its run', () => {
    const run = simulateRun(
      plan,
      { a: 4 },
      {
        interrupt: (ends) => (ends === 0 ? { type: 'cancel-requested' } : undefined),
      },
    );
    expect(run.commands.some(({ type }) => type === 'cancel-action')).toBe(true);
    expect(run.state.status).toBe('canceled');
  });
});
