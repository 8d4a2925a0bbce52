import { describe, expect, it } from '@jest/globals';
import { detectPipelines } from '../detect.js';

const MAIN = '.github/workflows/a.yml';

const detect = (text: string) => detectPipelines({ files: [MAIN], texts: new Map([[MAIN, text]]) });

const readJob = (text: string) => detect(text).pipelines[0]!.jobs[0]!;

describe('jobs of GitHub', () => {
  it.each([
    ['both', 'actions/cache@v4', ['key'], ['key']],
    ['what it saves', 'actions/cache/save@v4', ['key'], []],
    ['what it restores', 'actions/cache/restore@v4', [], ['key']],
  ])('give and take through a cache %s', (_, uses, given, taken) => {
    const { caches, gives, takes } = readJob(
      `jobs: { a: { steps: [{ uses: ${uses}, with: { key: key } }] } }`,
    );
    const ofCaches = (flows: typeof gives) =>
      flows.filter(({ kind }) => kind === 'cache').map(({ name }) => name);
    expect(caches.map(({ key }) => key)).toEqual(['key']);
    expect([ofCaches(gives), ofCaches(takes)]).toEqual([given, taken]);
  });

  it.each([
    ['a label', 'ubuntu-latest', ['ubuntu-latest']],
    ['labels', '[self-hosted, linux]', ['self-hosted', 'linux']],
    ['a group of machines', '{ group: big, labels: [linux] }', ['group big', 'linux']],
    ['a group alone', '{ group: big }', ['group big']],
  ])('run on %s', (_, runner, expected) => {
    expect(readJob(`jobs: { a: { runs-on: ${runner}, steps: [] } }`).runner).toEqual(expected);
  });

  it('are started by events, whatever they are called', () => {
    const { pipelines } = detect('on: [constructor, workflow_call]\njobs: {}');
    expect(pipelines[0]?.triggers.map(({ kind, event }) => [kind, event])).toEqual([
      ['event', 'constructor'],
      ['call', 'workflow_call'],
    ]);
  });

  it('leave out steps that do nothing, with a note where one is no map', () => {
    const text = 'jobs:\n  a:\n    steps:\n      - run: make\n      - name: empty\n      - words\n';
    expect(readJob(text).steps).toHaveLength(1);
    expect(detect(text).unread.map(({ code, place }) => [code, place.line])).toEqual([
      ['shape-unexpected', 6],
    ]);
  });
});

describe('what is found in workflows of GitHub', () => {
  const messagesOf = (text: string, wanted: string) =>
    detect(text).findings.flatMap(({ code, message }) => (code === wanted ? [message] : []));

  it.each([
    [
      'no job',
      'jobs: { a: { steps: [] }, b: { steps: [] } }',
      ['Nothing says what the token may do in any job, so the settings of the repository decide.'],
    ],
    [
      'one job',
      'jobs: { a: { permissions: {}, steps: [] }, b: { steps: [] } }',
      ['Nothing says what the token may do in b, so the settings of the repository decide.'],
    ],
    ['all jobs', 'jobs: { a: { permissions: {}, steps: [] } }', []],
    ['the whole', 'permissions: {}\njobs: { a: { steps: [] } }', []],
  ])('rights that %s says', (_, text, expected) => {
    expect(messagesOf(text, 'permissions-absent')).toEqual(expected);
  });
});
