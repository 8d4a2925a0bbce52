import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../../contracts/catalogue/catalogue.js';
import { importText } from '../front-ends/import-text.js';
import { readWorkflow } from '../front-ends/read-workflow.js';
import { exportText } from './export-text.js';

const EXAMPLES = new URL('../../../examples/', import.meta.url);
const CORPUS = new URL('../../../test/corpora/steps/', import.meta.url);

const examples = readdirSync(EXAMPLES)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
  .map((name) => [name, readFileSync(new URL(name, EXAMPLES), 'utf8')] as const);

const imported = readdirSync(CORPUS)
  .filter((name) => /\.(yaml|json)$/.test(name))
  .flatMap((name) =>
    importText({ path: name, content: readFileSync(new URL(name, CORPUS)) }, ACTIONS).flatMap(({ text }) =>
      text === undefined ? [] : [[name, text] as const],
    ),
  );

/** What the languages cannot say of them stands in docs/import.md. */
const REFUSED_EXAMPLES = [
  'deploy-region.yaml',
  'fan-out.yaml',
  'guarded-release.yaml',
  'matrix.yaml',
  'parallel-checks.yaml',
  'pipeline-of-workflows.yaml',
  'recover.yaml',
  'release.yaml',
];
const REFUSED_IMPORTS = [
  'condition-edges.yaml',
  'condition-gate.yaml',
  'condition-groups.yaml',
  'continue-with-handler.yaml',
  'error-handling-steps.yaml',
  'failure-chain.yaml',
  'failure-returns.yaml',
  'stages-in-order.yaml',
  'switch-cases.yaml',
  'waits.yaml',
  'words-alone.yaml',
];

function digestOf(text: string): string {
  return readWorkflow(text, ACTIONS).workflow!.compile(() => 1).digest;
}

