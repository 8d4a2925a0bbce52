import { describe, expect, it } from '@jest/globals';
import { type Facts, generateFrom } from '../testing/generate-from.js';

const NODE = {
  'package.json': JSON.stringify({ scripts: { test: 'node run.js', build: 'x', lint: 'y' } }),
  'package-lock.json': '{}',
};

function readBy(files: Facts['files']) {
  const { tree, explanations, notes } = generateFrom({ files });
  const steps = Object.values(tree.stages).flatMap((stage) => Object.entries(stage.steps));
  const inputs = tree.inputs as Record<string, { default?: unknown }>;
  const command = (id: string) => {
    const run = steps.find(([each]) => each === id)?.[1].with?.['run'];
    return typeof run === 'string' ? inputs[id]?.default : run;
  };
  const why = (id: string) => explanations.find(({ path }) => path.endsWith(`.steps.${id}`));
  return {
    ids: steps.map(([id]) => id),
    command,
    why,
    notes: notes.map(({ text }) => text).join('\n'),
    steps: Object.fromEntries(steps),
  };
}

describe('commands of jobs', () => {
  const cases: readonly (readonly [file: string, text: string, line: number])[] = [
    [
      '.github/workflows/ci.yml',
      'jobs:\n  t:\n    steps:\n      - run: |\n          set -e\n          npm test -- --ci\n',
      6,
    ],
    [
      '.gitlab-ci.yml',
      'stages: [t]\n.hidden:\n  script: [npm run no]\nt:\n  before_script: [npm ci]\n  script:\n    - npm test -- --ci\n',
      7,
    ],
    [
      'azure-pipelines.yml',
      'jobs:\n  - job: t\n    steps:\n      - task: NodeTool@0\n      - script: npm test -- --ci\n',
      5,
    ],
    [
      '.circleci/config.yml',
      'jobs:\n  t:\n    steps:\n      - checkout\n      - run: { name: tests, command: npm test -- --ci }\n',
      5,
    ],
    [
      'Jenkinsfile',
      "pipeline {\n  stages {\n    stage('t') {\n      steps {\n        sh 'npm test -- --ci'\n      }\n    }\n  }\n}\n",
      5,
    ],
  ];
  it.each(cases)('of %s go over what is guessed, with file and line', (file, text, line) => {
    const { command, why } = readBy({ ...NODE, [file]: text });
    expect(command('test')).toEqual(['npm', 'test', '--', '--ci']);
    expect(why('test')).toMatchObject({
      confidence: 'certain',
      reason: `The job \`t\` of ${file} does so, in place of \`npm test\`.`,
    });
    expect(why('test')?.evidence[0]).toEqual({ file, line });
  });

  const workflow = (...lines: readonly string[]) => ({
    '.github/workflows/ci.yml': `jobs:\n  one:\n    steps:\n${lines.map((line) => `      - run: ${line}\n`).join('')}`,
  });

  it('confirm what is the same', () => {
    const { why } = readBy({ ...NODE, ...workflow('npm ci', 'npm run lint') });
    expect(why('install')?.reason).toContain('The job `one` of .github/workflows/ci.yml does the same.');
    expect(why('lint')?.confidence).toBe('certain');
  });

  it('say whether tests come before the build', () => {
    expect(readBy({ ...NODE, ...workflow('npm test', 'npm run build') }).steps).toMatchObject({
      build: { needs: ['test'] },
    });
    expect(readBy({ ...NODE, ...workflow('npm run build', 'npm test') }).steps).toMatchObject({
      test: { needs: ['build'] },
    });
  });

  it('add what the build files do not tell', () => {
    const { command } = readBy({ ...NODE, ...workflow('npx vitest run', 'npm test') });
    expect([command('test'), command('test-2')]).toEqual([
      ['npm', 'test'],
      ['npx', 'vitest', 'run'],
    ]);
  });

  it('run in the folder that the job names', () => {
    const files = Object.fromEntries(Object.entries(NODE).map(([path, text]) => [`web/${path}`, text]));
    const { command } = readBy({ ...files, ...workflow('cd web && npm test -- --all') });
    expect(command('test')).toEqual(['npm', 'test', '--', '--all']);
  });

  it('are put into the virtual environment of Python', () => {
    const files = {
      'requirements.txt': 'pytest\n',
      ...workflow('pip install -r requirements.txt', 'pytest -q --junitxml=out/t.xml'),
    };
    const { command, steps } = readBy(files);
    expect(command('install')).toEqual([
      '.venv/bin/python',
      '-m',
      'pip',
      'install',
      '-r',
      'requirements.txt',
    ]);
    expect(command('test')).toEqual(['.venv/bin/python', '-m', 'pytest', '-q', '--junitxml=out/t.xml']);
    expect(steps['report']?.with).toEqual({ files: 'out/t.xml' });
  });

  it.each([
    'npm publish',
    'npm run deploy',
    'docker push a/b',
    'terraform apply -auto-approve',
    'helm upgrade --install a .',
  ])('that change something outside are left out: %s', (line) => {
    const { ids, notes } = readBy({ ...NODE, ...workflow(line) });
    expect(notes).toContain(`It changes something outside, so it was left out: ${line}`);
    expect(ids).toEqual(['checkout', 'tools', 'install', 'lint', 'build', 'test']);
  });

  it.each([
    'npm test | tee log',
    'npm test -- $FLAGS',
    'npm test -- ${{ matrix.a }}',
    'A=1 npm test',
    'npm test > log',
    '"npm test -- `x`"',
  ])('that a shell would read otherwise are told, not taken: %s', (line) => {
    const { command, notes } = readBy({ ...NODE, ...workflow(line) });
    expect(command('test')).toEqual(['npm', 'test']);
    expect(notes).toContain('1 line is more than a program and its arguments');
  });

  it('of no project are told', () => {
    expect(readBy({ ...NODE, ...workflow('tallyman count') }).notes).toContain(
      'belong to no project that was found, hence left out: tallyman count',
    );
  });
});
