import { describe, expect, it } from '@jest/globals';
import { planFrom } from '../execution/testing/plan-from.js';
import { ACTIONS } from '../execution/testing/simulate-run.js';
import { readWorkflow } from '../front-ends/read-workflow.js';
import type { Plan } from '../plan/plan.js';
import { CoverageCount } from './coverage.js';
import { judge } from './judge.js';
import { parseTests, readTests } from './read-tests.js';
import { rehearse } from './rehearse.js';
import { Subject } from './subject.js';

/** What a test, in YAML, finds wrong with the run of these steps. */
async function run(steps: string | Plan, test: string) {
  const plan = typeof steps === 'string' ? planFrom(steps) : steps;
  const subject = new Subject(ACTIONS, plan, {}, []);
  const indented = test.replaceAll('\n', '\n    ');
  const { file, findings } = readTests(parseTests(`tests:\n  - name: it\n    ${indented}`).tree!, subject);
  if (file === undefined) throw new Error(JSON.stringify(findings));
  const rehearsal = await rehearse(plan, {}, file.tests[0]!, { actions: ACTIONS });
  return { rehearsal, found: judge(file.tests[0]!.expect, rehearsal, {}) };
}

const found = async (steps: string, test: string) =>
  (await run(steps, test)).found.map(({ what, message }) => `${what}: ${message}`);

