import { describe, expect, it } from '@jest/globals';
import { detectPipelines } from '../detect.js';

const MAIN = 'azure-pipelines.yml';

const detect = (text: string, more: Readonly<Record<string, string>> = {}) => {
  const texts = new Map(Object.entries({ [MAIN]: text, ...more }));
  return detectPipelines({ files: [...texts.keys()], texts });
};

const readFirst = (text: string, more: Readonly<Record<string, string>> = {}) =>
  detect(text, more).pipelines[0]!;

const notesOf = (text: string, more: Readonly<Record<string, string>> = {}) =>
  detect(text, more).unread.map(({ code, place: { file, line } }) => `${code} ${file}:${line}`);

const commandsOf = (text: string, more: Readonly<Record<string, string>> = {}) =>
  readFirst(text, more).jobs.flatMap(({ steps }) => steps.map(({ command }) => command?.text));

describe('what starts a pipeline of Azure', () => {
  it.each([
    ['nothing said', 'steps: []', ['push']],
    ['nothing', 'trigger: none', []],
    ['pushes of tags alone', 'trigger: { tags: { include: [v*] } }', ['tag v*']],
    [
      'a pipeline before it',
      'trigger: none\nresources: { pipelines: [{ pipeline: a, trigger: true }] }',
      ['call pipeline'],
    ],
    [
      'a pipeline that does not start it',
      'trigger: none\nresources: { pipelines: [{ pipeline: a, trigger: none }, { pipeline: b }] }',
      [],
    ],
    [
      'hours',
      'trigger: none\nschedules: [{ cron: 0 3 * * *, branches: { include: [main] } }]',
      ['schedule 0 3 * * * main'],
    ],
    ['pull requests', 'trigger: none\npr: [main]', ['pull-request main']],
  ])('%s', (_, text, expected) => {
    const shown = readFirst(`${text}\n`).triggers.map(({ kind, event, cron, branches, tags }) =>
      [kind, event, cron, ...(branches ?? []), ...(tags ?? [])]
        .filter((each) => each !== undefined)
        .join(' '),
    );
    expect(shown).toEqual(expected);
  });

  it('has inputs of the types that are known; any other is a text', () => {
    const types = ['boolean', 'number', 'object', 'stringList', 'string', 'constructor'];
    const text = `parameters: [${types.map((type) => `{ name: ${type}, type: ${type} }`).join(', ')}]\nsteps: []`;
    expect(readFirst(text).inputs.map(({ type }) => type)).toEqual([
      ...['boolean', 'number', 'object', 'list', 'text', 'text'],
    ]);
  });
});

