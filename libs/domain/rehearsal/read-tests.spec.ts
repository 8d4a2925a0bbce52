import { describe, expect, it } from '@jest/globals';
import { planFrom } from '../execution/testing/plan-from.js';
import { ACTIONS } from '../execution/testing/simulate-run.js';
import { parseTests, readTests } from './read-tests.js';
import { Subject } from './subject.js';

const PLAN = planFrom(`build: { DO, compensate: { DO } }
each:
  forEach: { in: [1, 2], as: n }
  steps: { deploy: { DO }, told: { set: { a: 1 } } }
sign: { approval: { by: [approver] } }
shaky: { DO, onFailure: intervene }`);

const SUBJECT = new Subject(ACTIONS, PLAN, { region: { type: 'string' } }, []);

function findingsOf(text: string, subject = SUBJECT) {
  const parsed = parseTests(text);
  const read = parsed.tree === undefined ? undefined : readTests(parsed.tree, subject);
  return [...parsed.findings, ...(read?.findings ?? [])];
}

const one = (test: string) => `tests:\n  - ${test.replaceAll('\n', '\n    ')}`;

describe('readTests', () => {
  it('reads all that can be said', () => {
    const text = `definition: ./x.yaml
mocks: { build: {} }
allow: [test/do]
tests:
  - name: everything
    inputs: { region: eu }
    mocks:
      deploy[1]: [{ when: 'input.n == 1', takes: 5s, output: 1 }, { error: broken }]
      test/do: { error: { code: x, class: transient, message: m, details: [1], retryable: false } }
      build:compensate: {}
    answers:
      sign: { approve: { by: ann, reason: good, inputs: { a: 1 } } }
      shaky: { complete: 3 }
    events: [{ name: go, data: { a: 1 }, after: 1m }]
    clock: 2026-05-01T00:00:00Z
    cancel: { after: 1h, compensate: true }
    expect:
      status: canceled
      output: null
      error: canceled
      check: [status == "canceled", 'steps["build"].attempts == 1']
      steps: { "deploy[0]": { status: succeeded, attempts: 1, input: {}, output: 1, error: { code: a, message: b } } }
      order: [[build, deploy]]
      notRun: ["build:compensate"]`;
    expect(findingsOf(text)).toEqual([]);
    const { file } = readTests(parseTests(text).tree!, SUBJECT);
    expect(file!.tests[0]).toMatchObject({
      name: 'everything',
      line: 5,
      allow: ['test/do'],
      startsAt: Date.parse('2026-05-01T00:00:00Z'),
      cancel: { afterMs: 3_600_000, compensate: true },
      events: [{ name: 'go', data: { a: 1 }, afterMs: 60_000 }],
    });
    expect([...file!.tests[0]!.mocks.keys()]).toEqual(['build', 'deploy[1]', 'test/do', 'build:compensate']);
  });

  it.each<[string, string, string]>([
    [
      'a step that does not exist',
      '{ name: a, mocks: { biuld: {} }, expect: { status: failed } }',
      'mock-unknown',
    ],
    [
      'an action that does not exist',
      '{ name: a, mocks: { test/did: {} }, expect: { status: failed } }',
      'mock-unknown',
    ],
    [
      'one turn too many',
      '{ name: a, mocks: { "deploy[1][2]": {} }, expect: { status: failed } }',
      'mock-unknown',
    ],
    [
      'a key that is none',
      '{ name: a, mocks: { "deploy[x]": {} }, expect: { status: failed } }',
      'mock-unknown',
    ],
    [
      'a mock of what does nothing outside',
      '{ name: a, mocks: { told: {} }, expect: { status: failed } }',
      'mock-needless',
    ],
    [
      'an answer where nobody is asked',
      '{ name: a, answers: { build: approve }, expect: { status: failed } }',
      'answer-misplaced',
    ],
    ['an unknown key', '{ name: a, mock: {}, expect: { status: failed } }', 'key-unknown'],
    [
      'an unknown key of a reply',
      '{ name: a, mocks: { build: { outputs: 1 } }, expect: { status: failed } }',
      'key-unknown',
    ],
    [
      'output and error',
      '{ name: a, mocks: { build: { output: 1, error: x } }, expect: { status: failed } }',
      'value-not-allowed',
    ],
    ['no expectation', '{ name: a }', 'key-missing'],
    ['an empty expectation', '{ name: a, expect: {} }', 'block-empty'],
    ['a status that is none', '{ name: a, expect: { status: done } }', 'value-not-allowed'],
    [
      'an input that is none',
      '{ name: a, inputs: { regoin: 1 }, expect: { status: failed } }',
      'reference-unknown-input',
    ],
    [
      'a step in `steps`',
      '{ name: a, expect: { steps: { none: { attempts: 1 } } } }',
      'reference-unknown-step',
    ],
    ['a step in `order`', '{ name: a, expect: { order: [[build, none]] } }', 'reference-unknown-step'],
    [
      'a step in `check`',
      '{ name: a, expect: { check: steps.none.status == "a" } }',
      'reference-unknown-step',
    ],
    ['a name in `check`', '{ name: a, expect: { check: result == 1 } }', 'reference-unknown-name'],
    ['an expression that is none', '{ name: a, expect: { check: "1 +" } }', 'expression-invalid'],
    [
      'an action that cannot be allowed',
      '{ name: a, allow: [test/did], expect: { status: failed } }',
      'action-unknown',
    ],
    ['a moment that is none', '{ name: a, clock: noon, expect: { status: failed } }', 'moment-invalid'],
    ['a code of findings that is none', '{ name: a, expect: { findings: [wrong] } }', 'value-not-allowed'],
    [
      'a duration that is none',
      '{ name: a, mocks: { build: { takes: long } }, expect: { status: failed } }',
      'duration-invalid',
    ],
    [
      'an answer of two things',
      '{ name: a, answers: { sign: { approve: {}, skip: {} } }, expect: { status: failed } }',
      'value-not-allowed',
    ],
    [
      'an answer of nothing',
      '{ name: a, answers: { sign: {} }, expect: { status: failed } }',
      'value-not-allowed',
    ],
    [
      'an input for another attempt that is none',
      '{ name: a, answers: { shaky: { retry: ls } }, expect: { status: failed } }',
      'type-mismatch',
    ],
    [
      'more events than may be',
      `{ name: a, events: [${'{ name: go }, '.repeat(1_001)}], expect: { status: failed } }`,
      'value-out-of-range',
    ],
    [
      'more replies than may be',
      `{ name: a, mocks: { build: [${'{}, '.repeat(1_001)}] }, expect: { status: failed } }`,
      'value-out-of-range',
    ],
    ['a name without a letter', '{ name: "", expect: { status: failed } }', 'value-out-of-range'],
    [
      'a name that is too long',
      `{ name: ${'a'.repeat(201)}, expect: { status: failed } }`,
      'value-out-of-range',
    ],
    [
      'a reason for skipping that is none',
      '{ name: a, expect: { steps: { build: { skipped: mood } } } }',
      'value-not-allowed',
    ],
    [
      'an event without a name',
      '{ name: a, events: [{ data: 1 }], expect: { status: failed } }',
      'key-missing',
    ],
  ])('refuses %s', (_, test, code) => {
    const findings = findingsOf(one(test));
    expect(findings.map((finding) => finding.code)).toEqual([code]);
    expect(findings[0]).toMatchObject({
      line: 2,
      message: expect.stringMatching(/\.$/),
      hint: expect.stringMatching(/./),
    });
  });

  it.each([
    ['nothing', '', 'type-mismatch'],
    ['a list', '[]', 'type-mismatch'],
    ['no tests', 'tests: []', 'block-empty'],
    ['half of a document', 'tests: [', 'yaml-syntax'],
    [
      'a forbidden key',
      'tests: [{ name: a, inputs: { __proto__: 1 }, expect: { status: failed } }]',
      'key-forbidden',
    ],
    [
      'a bomb of aliases',
      `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]`,
      'alias-expansion',
    ],
    ['two documents', 'tests: []\n---\ntests: []', 'document-second'],
    ['more than 1 MiB', `# ${'x'.repeat(1024 * 1024)}`, 'text-too-large'],
  ])('refuses %s', (_, text, code) => {
    expect(findingsOf(text).map((finding) => finding.code)).toContain(code);
  });

  it.each([
    ['{ skip: {} }', { type: 'skip' }],
    ['skip', { type: 'skip' }],
    ['{ retry: { run: [ls] } }', { type: 'retry', with: { run: ['ls'] } }],
    ['{ complete: [1] }', { type: 'complete', output: [1] }],
  ])('reads the answer %s', (written, answer) => {
    const text = one(`{ name: a, answers: { shaky: ${written} }, expect: { status: failed } }`);
    const { file, findings } = readTests(parseTests(text).tree!, SUBJECT);
    expect(findings).toEqual([]);
    expect(file!.tests[0]!.answers.get('shaky')).toEqual(answer);
  });

  it('refuses two tests of one name, and more than a thousand', () => {
    const test = '{ name: a, expect: { status: failed } }';
    expect(findingsOf(`tests: [${test}, ${test}]`).map(({ code }) => code)).toEqual(['test-name-duplicate']);
    const many = Array.from(
      { length: 1_001 },
      (_, index) => `- { name: t${index}, expect: { status: failed } }`,
    );
    expect(findingsOf(`tests:\n${many.join('\n')}`).map(({ code }) => code)).toEqual(['tests-too-many']);
  });

  it('leaves steps unchecked where the definition itself is wrong', () => {
    const subject = new Subject(ACTIONS, undefined, undefined, ['needs-cycle']);
    expect(
      findingsOf(one('{ name: a, mocks: { none: {} }, expect: { findings: [needs-cycle] } }'), subject),
    ).toEqual([]);
  });
});
