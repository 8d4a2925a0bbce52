import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../../../contracts/catalogue/catalogue.js';
import { evaluate } from '../../expressions/evaluate.js';
import { readWorkflow } from '../../front-ends/read-workflow.js';
import type { Json } from '../../json.js';
import { exportText } from '../export-text.js';
import { toJq } from './to-jq.js';

const ONE = 'steps: { a: { set: { a: 1 } } }';

function withStep(...steps: readonly string[]): string {
  const lines = ['first: { uses: command/run, with: { run: [ls] } }', ...steps];
  return `sluice: 1\nname: x\nstages:\n  main:\n    steps:\n${lines.map((line) => `      ${line}\n`).join('')}`;
}

function writtenOf(text: string) {
  expect(readWorkflow(text, ACTIONS).findings).toEqual([]);
  return exportText(text, ACTIONS, 'open-workflow');
}

describe('what the standard has no words for', () => {
  const cases: readonly (readonly [step: string, path: string, said: string])[] = [
    ['uses: log/write, with: { message: a }', '.uses', 'the action log/write'],
    ['uses: command/run, with: { run: [ls] }, retry: { attempts: 2 }', '.retry', '`retry`'],
    ['uses: command/run, with: { run: [ls], directory: a }', '.with.directory', '`directory` of a command'],
    [`uses: command/run, with: { run: "\${{ ['a'] }}" }`, '.with.run', 'a computed command'],
    ['uses: command/run, with: { run: [sh, -c, "echo $0"] }', '.with.run', 'the name of the shell'],
    ['forEach: { in: [1], as: it }, steps: { b: { set: { b: 1 } } }', '.forEach', 'one item after the other'],
    ['loop: { until: "true", max: 3 }, steps: { b: { set: { b: 1 } } }', '.loop', 'such a loop'],
    [
      'parallel: { branches: { a: { steps: { b: { set: { b: 1 } } } }, c: { steps: { d: { set: { b: 1 } } } } } }',
      '.parallel',
      'branches whose steps others read',
    ],
    [
      'try: { steps: { a: { set: { a: 1 } } }, catch: [{ steps: { b: { set: { b: 1 } } } }] }',
      '.try',
      'a `catch` that goes by classes of errors',
    ],
    ['approval: { by: [approver] }', '.approval', 'approvals'],
    ['waitFor: { event: go, if: event.a == 1 }', '.waitFor', 'this condition'],
    [`emit: { event: "\${{ 'a' }}" }`, '.emit', 'a computed name'],
    ['workflow: { name: other, version: 2 }', '.workflow.version', 'our numbers of versions'],
    ['wait: { until: "2030-01-01T00:00:00Z" }', '.wait', 'a moment'],
    ['set: { a: 1 }, needs: []', '.needs', 'Tasks follow one another'],
    ['set: { a: 1 }, onFailure: continue', '.onFailure', 'A failed task ends the run'],
  ];
  it.each(cases)('is refused where it stands: %s', (step, path, said) => {
    const { text, findings } = writtenOf(withStep(`work: { ${step} }`));
    expect(text).toBeUndefined();
    expect(findings).toMatchObject([
      { code: 'export-unsupported', path: `stages.main.steps.work${path}`, line: 7 },
    ]);
    expect(findings[0]!.message).toContain(said);
  });

  it.each([
    [`defaults: { timeout: 1m }\nstages: { main: { ${ONE} } }`, 'defaults'],
    [`concurrency: { group: a, policy: queue }\nstages: { main: { ${ONE} } }`, 'concurrency'],
    [`stages: { main: { timeout: 5m, ${ONE} } }`, 'stages.main.timeout'],
    [`stages: { main: { onFailure: continue, ${ONE} } }`, 'stages.main.onFailure'],
    [`stages: { one: { ${ONE} }, two: { needs: [], steps: { b: { set: { b: 1 } } } } }`, 'stages.two.needs'],
    [`stages: { main: { ${ONE} } }\noutput: "\${{ {'a': 1} }}"`, 'output'],
  ])('is refused beside the steps: %s', (rest, path) => {
    const { text, findings } = writtenOf(`sluice: 1\nname: x\n${rest}\n`);
    expect(text).toBeUndefined();
    expect(findings.map((each) => [each.code, each.path])).toEqual([['export-unsupported', path]]);
  });
});

