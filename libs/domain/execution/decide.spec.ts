import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import { decide } from './decide.js';
import { act, planOf, planOfStages, simulateRun, stepsOf } from './testing/simulate-run.js';

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

describe('order', () => {
  it('runs steps one after another without needs, at once with empty needs, after those named', () => {
    const plan = planOf({ a: act(), b: act(), c: act({ needs: [] }), d: act({ needs: ['a', 'c'] }) });
    const run = simulateRun(plan, {}, { choose: (pending) => pending.length - 1 });
    expect(run.actions.map(({ step }) => step)).toEqual(['a', 'c', 'b', 'd']);
    expect(run.state.status).toBe('succeeded');
  });

  it('orders stages by the same rule', () => {
    const plan = planOfStages({
      one: { kind: 'stage', steps: stepsOf({ a: act() }) },
      two: { kind: 'stage', steps: stepsOf({ b: act() }) },
      three: { kind: 'stage', needs: [], steps: stepsOf({ c: act() }) },
    });
    expect(simulateRun(plan).actions.map(({ step }) => step)).toEqual(['a', 'c', 'b']);
  });

  it('begins a chain of 10,000 steps without a deep stack', () => {
    const steps = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`s${n}`, { kind: 'set' as const, set: { n } }]),
    );
    const run = simulateRun(planOf(steps));
    expect(run.state.status).toBe('succeeded');
    expect(Object.keys(run.state.steps)).toHaveLength(10_001);
  });

  it('ignores what comes for a step that is over', () => {
    const plan = planOf({ a: act() });
    const { state } = simulateRun(plan);
    const before = structuredClone(state);
    const decision = decide(
      plan,
      state,
      { type: 'action-succeeded', step: 'a', output: 'again', attempts: 2 },
      0,
    );
    expect(decision.commands).toEqual([]);
    expect(decision.state).toEqual(before);
  });
});

describe('failure', () => {
  it('skips what needs a failed step, and what needs that, and fails the run with the step named', () => {
    const run = simulateRun(
      planOf({ a: act(), b: act(), c: act(), beside: act({ needs: [] }) }),
      {},
      failing('a'),
    );
    expect(statuses(run)).toEqual({
      main: 'failed',
      a: 'failed',
      b: 'skipped: upstream-failed',
      c: 'skipped: upstream-failed',
      beside: 'succeeded',
    });
    expect(run.state.error).toMatchObject({ code: 'broken', step: 'a' });
    expect(run.state.status).toBe('failed');
  });

  it.each([
    ['failed()', 'a', 'succeeded'],
    ['always()', 'a', 'succeeded'],
    ['succeeded()', 'a', 'skipped'],
    ['failed()', '', 'skipped'],
    ['always()', '', 'succeeded'],
    ['succeeded()', '', 'succeeded'],
  ])('asks with %s after failure of "%s": %s', (condition, broken, expected) => {
    const run = simulateRun(planOf({ a: act(), b: act({ if: condition }) }), {}, failing(broken));
    expect(run.state.steps['b']?.status).toBe(expected);
    expect(run.state.status).toBe(broken === '' ? 'succeeded' : 'failed');
  });

  it('sees a failure through a step that it made skip', () => {
    const run = simulateRun(planOf({ a: act(), b: act(), c: act({ if: 'failed()' }) }), {}, failing('a'));
    expect(statuses(run)).toMatchObject({ b: 'skipped: upstream-failed', c: 'succeeded' });
  });

  it('goes on after a failure with onFailure: continue, which later steps can see', () => {
    const plan = planOf({
      a: act({ onFailure: 'continue' }),
      b: act({ if: 'steps.a.status == "failed" && steps.a.error.code == "broken"' }),
    });
    const run = simulateRun(plan, {}, failing('a'));
    expect(statuses(run)).toEqual({ main: 'succeeded', a: 'failed', b: 'succeeded' });
    expect(run.state.status).toBe('succeeded');
  });

  it('runs a step whose need was skipped by its own condition', () => {
    const run = simulateRun(planOf({ a: act({ if: 'false' }), b: act() }));
    expect(statuses(run)).toEqual({ main: 'succeeded', a: 'skipped: condition', b: 'succeeded' });
  });

  it.each([
    ['inputs.missing.deeper', 'expression-failed'],
    ['1', 'condition-not-boolean'],
  ])('fails a step whose condition is %s', (condition, code) => {
    const run = simulateRun(planOf({ a: act({ if: condition }) }));
    expect(run.state.steps['a']).toMatchObject({ status: 'failed', error: { code } });
    expect(run.state.status).toBe('failed');
  });
});

