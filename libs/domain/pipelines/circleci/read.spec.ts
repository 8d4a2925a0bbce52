import { describe, expect, it } from '@jest/globals';
import { detectPipelines } from '../detect.js';

const MAIN = '.circleci/config.yml';

const detect = (text: string) => detectPipelines({ files: [MAIN], texts: new Map([[MAIN, text]]) });

const readFirst = (text: string) => detect(text).pipelines[0]!;

const notesOf = (text: string) =>
  detect(text).unread.map(({ code, place: { file, line } }) => `${code} ${file}:${line}`);

describe('what starts a workflow of CircleCI', () => {
  const within = (workflow: string) => `jobs: { a: { steps: [] } }\nworkflows:\n  w: ${workflow}\n`;
  it.each([
    ['every push', '{ jobs: [a] }', ['push']],
    [
      'its hours alone',
      '{ triggers: [{ schedule: { cron: 0 3 * * *, filters: { branches: { only: main } } } }], jobs: [a] }',
      ['schedule 0 3 * * * main'],
    ],
    ['pushes, where a trigger names no hours', '{ triggers: [{ schedule: {} }], jobs: [a] }', ['push']],
    [
      'the branches of its jobs',
      '{ jobs: [a: { filters: { branches: { only: [main, next] } } }] }',
      ['push main next'],
    ],
    [
      'tags alone',
      '{ jobs: [a: { filters: { branches: { ignore: /.*/ }, tags: { only: /v.*/ } } }] }',
      ['tag /v.*/'],
    ],
  ])('%s', (_, workflow, expected) => {
    const shown = readFirst(within(workflow)).triggers.map(({ kind, cron, branches, tags }) =>
      [kind, cron, ...(branches ?? []), ...(tags ?? [])].filter((each) => each !== undefined).join(' '),
    );
    expect(shown).toEqual(expected);
  });

  it('is a person too, where it has parameters', () => {
    const text = `parameters:
  deep: { type: boolean, default: false }
  count: { type: integer }
  where: { type: enum, enum: [eu, us], default: eu }
  odd: { type: constructor, default: x }
${within('{ jobs: [a] }')}`;
    const { triggers, inputs } = readFirst(text);
    expect(triggers.map(({ kind }) => kind)).toEqual(['push', 'manual']);
    expect(inputs.map(({ place: _, ...rest }) => rest)).toEqual([
      { name: 'deep', type: 'boolean', required: false, default: false },
      { name: 'count', type: 'number', required: true },
      { name: 'where', type: 'choice', required: false, default: 'eu', choices: ['eu', 'us'] },
      { name: 'odd', type: 'text', required: false, default: 'x' },
    ]);
  });
});

describe('jobs of CircleCI', () => {
  it('are several at once where they say so', () => {
    const text = 'jobs: { a: { parallelism: 4, steps: [] }, b: { parallelism: 1, steps: [] } }';
    expect(readFirst(text).jobs.map(({ matrix }) => matrix?.size)).toEqual([4, undefined]);
  });

  it('are told apart, whatever they are called', () => {
    const text =
      'jobs: { a: { steps: [] } }\nworkflows: { w: { jobs: [a, a, a: { name: a-1, requires: [a] }, a] } }';
    expect(readFirst(text).jobs.map(({ id }) => id)).toEqual(['a', 'a-1', 'a-1-1', 'a-2']);
    expect(notesOf(text)).toEqual([]);
  });

  it('use what orbs offer, and do what they hand to them', () => {
    const text = `orbs: { node: circleci/node@5.1.0, cache: team/cache@dev:first, slack: team/slack@volatile, other: team/x@<<v>> }
jobs:
  a:
    steps:
      - node/install-packages: { pkg-manager: npm }
      - team/wrap: { inner: [{ run: make }, checkout] }
`;
    const { jobs, uses } = readFirst(text);
    const [job] = jobs;
    expect(uses.map(({ pinning }) => pinning)).toEqual(['fixed', 'branch', 'branch', 'computed']);
    expect(job?.caches.map(({ key }) => key)).toEqual(['node/install-packages']);
    expect(job?.steps.map(({ use, command, with: given }) => [use?.name ?? command?.text, given])).toEqual([
      ['node/install-packages', { 'pkg-manager': 'npm' }],
      ['team/wrap', undefined],
      ['make', undefined],
      ['checkout', undefined],
    ]);
  });

  it('run in an image whose version is known at run time only', () => {
    const text = 'jobs: { a: { docker: [{ image: "node:<< pipeline.parameters.v >>" }], steps: [] } }';
    expect(readFirst(text).jobs[0]?.images).toMatchObject([{ name: 'node', pinning: 'computed' }]);
  });
});

describe('what was not read of CircleCI', () => {
  it.each([
    ['a step that is no name', 'jobs: { a: { steps: [[x]] } }', 'shape-unexpected'],
    ['a command that nobody declared', 'jobs: { a: { steps: [nobody] } }', 'reference-missing'],
    ['an executor that nobody declared', 'jobs: { a: { executor: nobody, steps: [] } }', 'reference-missing'],
    ['what a setup makes', 'setup: true\njobs: { a: { steps: [] } }', 'made-at-run-time'],
    [
      'a job that waits for nobody',
      'workflows: { w: { jobs: [a: { requires: [b] }] } }\njobs: { a: { steps: [] } }',
      'reference-missing',
    ],
    ['a job that nobody declared', 'workflows: { w: { jobs: [nobody] } }', 'reference-missing'],
  ])('%s', (_, text, code) => {
    expect(notesOf(text)).toEqual([`${code} ${MAIN}:1`]);
  });
});