describe('jobs of Azure', () => {
  it('come from the template that a pipeline extends, with its parameters', () => {
    const template = [
      'parameters: [{ name: target, default: all }]',
      'stages:',
      '  - stage: Build',
      '    jobs:',
      '      - job: make',
      '        steps: [{ script: "make ${{ parameters.target }}" }]',
    ];
    const text = 'extends: { template: ci/base.yml, parameters: { target: web } }\n';
    const pipeline = readFirst(text, { 'ci/base.yml': template.join('\n') });
    expect(pipeline.jobs.map(({ id, steps }) => [id, steps[0]?.command?.text])).toEqual([
      ['Build.make', 'make web'],
    ]);
  });

  it('come from templates of jobs, found beside the file that names them', () => {
    const more = {
      'ci/jobs.yml': 'jobs: [{ job: a, steps: [{ script: a }] }, { template: more.yml }]',
      'ci/more.yml': 'jobs: [{ job: b, steps: [{ script: b }] }]',
    };
    const { jobs } = readFirst('jobs: [{ template: ci/jobs.yml }, { job: c, dependsOn: a }]', more);
    expect(jobs.map(({ id, needs }) => [id, ...needs])).toEqual([['a'], ['b'], ['c', 'a']]);
  });

  it('are repeated for each value of a list, and each pair of a map', () => {
    const text = [
      'parameters:',
      '  - { name: tools, type: object, default: { npm: test, make: all } }',
      '  - { name: places, type: object, default: [eu, us] }',
      'steps:',
      '  - ${{ each tool in parameters.tools }}:',
      '    - script: ${{ tool.key }} ${{ tool.value }}',
      '  - ${{ each place in parameters.places }}:',
      '    - script: deploy ${{ place }}',
    ];
    expect(commandsOf(text.join('\n'))).toEqual(['npm test', 'make all', 'deploy eu', 'deploy us']);
  });

  it('take what their expressions name of other stages and jobs', () => {
    const text = [
      'stages:',
      '  - stage: A',
      '    jobs: [{ job: b, steps: [{ script: x }] }]',
      '  - stage: C',
      '    jobs:',
      '      - job: d',
      "        condition: eq(stageDependencies.A.b.outputs['s.v'], dependencies.e.outputs['s.w'])",
      '        steps: [{ script: x }]',
    ];
    const [, last] = readFirst(text.join('\n')).jobs;
    expect(last?.takes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'output A',
      'output b',
      'output e',
    ]);
  });

  it('are several at once where they say so, if they say how many', () => {
    const text = 'jobs: [{ job: a, strategy: { parallel: 4 } }, { job: b, strategy: { parallel: $(n) } }]';
    expect(readFirst(text).jobs.map(({ matrix }) => matrix)).toEqual([{ axes: {}, size: 4 }, { axes: {} }]);
  });

  it('give artifacts, and take them by name, or any where the name is known at run time only', () => {
    const tasks = [
      'PublishPipelineArtifact@1, inputs: { artifact: app }',
      'DownloadPipelineArtifact@2, inputs: { artifactName: app }',
      'DownloadBuildArtifacts@1, inputs: { artifactName: $(name) }',
    ];
    const [job] = readFirst(`steps: [${tasks.map((task) => `{ task: ${task} }`).join(', ')}]`).jobs;
    expect(job?.gives).toContainEqual({ kind: 'artifact', name: 'app' });
    expect(job?.takes).toEqual([{ kind: 'artifact', name: 'app' }, { kind: 'artifact' }]);
  });

  it('run in the images of the file, which are used by the whole', () => {
    const text =
      'resources: { containers: [{ container: a, image: "node:20" }, { container: b }] }\nsteps: []';
    expect(readFirst(text).uses.map(({ name, version }) => `${name} ${version}`)).toEqual(['node 20']);
  });

  it('have tasks, whatever they are called', () => {
    const text = 'steps: [{ task: constructor }, { task: Npm@1, inputs: { command: ci } }]';
    const [job] = readFirst(text).jobs;
    expect(job?.steps.map(({ use, command }) => use?.name ?? command?.text)).toEqual([
      ...['constructor', 'Npm', 'npm ci'],
    ]);
  });
});

describe('what was not read of a pipeline of Azure', () => {
  it.each<readonly [string, string, string]>([
    [
      'a template whose name is computed',
      'steps: [{ template: "${{ variables.t }}.yml" }]',
      'made-at-run-time',
    ],
    [
      'a stage that waits for nobody',
      'stages: [{ stage: a, dependsOn: b, jobs: [{ job: c }] }]',
      'reference-missing',
    ],
    ['a job that waits for nobody', 'jobs: [{ job: a, dependsOn: b }]', 'reference-missing'],
    ['a job that is no map', 'jobs: [a]', 'shape-unexpected'],
  ])('%s', (_, text, code) => {
    expect(notesOf(text)).toEqual([`${code} ${MAIN}:1`]);
  });

  it.each([
    ['refs/heads/main', 'branch'],
    ['refs/tags/v1', 'version'],
    ['refs/tags/stable', 'branch'],
  ])('a template of another repository at %s is used as a %s', (ref, pinning) => {
    const text = `resources: { repositories: [{ repository: shared, ref: ${ref} }] }\nsteps: [{ template: a.yml@shared }]`;
    expect(readFirst(text).uses).toMatchObject([{ name: 'a.yml@shared', version: ref, pinning }]);
    expect(notesOf(text)).toEqual([`reference-remote ${MAIN}:2`]);
  });
});