describe('values', () => {
  it('hands inputs, outputs and types through templates, and computes the output', () => {
    const plan = planOf(
      {
        a: act({}, { n: '${{ inputs.n + 1 }}', text: 'n is ${{ inputs.n }}' }),
        b: { kind: 'set', set: { got: '${{ steps.a.output }}' } },
      },
      { output: { whole: '${{ steps.b.output.got.of }}', run: '${{ run.workflow }}' } },
    );
    const run = simulateRun(plan, { n: 1 }, failing());
    expect(run.actions[0]?.with).toEqual({ n: 2, text: 'n is 1' });
    expect(run.state.output).toEqual({ whole: 'a', run: 'w' });
  });

  it('refuses values over 256 KiB with the place named', () => {
    const big = 'x'.repeat(300_000);
    const run = simulateRun(planOf({ a: { kind: 'set', set: { big: '${{ inputs.big }}' } } }), { big });
    expect(run.state.error).toMatchObject({ code: 'output-too-large', step: 'a' });
    const output = simulateRun(planOf({ a: act() }, { output: '${{ inputs.big }}' }), { big });
    expect(output.state.error).toMatchObject({ code: 'output-too-large' });
    const input = simulateRun(planOf({ a: act({}, { big: '${{ inputs.big }}' }) }), { big });
    expect(input.state.error).toMatchObject({ code: 'input-too-large', step: 'a' });
  });

  it('raises with code and class', () => {
    const plan = planOf({ a: { kind: 'raise', raise: { error: 'test', message: '${{ inputs.n }} red' } } });
    expect(simulateRun(plan, { n: 3 }).state.error).toEqual({
      class: 'test',
      code: 'test',
      message: '3 red',
      step: 'a',
    });
  });
});

