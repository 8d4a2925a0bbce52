import { describe, expect, it } from '@jest/globals';
import type { Operation } from './operation.js';
import { planFrom } from './testing/plan-from.js';
import { simulateRun, type World } from './testing/simulate-run.js';

const BROKEN = { error: { class: 'code', code: 'broken', message: 'It broke.' } } as const;

function failing(...steps: string[]): World {
  return { act: (step) => (steps.includes(step) ? BROKEN : { output: { of: step } }) };
}

const CANCEL: Operation = { type: 'cancel', compensate: true, by: 'bob', roles: [], reason: 'Wrong one.' };

const cancelAfter = (count: number): World => ({
  interrupt: (ends) => (ends === count ? { type: 'operation', operation: CANCEL } : undefined),
});

const deploy = planFrom(`db:
  DO
  compensate: { DO, with: { of: "\${{ steps.db.output.of }}" } }
regions:
  forEach: { in: [eu, us], as: region, limit: 1 }
  steps:
    put: { DO, compensate: { DO, with: { region: "\${{ region }}" } } }
check: { DO, onFailure: rollback }
last: { DO, compensate: { DO } }`);

const UNDONE = ['put:compensate[1]', 'put:compensate[0]', 'db:compensate'];

function undone(run: ReturnType<typeof simulateRun>): string[] {
  return run.actions.map(({ step }) => step).filter((step) => step.includes(':compensate'));
}

describe('rollback', () => {
  it('undoes what succeeded, the latest first, with the input of its time, and fails with the cause', () => {
    const run = simulateRun(deploy, {}, failing('check'));
    expect(undone(run)).toEqual(UNDONE);
    expect(run.actions.filter(({ step }) => step.includes(':')).map((action) => action.with)).toEqual([
      { region: 'us' },
      { region: 'eu' },
      { of: 'db' },
    ]);
    expect(run.state).toMatchObject({ status: 'failed', error: { code: 'broken', step: 'check' } });
    expect(run.state.steps['last']).toMatchObject({ skipped: 'stopped' });
    expect(run.transitions.filter(({ step }) => step === undefined).map(({ status }) => status)).toEqual([
      'running',
      'rolling-back',
      'failed',
    ]);
    expect(run.commands.at(-1)?.type).toBe('finish-run');
  });

  it('undoes nothing of a run that succeeds or merely fails', () => {
    expect(undone(simulateRun(deploy))).toEqual([]);
    expect(undone(simulateRun(deploy, {}, failing('db')))).toEqual([]);
  });

  it('stops what runs beside the failure before it begins to undo', () => {
    const plan = planFrom(`a: { DO, compensate: { DO } }
long: { needs: [], DO }
wait: { needs: [], wait: 1h }
bad: { needs: [a], DO, onFailure: rollback }`);
    const run = simulateRun(
      plan,
      {},
      {
        ...failing('bad'),
        choose: (pending) =>
          Math.max(
            0,
            pending.findIndex(({ step }) => ['a', 'bad'].includes(step)),
          ),
      },
    );
    expect(undone(run)).toEqual(['a:compensate']);
    const kinds = run.commands.map((command) => ('step' in command ? `${command.type} ${command.step}` : ''));
    expect(kinds.indexOf('cancel-action long')).toBeLessThan(kinds.indexOf('run-action a:compensate'));
    expect(run.state.steps['long']).toMatchObject({
      status: 'canceled',
      error: { code: 'stopped-by-rollback' },
    });
    expect(run.state.steps['wait']).toMatchObject({ status: 'canceled' });
  });

  it('goes on where one compensation fails, and says which', () => {
    const run = simulateRun(deploy, {}, failing('check', 'put:compensate[1]'));
    expect(undone(run)).toEqual(UNDONE);
    expect(run.state).toMatchObject({
      status: 'failed',
      error: {
        code: 'compensation-failed',
        details: { cause: { code: 'broken', step: 'check' }, failed: [{ step: 'put:compensate[1]' }] },
      },
    });
    expect(run.state.error?.message).toContain('put[1]');
  });

  it('notes a compensation whose input cannot be computed, and undoes the rest', () => {
    const plan = planFrom(`a: { DO, compensate: { DO } }
b: { DO, compensate: { DO, with: { x: "\${{ steps.b.output.missing }}" } } }
c: { DO, onFailure: rollback }`);
    const run = simulateRun(plan, {}, failing('c'));
    expect(undone(run)).toEqual(['a:compensate']);
    expect(run.state.error).toMatchObject({
      code: 'compensation-failed',
      details: { failed: [{ step: 'b:compensate', error: { code: 'expression-failed' } }] },
    });
  });

  it.each([
    [
      'the failing step is the last of the run',
      'a: { DO, compensate: { DO } }\nb: { DO, onFailure: rollback }',
      'b',
    ],
    [
      'a container fails',
      `a: { DO, compensate: { DO } }
b:
  onFailure: rollback
  forEach: { in: [1] }
  steps: { c: { DO } }`,
      'c[0]',
    ],
  ])('works where %s', (_, steps, bad) => {
    const run = simulateRun(planFrom(steps), {}, failing(bad));
    expect(undone(run)).toEqual(['a:compensate']);
    expect(run.state.error).toMatchObject({ code: 'broken', step: bad });
  });

  it('runs `finally` first', () => {
    const plan = planFrom(`a: { DO, compensate: { DO } }
guarded:
  try:
    steps: { bad: { DO, onFailure: rollback } }
    catch: [{ steps: { never: { DO } } }]
    finally: { steps: { tidy: { DO } } }`);
    const run = simulateRun(plan, {}, failing('bad'));
    expect(run.actions.map(({ step }) => step)).toEqual(['a', 'bad', 'tidy', 'a:compensate']);
  });

  it('undoes once what a retried container did again', () => {
    const plan = planFrom(`block:
  retry: { attempts: 2, delay: 1s }
  onFailure: rollback
  parallel:
    branches:
      one: { steps: { a: { DO, compensate: { DO } }, b: { DO } } }`);
    expect(undone(simulateRun(plan, {}, failing('b')))).toEqual(['a:compensate']);
  });
});