describe('a definition as a list of steps', () => {
  it.each([...examples, ...imported])(
    '%s means the same when it is read again, or is refused',
    (name, text) => {
      const { text: written, findings } = exportText(text, ACTIONS, 'steps');
      const isRefused = [...REFUSED_EXAMPLES, ...REFUSED_IMPORTS].includes(name);
      expect({ name, isRefused: written === undefined }).toEqual({ name, isRefused });
      if (written === undefined) {
        expect(findings).not.toEqual([]);
        for (const each of findings) expect(each.code).toMatch(/^export-/);
        return;
      }
      expect(findings).toEqual([]);
      const content = new TextEncoder().encode(written);
      const [back] = importText({ path: name, content }, ACTIONS, { format: 'steps' });
      expect(back!.findings).toEqual([]);
      expect(digestOf(back!.text!)).toBe(digestOf(text));
    },
  );

  it('is written as people write it', () => {
    const { text } = exportText(
      [
        'sluice: 1',
        'name: release',
        'inputs: { branch: { type: string, default: main } }',
        'stages:',
        '  main:',
        '    steps:',
        '      build: { uses: command/run, with: { run: [sh, -c, "make ${{ inputs.branch }}"] }, retry: { attempts: 3, delay: 5s } }',
        '      wait: { wait: 30s }',
        '      tell: { if: failed(), uses: http/request, with: { url: "https://example.com", method: POST, body: { a: 1 } } }',
      ].join('\n'),
      ACTIONS,
      'steps',
    );
    expect(text).toBe(
      [
        'name: release',
        'variables:',
        '  branch: { type: string, default: main }',
        'steps:',
        '  - id: build',
        '    dependencies: []',
        '    type: command',
        '    command: make ${{ inputs.branch }}',
        '    retryPolicy: { maxAttempts: 3, delay: 5s, strategy: exponential }',
        '  - { id: wait, dependencies: [ build ], type: wait, duration: 30s }',
        '  - id: tell',
        '    dependencies: [ wait ]',
        '    condition: failed()',
        '    type: http',
        '    url: https://example.com',
        '    method: POST',
        '    body: { a: 1 }',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['locks', 'work: { locks: [a], set: { a: 1 } }', 'stages.main.steps.work.locks', 6],
    [
      'a pool',
      'work: { uses: log/write, with: { message: a }, pool: big }',
      'stages.main.steps.work.pool',
      6,
    ],
    [
      'try',
      'work: { try: { steps: { a: { set: { a: 1 } } }, catch: [{ steps: { b: { set: { b: 1 } } } }] } }',
      'stages.main.steps.work.try',
      6,
    ],
    ['a template of others', 'work: { set: { a: "{{ .Name }}" } }', 'stages.main.steps.work', 6],
    ['a shell variable as text', 'work: { set: { a: "${HOME}" } }', 'stages.main.steps.work', 6],
    [
      'secrets of an undoing',
      'work: { set: { a: 1 }, compensate: { uses: command/run, with: { run: [ls] }, secrets: { TOKEN: "env:TOKEN" } } }',
      'stages.main.steps.work.compensate.secrets',
      6,
    ],
    [
      'the schema of an output',
      'work: { uses: log/write, with: { message: a }, output: { type: object } }',
      'stages.main.steps.work.output',
      6,
    ],
    [
      'another name of a turn',
      'work: { loop: { until: "true", max: 3, as: round }, steps: { b: { set: { b: 1 } } } }',
      'stages.main.steps.work.loop.as',
      6,
    ],
    [
      'a quorum of several branches',
      'work: { parallel: { quorum: 2, branches: { a: { steps: { b: { set: { b: 1 } } } }, c: { steps: { d: { set: { b: 1 } } } } } } }',
      'stages.main.steps.work.parallel.quorum',
      6,
    ],
    [
      'reminders of an approval',
      'work: { approval: { by: [approver], remind: 1h } }',
      'stages.main.steps.work.approval.remind',
      6,
    ],
    [
      'whoever started it to approve',
      'work: { approval: { by: [approver], selfApproval: true } }',
      'stages.main.steps.work.approval.selfApproval',
      6,
    ],
    [
      'a version by its name',
      'work: { workflow: { name: other, version: production } }',
      'stages.main.steps.work.workflow.version',
      6,
    ],
    [
      'secrets from elsewhere',
      'work: { uses: command/run, with: { run: [ls] }, secrets: { TOKEN: "env:OTHER" } }',
      'stages.main.steps.work.secrets',
      6,
    ],
    ['an expression written otherwise', 'work: { set: { a: "${{ 1+1 }}" } }', 'stages.main.steps.work', 6],
  ])('refuses %s where it stands', (_, step, path, line) => {
    const text = `sluice: 1\nname: x\nstages:\n  main:\n    steps:\n      ${step}\n`;
    expect(readWorkflow(text, ACTIONS).findings).toEqual([]);
    const { text: written, findings } = exportText(text, ACTIONS, 'steps');
    expect(written).toBeUndefined();
    expect(findings.map((each) => [each.path, each.line])).toContainEqual([path, line]);
  });

  it.each([
    ['who takes turns', 'concurrency: { group: a, policy: queue }\nstages: { main: STEPS }', 'concurrency'],
    ['what a failed stage does', 'stages: { main: { onFailure: continue, STEPS } }', 'stages.main.onFailure'],
    [
      'another order of stages',
      'stages: { one: STEPS, two: { needs: [], steps: { b: { set: { b: 1 } } } } }',
      'stages.two.needs',
    ],
    [
      'a schema that variables do not have',
      'inputs: { n: { type: integer, default: 1, exclusiveMinimum: 0 } }\nstages: { main: STEPS }',
      'inputs.n.exclusiveMinimum',
    ],
  ])('refuses %s beside the steps', (_, rest, path) => {
    const steps = 'steps: { a: { set: { a: 1 } } }';
    const body = rest.replace(/: STEPS/g, `: { ${steps} }`).replace('STEPS', steps);
    const { text: written, findings } = exportText(`sluice: 1\nname: x\n${body}\n`, ACTIONS, 'steps');
    expect(written).toBeUndefined();
    expect(findings.map((each) => [each.code, each.path])).toEqual([['export-unsupported', path]]);
  });

  it.each([
    ['on-failure', 'failed()', 'onFailure'],
    ['on-success', 'succeeded()', 'onSuccess'],
    ['finally', 'always()', 'finally'],
  ])('writes the last stage %s that asks %s as `%s`', (id, condition, key) => {
    const text = `sluice: 1\nname: x\nstages:\n  main: { steps: { a: { set: { a: 1 } } } }\n  ${id}: { if: ${condition}, steps: { b: { set: { b: 1 } } } }\n`;
    const { text: written } = exportText(text, ACTIONS, 'steps');
    expect(written).toContain(`\n${key}: [ { id: b, type: set, variables: { b: 1 } } ]\n`);
    expect(digestOf(written!)).toBe(digestOf(text));
  });

  it('names the action where its own words would not say all', () => {
    const text = `sluice: 1\nname: x\nstages:\n  main: { steps: { a: { uses: git/checkout, with: { repository: r, submodules: true } } } }\n`;
    const { text: written } = exportText(text, ACTIONS, 'steps');
    expect(written).toContain('uses: git/checkout, with: { repository: r, submodules: true }');
    expect(digestOf(written!)).toBe(digestOf(text));
  });

  it.each([
    ['sluice: 1\nname: x\nstages: {}\n'],
    ['{'],
    [''],
    ['\u0000'],
    [`sluice: 1\nname: x\nstages: ${'['.repeat(300)}`],
  ])('says what is wrong with %j', (text) => {
    const { text: written, findings } = exportText(text, ACTIONS, 'steps');
    expect(written).toBeUndefined();
    expect(findings.length).toBeGreaterThan(0);
  });

  it.each(['steps', 'sluice'] as const)('is not made of the standard: %s', (format) => {
    const head = 'document: { dsl: 1.0.3, namespace: default, name: x, version: 1.0.0 }';
    const exported = exportText(`${head}\ndo: [{ a: { set: { a: 1 } } }]\n`, ACTIONS, format);
    expect(exported).toMatchObject({ from: 'open-workflow', findings: [{ code: 'export-unsupported' }] });
    expect(exported.text).toBeUndefined();
  });

  it('stands as it is where it is one', () => {
    const text = 'name: x # kept\nsteps: [{ id: a, type: command, command: make }]\n';
    expect(exportText(text, ACTIONS, 'steps')).toMatchObject({ from: 'steps', text, findings: [] });
  });

  it('can be had in our own language', () => {
    const text = 'name: x\nsteps: [{ id: a, type: command, command: make }]\n';
    const { text: written } = exportText(text, ACTIONS, 'sluice');
    expect(digestOf(written!)).toBe(digestOf(text));
  });
});