describe('forEach', () => {
  const loop = (more: object = {}) =>
    planOf({
      each: {
        kind: 'forEach',
        forEach: {
          in: '${{ inputs.list }}',
          as: 'item',
          failFast: true,
          steps: stepsOf({ do: act({}, { item: '${{ item }}' }) }),
          ...more,
        },
      },
      after: { kind: 'set', set: { all: '${{ steps.each.output }}' } },
    });

  it('runs the body per item and yields outputs in the order of the list', () => {
    const run = simulateRun(
      loop(),
      { list: ['x', 'y', 'z'] },
      {
        choose: (pending) => pending.length - 1,
        act: (_, input) => ({ output: input['item'] as Json }),
      },
    );
    expect(run.state.steps['after']?.output).toEqual({ all: [{ do: 'x' }, { do: 'y' }, { do: 'z' }] });
    expect(run.actions.map(({ step }) => step)).toEqual(['do[0]', 'do[1]', 'do[2]']);
  });

  it('keeps to its limit', () => {
    let most = 0;
    const run = simulateRun(
      loop({ limit: 2 }),
      { list: [1, 2, 3, 4, 5] },
      {
        choose: (pending) => {
          most = Math.max(most, pending.length);
          return pending.length - 1;
        },
      },
    );
    expect(most).toBe(2);
    expect(run.actions).toHaveLength(5);
  });

  it('stops the others at the first failure, and begins no more', () => {
    const run = simulateRun(loop({ limit: 2 }), { list: [1, 2, 3, 4] }, failing('do[0]'));
    expect(statuses(run)).toEqual({
      main: 'failed',
      each: 'failed',
      'do[0]': 'failed',
      'do[1]': 'canceled',
      after: 'skipped: upstream-failed',
    });
    expect(run.state.steps['do[1]']?.error?.code).toBe('stopped-by-sibling');
  });

  it('runs all of them without failFast, and fails in the end', () => {
    const run = simulateRun(loop({ failFast: false }), { list: [1, 2, 3] }, failing('do[1]'));
    expect(statuses(run)).toMatchObject({ each: 'failed', 'do[0]': 'succeeded', 'do[2]': 'succeeded' });
    expect(run.state.error).toMatchObject({ code: 'broken', step: 'do[1]' });
  });

  it.each<[Json, string | undefined]>([
    [[], undefined],
    ['text', 'for-each-not-a-list'],
    [Array.from({ length: 10_001 }, () => 0), 'for-each-too-long'],
  ])('takes a list only', (list, code) => {
    const run = simulateRun(loop(), { list });
    expect(run.state.error?.code).toBe(code);
    if (code === undefined) expect(run.state.steps['after']?.output).toEqual({ all: [] });
  });

  it('nests, with both variables in scope', () => {
    const inner = stepsOf({ pair: { kind: 'set', set: { v: '${{ a + b }}' } } });
    const plan = planOf(
      {
        outer: {
          kind: 'forEach',
          forEach: {
            in: ['x', 'y'],
            as: 'a',
            failFast: true,
            steps: stepsOf({
              inner: { kind: 'forEach', forEach: { in: ['1', '2'], as: 'b', failFast: true, steps: inner } },
            }),
          },
        },
      },
      { output: '${{ steps.outer.output.map(o, o.inner.map(i, i.pair.v)) }}' },
    );
    expect(simulateRun(plan).state.output).toEqual([
      ['x1', 'x2'],
      ['y1', 'y2'],
    ]);
  });
});

describe('parallel and switch', () => {
  const branches = new Map([
    ['left', stepsOf({ l1: act(), l2: act() })],
    ['right', stepsOf({ r1: act() })],
  ]);

  it('runs branches side by side and yields the outputs of each', () => {
    const run = simulateRun(
      planOf({ both: { kind: 'parallel', parallel: { failFast: true, branches } } }),
      {},
      failing(),
    );
    expect(run.actions.map(({ step }) => step)).toEqual(['l1', 'r1', 'l2']);
    expect(run.state.steps['both']?.output).toEqual({
      left: { l1: { of: 'l1' }, l2: { of: 'l2' } },
      right: { r1: { of: 'r1' } },
    });
  });

  it('stops the other branch at a failure', () => {
    const plan = planOf({ both: { kind: 'parallel', parallel: { failFast: true, branches } } });
    const run = simulateRun(plan, {}, { ...failing('r1'), choose: (pending) => pending.length - 1 });
    expect(statuses(run)).toEqual({
      main: 'failed',
      both: 'failed',
      l1: 'canceled',
      l2: 'skipped: stopped',
      r1: 'failed',
    });
  });

  it.each([
    ['prod', ['strict'], { strict: { of: 'strict' } }],
    ['test', ['easy'], { easy: { of: 'easy' } }],
    ['other', ['rest'], { rest: { of: 'rest' } }],
  ])('takes the first case that fits %s', (env, actions, output) => {
    const plan = planOf({
      choose: {
        kind: 'switch',
        switch: [
          { if: 'inputs.env == "prod"', steps: stepsOf({ strict: act() }) },
          { if: 'inputs.env == "test"', steps: stepsOf({ easy: act() }) },
          { steps: stepsOf({ rest: act() }) },
        ],
      },
    });
    const run = simulateRun(plan, { env }, failing());
    expect(run.actions.map(({ step }) => step)).toEqual(actions);
    expect(run.state.steps['choose']?.output).toEqual(output);
  });

  it('succeeds with null where no case fits', () => {
    const plan = planOf({
      choose: { kind: 'switch', switch: [{ if: 'false', steps: stepsOf({ no: act() }) }] },
    });
    expect(simulateRun(plan).state.steps['choose']).toMatchObject({ status: 'succeeded', output: null });
  });
});