describe('cancel', () => {
  it('with compensation undoes what was done', () => {
    const run = simulateRun(deploy, {}, { ...failing(), ...cancelAfter(2) });
    expect(undone(run)).toEqual(['put:compensate[0]', 'db:compensate']);
    expect(run.state).toMatchObject({ status: 'canceled', error: { code: 'canceled' } });
    expect(run.state.error?.message).toContain('Wrong one.');
  });

  it('is failed where that could not be done', () => {
    const run = simulateRun(deploy, {}, { ...cancelAfter(2), ...failing('db:compensate') });
    expect(run.state).toMatchObject({ status: 'failed', error: { code: 'compensation-failed' } });
  });

  it('without compensation undoes nothing', () => {
    const run = simulateRun(
      deploy,
      {},
      {
        interrupt: (ends) => (ends === 3 ? { type: 'cancel-requested', by: 'bob' } : undefined),
      },
    );
    expect(undone(run)).toEqual([]);
    expect(run.state.status).toBe('canceled');
  });
});

describe('claims', () => {
  const plan = planFrom(
    `put:
  DO
  locks: ["deploy-\${{ inputs.env }}", other]
  resources: { slots: 1, cpu: 0.5 }
  priority: 1
after: { DO }`,
    'inputs: { env: { type: string } }',
  );

  it('are taken before the step begins and given back when it is over, whatever came of it', () => {
    for (const world of [{}, failing('put')]) {
      const run = simulateRun(plan, { env: 'live' }, world);
      const kinds = run.commands.flatMap((command) =>
        'step' in command ? [`${command.type} ${command.step}`] : [],
      );
      expect(kinds.slice(0, 3)).toEqual(['acquire-claims put', 'run-action put', 'release-claims put']);
      expect(run.commands.find(({ type }) => type === 'acquire-claims')).toMatchObject({
        claims: {
          locks: ['deploy-live', 'other'],
          resources: { pool: 'default', amounts: { slots: 1, cpu: 0.5 } },
          priority: 1,
        },
      });
    }
  });

  it('that are waited for show so, and are no longer asked for in a canceled run', () => {
    const run = simulateRun(
      plan,
      { env: 'live' },
      {
        interrupt: (ends) => (ends === 0 ? { type: 'cancel-requested' } : undefined),
      },
    );
    expect(run.transitions.some(({ step, waiting }) => step === 'put' && waiting === 'claims')).toBe(true);
    expect(run.commands.filter(({ type }) => type === 'release-claims')).toHaveLength(1);
    expect(run.state.status).toBe('canceled');
    expect(run.actions).toEqual([]);
  });

  it('with a name that is none fail the step', () => {
    expect(simulateRun(plan, { env: 'x'.repeat(200) }).state.error?.code).toBe('lock-name-invalid');
  });
});

describe('a seed', () => {
  it('takes over results where their turn comes, and shows it', () => {
    const plan = planFrom(`a: { DO }
each: { forEach: { in: [1, 2] }, steps: { b: { DO } } }
c: { DO, with: { a: "\${{ steps.a.output }}", each: "\${{ steps.each.output }}" } }`);
    const seed = {
      a: { status: 'succeeded', output: 'earlier' },
      'b[1]': { status: 'succeeded', output: 'second' },
    } as const;
    const run = simulateRun(plan, {}, { seed });
    expect(run.actions.map(({ step }) => step)).toEqual(['b[0]', 'c']);
    expect(run.actions[1]?.with).toEqual({ a: 'earlier', each: [{ b: {} }, { b: 'second' }] });
    expect(run.transitions.find(({ step }) => step === 'a')).toMatchObject({
      status: 'succeeded',
      reused: true,
    });
  });
});
