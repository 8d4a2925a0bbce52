import { describe, expect, it } from '@jest/globals';
import { detectPipelines } from '../detect.js';

const MAIN = '.gitlab-ci.yml';

const detect = (text: string, more: Readonly<Record<string, string>> = {}) => {
  const texts = new Map(Object.entries({ [MAIN]: text, ...more }));
  return detectPipelines({ files: [...texts.keys()], texts });
};

const readFirst = (text: string, more: Readonly<Record<string, string>> = {}) =>
  detect(text, more).pipelines[0]!;

const triggersOf = (text: string) =>
  readFirst(text).triggers.map(({ kind, event, branches, paths }) =>
    [kind, event, ...(branches ?? []), ...(paths ?? [])].filter((each) => each !== undefined).join(' '),
  );

const notesOf = (text: string, more: Readonly<Record<string, string>> = {}) =>
  detect(text, more).unread.map(({ code, place: { file, line } }) => `${code} ${file}:${line}`);

describe('what starts a pipeline of GitLab', () => {
  it.each([
    ['nothing said', 'a: { script: x }', ['push', 'tag']],
    [
      'refs by name',
      'a: { script: x, only: [main, merge_requests, tags] }',
      ['push main', 'pull-request', 'tag'],
    ],
    [
      'refs in a map',
      'a: { script: x, only: { refs: [schedules, web, api, pipelines] } }',
      ['schedule', 'manual', 'event api', 'call'],
    ],
    ['one ref alone', 'a: { script: x, only: branches }', ['push']],
    ['a branch named as objects are', 'a: { script: x, only: [constructor] }', ['push constructor']],
    [
      'a source named as objects are',
      `a: { script: x, rules: [{ if: '$CI_PIPELINE_SOURCE == "toString"' }] }`,
      ['event toString'],
    ],
    [
      'a source that few know',
      `a: { script: x, rules: [{ if: '$CI_PIPELINE_SOURCE == "chat"' }] }`,
      ['event chat'],
    ],
    [
      'branches of two jobs',
      'a: { script: x, only: [main] }\nb: { script: x, only: [next] }',
      ['push main next'],
    ],
    [
      'one job without a filter',
      'a: { script: x, only: [main] }\nb: { script: x, only: [branches] }',
      ['push'],
    ],
    [
      'rules of the whole',
      "workflow: { rules: [{ if: '$CI_COMMIT_TAG', when: never }, { if: '$CI_COMMIT_BRANCH == \"main\"', changes: [src/**] }] }\na: { script: x }",
      ['push main src/**'],
    ],
    [
      'inputs, which a person fills in',
      'spec: { inputs: { a: {} } }\n---\nx: { script: x, only: [main] }',
      ['push main', 'manual'],
    ],
    [
      'inputs of what a person starts anyway',
      'spec: { inputs: { a: {} } }\n---\nx: { script: x, only: [web] }',
      ['manual'],
    ],
  ])('%s', (_, text, expected) => {
    expect(triggersOf(text)).toEqual(expected);
  });
});

describe('what a person may give to a pipeline of GitLab', () => {
  it('are its inputs, and the variables that are described', () => {
    const text = [
      'spec:',
      '  inputs:',
      '    name: {}',
      '    count: { type: number, default: 3 }',
      '    kinds: { type: array, default: [a, { deep: true }] }',
      '    where: { options: [eu, us], default: eu }',
      '    odd: { type: constructor }',
      '---',
      'variables:',
      '  SILENT: x',
      '  MODE: { description: How, value: fast, options: [fast, slow] }',
      '  NOTE: { description: Why }',
      'a: { script: x }',
    ];
    const inputs = readFirst(text.join('\n')).inputs.map(({ place, ...rest }) => ({
      ...rest,
      line: place.line,
    }));
    expect(inputs).toEqual([
      { name: 'name', type: 'text', required: true, line: 3 },
      { name: 'count', type: 'number', required: false, default: 3, line: 4 },
      { name: 'kinds', type: 'list', required: false, default: ['a', { deep: true }], line: 5 },
      { name: 'where', type: 'choice', required: false, default: 'eu', choices: ['eu', 'us'], line: 6 },
      { name: 'odd', type: 'text', required: true, line: 7 },
      { name: 'MODE', type: 'choice', required: false, default: 'fast', choices: ['fast', 'slow'], line: 11 },
      { name: 'NOTE', type: 'text', required: false, line: 12 },
    ]);
  });
});