describe('a test', () => {
  it.each<[string, string, string]>([
    [
      'mocks by step, and by action',
      'a: { DO }\nb: { DO }',
      'mocks: { a: { output: 1 }, test/do: { output: 2 } }\nexpect: { check: steps.a.output == 1 && steps.b.output == 2 }',
    ],
    [
      'takes replies in turn, over attempts',
      'a: { DO, retry: { attempts: 3, delay: 1s } }',
      'mocks: { a: [{ error: x }, { error: y }, { output: 3 }] }\nexpect: { steps: { a: { status: succeeded, attempts: 3, output: 3 } } }',
    ],
    [
      'keeps the last reply',
      'a: { DO, retry: { attempts: 3, delay: 1s } }',
      'mocks: { a: [{ error: x }, { error: y }] }\nexpect: { error: y, steps: { a: { attempts: 3 } } }',
    ],
    [
      'mocks one turn of a loop',
      'l: { forEach: { in: [1, 2], as: n }, steps: { a: { DO } } }',
      'mocks: { a: { output: 0 }, "a[1]": { output: 1 } }\nexpect: { steps: { "a[0]": { output: 0 }, "a[1]": { output: 1 } } }',
    ],
    [
      'chooses by the input',
      'l: { forEach: { in: [x, y], as: n }, steps: { a: { DO, with: { n: "${{ n }}" } } } }',
      'mocks: { a: [{ when: input.n == "y", output: 1 }, { when: "true", output: 0 }] }\nexpect: { check: \'steps["a[0]"].output == 0 && steps["a[1]"].output == 1\' }',
    ],
    [
      'lets time pass for waits of a year',
      'a: { wait: 365d }\nb: { DO }',
      'mocks: { b: {} }\nexpect: { order: [[a, b]] }',
    ],
    [
      'fails an action past its limit',
      'a: { DO, timeout: 1m }',
      'mocks: { a: { takes: 2m } }\nexpect: { status: failed, error: step-timeout }',
    ],
    [
      'gives up a step by the limit of what holds it',
      'a: { timeout: 1m, switch: [{ steps: { b: { DO, timeout: 1h } } }] }',
      'mocks: { b: { takes: 2m } }\nexpect: { status: failed, error: step-timeout, steps: { b: { status: canceled } } }',
    ],
    [
      'approves',
      'a: { approval: { by: ["user:ann", "user:bob"], quorum: 2 } }',
      'answers: { a: approve }\nexpect: { status: succeeded, check: "size(steps.a.output.by) == 2" }',
    ],
    [
      'rejects',
      'a: { approval: { by: [x] } }\nb: { DO }',
      'answers: { a: reject }\nexpect: { status: rejected, notRun: [b] }',
    ],
    [
      'lets an approval expire',
      'a: { approval: { by: [x], expires: 7d } }',
      'expect: { status: failed, error: approval-expired }',
    ],
    [
      'sends events in their time',
      'a: { waitFor: { event: go, if: event.data == 2 } }',
      'events: [{ name: go, data: 1 }, { name: go, data: 2, after: 1h }]\nexpect: { check: steps.a.output.data == 2 }',
    ],
    [
      'completes a step that failed',
      'a: { DO, onFailure: intervene }',
      'mocks: { a: { error: x } }\nanswers: { a: { complete: 5 } }\nexpect: { steps: { a: { status: succeeded, output: 5 } } }',
    ],
    [
      'cancels, with compensation',
      'a: { DO, compensate: { DO } }\nb: { DO, timeout: 2h }',
      'mocks: { a: {}, "a:compensate": {}, b: { takes: 1h } }\ncancel: { after: 1m, compensate: true }\nexpect: { status: canceled, steps: { "a:compensate": { status: succeeded } } }',
    ],
    [
      'checks the output by its schema',
      'a: { DO, output: { type: object, required: [n] } }',
      'mocks: { a: {} }\nexpect: { error: { code: output-invalid, message: must have } }',
    ],
    [
      'starts when it is told to',
      'a: { wait: { until: "2026-06-01T00:00:00Z" } }',
      'clock: 2026-05-31T23:00:00Z\nexpect: { status: succeeded }',
    ],
  ])('%s', async (_, steps, test) => {
    expect(await found(steps, test)).toEqual([]);
  });

  it.each<[string, string, string, readonly string[]]>([
    [
      'what is not mocked',
      'a: { DO }',
      'expect: { status: failed }',
      [': a (test/do) is neither mocked nor allowed'],
    ],
    [
      'a run that stands still',
      'a: { waitFor: { event: go } }',
      'expect: { status: succeeded }',
      [': the run stands still: a waits for the event go', 'status: status is not as expected'],
    ],
    ['a step that ran', 'a: { DO }', 'mocks: { a: {} }\nexpect: { notRun: [a] }', ['notRun: a ran']],
    [
      'the wrong order',
      'a: { DO }\nb: { needs: [], DO }',
      'mocks: { test/do: { takes: 1s } }\nexpect: { order: [[a, b]] }',
      ['order: a was not over when b began'],
    ],
    [
      'an order with what did not run',
      'a: { DO }\nb: { if: "false", DO }',
      'mocks: { a: {} }\nexpect: { order: [[a, b]] }',
      ['order: b did not run'],
    ],
    [
      'a check that is false',
      'a: { set: { n: 1 } }',
      'expect: { check: steps.a.output.n == 2 }',
      ['check: `steps.a.output.n == 2` is false'],
    ],
    [
      'a check that fails',
      'a: { set: { n: 1 } }',
      'expect: { check: steps.a.output.m == 2 }',
      [expect.stringContaining('check: `steps.a.output.m == 2` fails: ') as unknown as string],
    ],
    [
      'a `when` that is no condition',
      'a: { DO }',
      'mocks: { a: { when: "1" } }\nexpect: { status: failed }',
      [': a (test/do) is neither mocked nor allowed', ': `when: 1` is neither true nor false'],
    ],
    [
      'an answer that does not fit',
      'a: { approval: { by: ["user:ann"] } }',
      'answers: { a: { approve: { by: bob } } }\nexpect: { status: succeeded }',
      [
        ': the answer for a does not fit: bob is none of those who may decide.',
        ': the run stands still: a waits for approval',
        'status: status is not as expected',
      ],
    ],
    [
      'each instance',
      'l: { forEach: { in: [1, 2], as: n }, steps: { a: { DO } } }',
      'mocks: { a: {} }\nexpect: { steps: { a: { attempts: 2 } } }',
      [
        'steps.a[0].attempts: steps.a[0].attempts is not as expected',
        'steps.a[1].attempts: steps.a[1].attempts is not as expected',
      ],
    ],
  ])('finds %s', async (_, steps, test, expected) => {
    expect(await found(steps, test)).toEqual(expected);
  });

  it('tells both values where they differ', async () => {
    const { found: mismatches } = await run(
      'a: { set: { n: 1 } }',
      'expect: { steps: { a: { output: { n: 2 } } } }',
    );
    expect(mismatches).toEqual([
      {
        what: 'steps.a.output',
        message: 'steps.a.output is not as expected',
        expected: { n: 2 },
        got: { n: 1 },
      },
    ]);
  });
});

describe('coverage', () => {
  const PLAN = planFrom(`a: { DO, if: run.version == 1 }
pick: { switch: [{ if: steps.a.output.n == 1, steps: { one: { set: { x: 1 } } } }, { steps: { other: { set: { x: 2 } } } }] }
guard: { try: { steps: { t: { DO } }, catch: [{ steps: { c: { set: { x: 1 } } } }] } }
sign: { approval: { by: [x], expires: 1d, onExpiry: approve } }`);

  it('counts steps and branches over all tests, and names what none reaches', async () => {
    const count = new CoverageCount(PLAN);
    const first = await run(
      PLAN,
      'mocks: { a: { output: { n: 1 } }, t: {} }\nanswers: { sign: approve }\nexpect: { status: succeeded }',
    );
    count.add(first.rehearsal.transitions);
    expect(count.summarise()).toMatchObject({
      steps: { reached: 6, total: 8 },
      branches: { reached: 3, total: 8 },
    });
    expect(count.summarise().missed.map(({ name }) => name)).toEqual([
      'a: if is false',
      'pick: case 2',
      'other',
      'guard: catch 1',
      'c',
      'sign: rejected',
      'sign: expired',
    ]);
    const second = await run(
      PLAN,
      'mocks: { a: { output: { n: 2 } }, t: { error: x } }\nexpect: { status: succeeded }',
    );
    count.add(second.rehearsal.transitions);
    expect(count.summarise().missed.map(({ name }) => name)).toEqual(['a: if is false', 'sign: rejected']);
  });
});