describe('time', () => {
  it.each([
    [{ for: '90s' }, 90_000],
    [{ for: '${{ inputs.pause }}' }, 5_000],
    [{ until: '2026-01-01T01:00:00Z' }, 3_600_000],
    [{ until: '2026-01-01T01:00:00+01:00' }, undefined],
  ])('waits %j for %s ms', (wait, ms) => {
    const run = simulateRun(planOf({ w: { kind: 'wait', wait } }), { pause: '5s' });
    const timer = run.commands.find((command) => command.type === 'start-timer');
    expect(timer?.type === 'start-timer' ? timer.ms : undefined).toBe(ms);
    expect(run.state.status).toBe('succeeded');
  });

  it.each([{ for: 'soon' }, { until: 'tomorrow' }, { until: '2026-01-01T01:00:00' }, { for: '${{ 5 }}' }])(
    'refuses to wait %j',
    (wait) => {
      expect(simulateRun(planOf({ w: { kind: 'wait', wait } })).state.error).toMatchObject({
        code: 'wait-invalid',
        step: 'w',
      });
    },
  );

  it('ends a container at its limit: running children are stopped, waiting ones never begin', () => {
    const plan = planOfStages({
      slow: { kind: 'stage', timeout: '1m', steps: stepsOf({ a: act(), b: act() }) },
    });
    const run = simulateRun(
      plan,
      {},
      {
        choose: (pending) =>
          Math.max(
            0,
            pending.findIndex(({ kind }) => kind === 'timer'),
          ),
      },
    );
    expect(statuses(run)).toEqual({ slow: 'failed', a: 'canceled', b: 'skipped: stopped' });
    expect(run.state.error).toMatchObject({ code: 'step-timeout', step: 'slow' });
  });

  it('retries a container from its start after a growing pause', () => {
    let calls = 0;
    const plan = planOfStages({
      flaky: {
        kind: 'stage',
        retry: { attempts: 3, delay: '2s', factor: 3 },
        steps: stepsOf({ a: act(), b: act() }),
      },
    });
    const run = simulateRun(
      plan,
      {},
      { act: (step) => (step === 'b' && ++calls < 3 ? BROKEN : { output: {} }) },
    );
    expect(run.state.status).toBe('succeeded');
    expect(run.state.steps['flaky']?.attempts).toBe(3);
    expect(run.actions.map(({ step }) => step)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(run.commands.flatMap((command) => (command.type === 'start-timer' ? [command.ms] : []))).toEqual([
      2_000, 6_000,
    ]);
  });
});

describe('cancel', () => {
  it('stops what runs, begins nothing more, and says who and why', () => {
    const plan = planOf({
      a: act(),
      w: { kind: 'wait', needs: [], wait: { for: '1h' } },
      b: act({ needs: ['a'], if: 'always()' }),
    });
    const run = simulateRun(
      plan,
      {},
      {
        interrupt: (ends) =>
          ends === 0 ? { type: 'cancel-requested', by: 'bob', reason: 'wrong branch' } : undefined,
      },
    );
    expect(statuses(run)).toEqual({ main: 'canceled', a: 'canceled', w: 'canceled', b: 'skipped: stopped' });
    expect(run.state).toMatchObject({ status: 'canceled', cancel: { by: 'bob', reason: 'wrong branch' } });
    expect(run.commands.at(-1)).toEqual({ type: 'finish-run', status: 'canceled' });
  });
});
