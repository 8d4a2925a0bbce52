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
  'matrix.yaml',
  'parallel-checks.yaml',
  'pipeline-of-workflows.yaml',
  'recover.yaml',
  'release.yaml',
  'verify-repository.yaml',
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
  ])('refuses %s where it stands', (_, step, path, line) => {
    const text = `sluice: 1\nname: x\nstages:\n  main:\n    steps:\n      ${step}\n`;
    expect(readWorkflow(text, ACTIONS).findings).toEqual([]);
    const { text: written, findings } = exportText(text, ACTIONS, 'steps');
    expect(written).toBeUndefined();
    expect(findings.map((each) => [each.path, each.line])).toContainEqual([path, line]);
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