const commandsOf = (text: string, more: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(
    readFirst(text, more).jobs.map(({ id, steps }) => [id, steps.map(({ command }) => command?.text)]),
  );

describe('jobs of GitLab', () => {
  const spec = `spec:
  inputs:
    name: { default: all }
    lines: { type: array, default: [one, two] }
    must: {}
---
"$[[ inputs.name ]]-job":
  script:
    - "echo $[[ inputs.name | truncate(0,8) ]] $[[ inputs.must ]]"
    - $[[ inputs.lines ]]
    - "$[[ inputs.lines ]] as text"
    - plain
  allow_failure: ~
`;

  it('have what was handed to a file in the places of its inputs', () => {
    const main = 'include: { local: /b.yml, inputs: { name: web, must: 1 } }\n';
    expect(commandsOf(main, { 'b.yml': spec })).toEqual({
      'web-job': ['echo web 1', 'one', 'two', '$[[ inputs.lines ]] as text', 'plain'],
    });
  });

  it('have the initial values in those places, and what has none stays as it is', () => {
    expect(commandsOf(spec)).toEqual({
      'all-job': ['echo all $[[ inputs.must ]]', 'one', 'two', '$[[ inputs.lines ]] as text', 'plain'],
    });
  });

  it('come from every file that a pattern names', () => {
    const more = {
      'ci/a.yml': 'a: { script: a }',
      'ci/b.yml': 'b: { script: b }',
      'other.yml': 'c: { script: c }',
    };
    expect(commandsOf('include: /ci/*.yml\n', more)).toEqual({ a: ['a'], b: ['b'] });
  });

  it('have the axes of a matrix, whatever they are called', () => {
    const text =
      'a: { script: x, parallel: { matrix: [{ constructor: [a, b], __proto__: c }, { constructor: [b, d] }] } }';
    const { axes, size } = readFirst(text).jobs[0]!.matrix!;
    expect({ axes: Object.entries(axes), size }).toEqual({
      axes: [
        ['constructor', ['a', 'b', 'd']],
        ['__proto__', ['c']],
      ],
      size: 4,
    });
  });

  it('of a pipeline that a job starts are read once, as one that is called', () => {
    const start = '{ trigger: { include: /child.yml } }';
    const { pipelines } = detect(`a: ${start}\nb: ${start}\n`, { 'child.yml': 'c: { script: make }' });
    expect(
      pipelines.map(({ name, triggers, jobs }) => [name, triggers.map(({ kind }) => kind), jobs.length]),
    ).toEqual([
      [MAIN, ['push', 'tag'], 2],
      ['child.yml', ['call'], 1],
    ]);
  });
});

describe('what a pipeline of GitLab includes from elsewhere', () => {
  it.each([
    ['a template of the platform', '{ template: Auto.yml }', ['Auto.yml', 'fixed']],
    ['an address', 'https://example.org/a.yml', ['https://example.org/a.yml', 'none']],
    ['a remote', '{ remote: https://example.org/a.yml }', ['https://example.org/a.yml', 'none']],
    [
      'a remote with a digest',
      '{ remote: https://example.org/a.yml, integrity: sha256-x }',
      ['https://example.org/a.yml', 'fixed'],
    ],
    ['a project', '{ project: team/ci, file: a.yml }', ['team/ci', 'none']],
    ['a project at a tag', '{ project: team/ci, ref: v1.2 }', ['team/ci', 'version', 'v1.2']],
    ['a component', '{ component: gitlab.com/team/lint }', ['gitlab.com/team/lint', 'none']],
    [
      'a component at a version',
      '{ component: gitlab.com/team/lint@1.2.3 }',
      ['gitlab.com/team/lint', 'version', '1.2.3'],
    ],
    [
      'a component at the newest',
      '{ component: gitlab.com/team/lint@~latest }',
      ['gitlab.com/team/lint', 'branch', '~latest'],
    ],
  ])('%s', (_, include, expected) => {
    const text = `include: [${include}]\na: { script: x }`;
    const uses = readFirst(text).uses.map(({ name, pinning, version }) =>
      version === undefined ? [name, pinning] : [name, pinning, version],
    );
    expect(uses).toEqual([expected]);
    expect(notesOf(text)).toEqual([`reference-remote ${MAIN}:1`]);
  });
});

describe('what was not read of a pipeline of GitLab', () => {
  const many = Array.from({ length: 160 }, (_, n) => n);
  it.each<readonly [string, string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'an include of nothing',
      'include: [{ file: a.yml }]\na: { script: x }',
      {},
      [`shape-unexpected ${MAIN}:1`],
    ],
    [
      'more files than the platform includes',
      'include: /ci/*.yml\n',
      Object.fromEntries(many.map((n) => [`ci/${n}.yml`, `j${n}: { script: x }`])),
      [`expansion-too-large ${MAIN}:1`],
    ],
    ['a job without work', 'a: { script: x }\nb: { stage: test }', {}, [`shape-unexpected ${MAIN}:2`]],
    [
      'a reference to nothing',
      'a: { script: [!reference [.no, script], x] }',
      {},
      [`reference-missing ${MAIN}:1`],
    ],
    [
      'a job that waits for nobody, unless it need not be there',
      'a: { script: x, needs: [b, { job: c, optional: true }] }',
      {},
      [`reference-missing ${MAIN}:1`],
    ],
    ['a job that extends nothing', 'a: { extends: .no, script: x }', {}, [`reference-missing ${MAIN}:1`]],
  ])('%s', (_, text, more, expected) => {
    expect(notesOf(text, more)).toEqual(expected);
  });

  it('is that alone: what is included up to the limit counts', () => {
    const files = Object.fromEntries(many.map((n) => [`ci/${n}.yml`, `j${n}: { script: x }`]));
    expect(readFirst('include: /ci/*.yml\n', files).jobs).toHaveLength(150);
  });
});