describe('expressions without a counterpart in jq', () => {
  it.each([
    [`{'b': 1}`, 'maps, and macros'],
    ['[1, 2].map(each, each + 1)', 'maps, and macros'],
    ['1.5', 'a constant that is no text'],
    ['9007199254740993', 'a constant that is no text'],
    ['run', '`run` as a whole'],
    ['run.id', '`run.id`'],
    ['has(steps.first.output.stdout)', '`has()`'],
    ['"a".matches("b")', '`matches`'],
    ['steps.first.status', '`steps.first`'],
    ['steps.first.output', 'the whole output of the step first'],
    ['steps.first.output.stderr', '`output.stderr` of the step first'],
    ['steps.silent.output', 'the output of the step silent'],
    ['steps["silent"].output.a', 'the output of the step silent'],
  ])('%s', (source, said) => {
    const text = withStep(
      'silent: { emit: { event: a } }',
      `work: { set: { a: ${JSON.stringify(`\${{ ${source} }}`)} } }`,
    );
    const { text: written, findings } = writtenOf(text);
    expect(written).toBeUndefined();
    expect(findings).toMatchObject([{ path: 'stages.main.steps.work', line: 8 }]);
    expect(findings[0]!.message).toContain(`no counterpart in jq: ${said}`);
  });

  it('lists of them, over which a loop goes', () => {
    const loop =
      'work: { forEach: { in: ["${{ 1 + 1 }}"], as: it, limit: 1 }, steps: { b: { set: { b: 1 } } } }';
    expect(writtenOf(withStep(loop)).findings[0]!.message).toContain('a list of expressions');
  });
});

describe('what the standard does have words for', () => {
  it.each([
    ['raise: { error: broken, message: it broke }', 'type: urn:sluice:broken'],
    ['waitFor: { event: go }', 'listen: { to: { one: { with: { type: go } } } }'],
    ['emit: { event: gone, data: { a: 1 } }', 'type: gone'],
    ['workflow: { name: other, inputs: { a: 1 } }', 'name: other'],
    [`forEach: { in: [1, 2], as: it, limit: 1 }, steps: { b: { set: { b: "\${{ it }}" } } }`, 'each: it'],
  ])('%s', (step, said) => {
    const { text, findings } = writtenOf(withStep(`work: { ${step} }`));
    expect(findings).toEqual([]);
    expect(text).toContain(said);
    expect(readWorkflow(text!, ACTIONS).findings).toEqual([]);
  });
});

describe('an expression in jq has the value that it has in CEL', () => {
  const context = {
    inputs: { n: 3, name: ' Web ' },
    steps: { build: { stdout: 'built', 'exit-code': 0 } },
  };
  const roots: Readonly<Record<string, Json>> = { inputs: context.inputs };
  const names = {
    inputs: new Set(['n', 'name']),
    steps: new Map([['build', 'all' as const]]),
    variables: new Map(),
  };
  it.each([
    'inputs.n + 1 == 4',
    '-(inputs.n) * 2 - 1',
    'inputs["name"]',
    'inputs.name.trim().lowerAscii()',
    'inputs.name.upperAscii()',
    'inputs.name.contains("eb")',
    'inputs.name.startsWith(" W") && !inputs.name.endsWith("x")',
    'inputs.name.endsWith("b ") || false',
    'size(inputs.name)',
    'string(inputs.n)',
    'inputs.n in [1, 2, 3]',
    'inputs.n < 3 ? "few" : null',
    '["a", "b"][1]',
    'steps["build"].output.stdout',
    'steps.build.output["exit-code"]',
    'steps["build"].output == steps.build.output',
  ])('%s', (source) => {
    const step = { status: 'succeeded', output: context.steps.build, error: null, attempts: 1 };
    const cel = evaluate(
      { dialect: 'cel', source },
      { lookup: (name) => roots[name], step: (id) => (id === 'build' ? step : undefined) },
    );
    expect(cel).toMatchObject({ ok: true });
    const jq = evaluate(
      { dialect: 'jq', source: toJq(source, names) },
      { lookup: (name) => (name === '$context' ? context : null), step: () => undefined },
    );
    expect(jq).toEqual(cel);
  });
});