describe('a run in a test', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'is failed by another error, which is told',
      'a: { DO }',
      'mocks: { a: { error: broken } }\nexpect: { error: { code: other } }',
      ['error: error is not as expected'],
    ],
    [
      'fails without the error that is expected',
      'a: { set: { x: 1 } }',
      'expect: { error: broken }',
      ['error: error is not as expected'],
    ],
    [
      'knows its own output, error and inputs where it is checked',
      'a: { DO }',
      `mocks: { a: { error: broken } }\nexpect: { check: [status == "failed", output == null, 'error.code == "broken"', size(inputs) == 0] }`,
      [],
    ],
    [
      'is not approved by inputs that do not fit',
      'a: { approval: { by: [approver], inputs: { ticket: { type: integer } } } }',
      'answers: { a: { approve: { inputs: { ticket: x } } } }\nexpect: { status: succeeded }',
      [
        expect.stringContaining('the answer for a does not fit: ') as never,
        expect.stringContaining('the run stands still') as never,
        'status: status is not as expected',
      ],
    ],
    [
      'is asked for what a step waits for in vain',
      'a: { waitFor: { event: go } }',
      'expect: { status: succeeded }',
      [': the run stands still: a waits for the event go', 'status: status is not as expected'],
    ],
    [
      'takes from pools what it asks for',
      'a: { DO, resources: { pool: builders, slots: 1 } }',
      'mocks: { a: {} }\nexpect: { status: succeeded }',
      [],
    ],
    [
      'goes on however many turns a loop takes',
      'a: { loop: { while: turn.index < 2000, max: 3000 }, steps: { b: { set: { x: 1 } } } }',
      'expect: { status: succeeded, steps: { a: { status: succeeded } } }',
      [],
    ],
  ])('%s', async (_, steps, test, expected) => {
    expect(await found(steps, test)).toEqual(expected);
  });
});

describe('a rehearsal', () => {
  const TEST = {
    ...{ name: 'it', line: 1, inputs: {}, mocks: new Map(), allow: [], answers: new Map(), events: [] },
    ...{ startsAt: 0, expect: {} },
  };

  it('gives up a run that has no end', async () => {
    const plan = planFrom('a: { loop: { until: "false", max: 100000 }, steps: { b: { wait: 1s } } }');
    const rehearsal = await rehearse(plan, {}, TEST as never, { actions: ACTIONS, mostTransitions: 100 });
    expect(rehearsal.problems).toEqual(['the run was given up after 100 transitions']);
    expect(rehearsal.transitions.length).toBeLessThan(200);
  });

  it('fails a step whose input does not fit the action, as who does it would', async () => {
    const [[name, action]] = [...ACTIONS] as [
      [string, typeof ACTIONS extends ReadonlyMap<string, infer A> ? A : never],
    ];
    const input = { type: 'object', properties: { n: { type: 'integer' } } };
    const actions = new Map([[name, { ...action, input }]]);
    const mocks = new Map([['a', { replies: [{ takesMs: 0, result: { output: 1 } }] }]]);
    const run = (n: string) =>
      rehearse(
        planFrom(`a: { DO, with: { n: ${JSON.stringify(`\${{ ${n} }}`)} } }`),
        {},
        { ...TEST, mocks } as never,
        { actions },
      );
    expect((await run('1')).state.status).toBe('succeeded');
    expect((await run('"x"')).state.error).toMatchObject({
      code: 'action-input-invalid',
      message: expect.stringContaining(`Input of ${name} does not fit: `),
    });
  });

  it('mocks the workflows that are called', async () => {
    const { workflow } = readWorkflow(
      'sluice: 1\nname: x\nstages: { main: { steps: { a: { workflow: { name: other, inputs: { n: 1 } } } } } }\n',
      ACTIONS,
    );
    const { rehearsal, found } = await run(
      workflow!.compile(() => 1),
      'mocks: { a: [{ when: input.n == 1, output: done }] }\nexpect: { steps: { a: { input: { n: 1 }, output: done } } }',
    );
    expect([rehearsal.problems, found]).toEqual([[], []]);
  });
});
