import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { detectPipelines } from './detect.js';
import { readPipelines } from './read-pipelines.js';
import { UNREAD_CODES } from './unread.js';

const GITHUB = '.github/workflows/a.yml';
const GITLAB = '.gitlab-ci.yml';
const AZURE = 'azure-pipelines.yml';
const CIRCLE = '.circleci/config.yml';
const JENKINS = 'Jenkinsfile';
const FILES = [GITHUB, GITLAB, AZURE, CIRCLE, JENKINS];

const detect = (texts: Readonly<Record<string, string>>, more: readonly string[] = []) =>
  detectPipelines({ files: [...Object.keys(texts), ...more], texts: new Map(Object.entries(texts)) });

const codesOf = (texts: Readonly<Record<string, string>>) => [
  ...new Set(detect(texts).unread.map(({ code }) => code)),
];

/** Nine levels of ten aliases each: a thousand million values where each is written out. */
const BOMB = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${[...'bcdefghi']
  .map(
    (name, index) =>
      `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefgh'[index]}`).join(', ')}]`,
  )
  .join('\n')}\n`;

describe('what is hostile gets a note, and ends nothing', () => {
  const cases: readonly (readonly [what: string, files: Readonly<Record<string, string>>, code: string])[] = [
    ['10 MB', { [GITHUB]: `jobs:\n${'  # x\n'.repeat(1_700_000)}` }, 'text-too-large'],
    ['broken YAML', { [GITHUB]: 'jobs: [' }, 'syntax-wrong'],
    ['lists within lists', { [GITLAB]: `a: ${'['.repeat(300)}${']'.repeat(300)}` }, 'nesting-too-deep'],
    ['lists that are never closed', { [GITLAB]: `a: ${'['.repeat(50_000)}` }, 'syntax-wrong'],
    [
      'maps within maps',
      { [AZURE]: Array.from({ length: 150 }, (_, n) => `${' '.repeat(n)}a:`).join('\n') },
      'nesting-too-deep',
    ],
    ['a bomb of aliases in scripts', { [GITLAB]: `${BOMB}job:\n  script: *i\n` }, 'expansion-too-large'],
    ['a bomb of aliases in steps', { [AZURE]: `${BOMB}steps: *i\n` }, 'expansion-too-large'],
    ['an anchor within itself', { [GITHUB]: 'jobs: &a\n  b: *a\n' }, 'reference-missing'],
    ['merge keys that grow', { [GITLAB]: mergeBomb() }, 'expansion-too-large'],
    [
      'jobs that wait for each other',
      { [GITHUB]: 'jobs:\n  a: { needs: b, steps: [] }\n  b: { needs: a, steps: [] }\n' },
      'needs-circular',
    ],
    [
      'a job that waits for itself',
      { [CIRCLE]: 'jobs: { a: { steps: [] } }\nworkflows: { w: { jobs: [a: { requires: [a] }] } }\n' },
      'needs-circular',
    ],
    [
      'a job that waits for none',
      { [GITHUB]: 'jobs:\n  a: { needs: nobody, steps: [] }\n' },
      'reference-missing',
    ],
    [
      'a file that includes itself',
      { [GITLAB]: 'include: .gitlab-ci.yml\na: { script: x }\n' },
      'reference-circular',
    ],
    [
      'files that include each other',
      { [GITLAB]: 'include: /b.yml\na: { script: x }\n', 'b.yml': 'include: [{ local: .gitlab-ci.yml }]\n' },
      'reference-circular',
    ],
    [
      'jobs that extend each other',
      { [GITLAB]: '.a: { extends: .b }\n.b: { extends: .a }\nc: { extends: .a, script: x }\n' },
      'reference-circular',
    ],
    [
      'references that refer to each other',
      { [GITLAB]: 'a: { script: [!reference [b, script]] }\nb: { script: [!reference [a, script]] }\n' },
      'reference-circular',
    ],
    [
      'an include that is not there',
      { [GITLAB]: 'include: /none.yml\na: { script: x }\n' },
      'reference-missing',
    ],
    [
      'a template that includes itself',
      { [AZURE]: 'steps: [{ template: t.yml }]\n', 't.yml': 'steps: [{ template: t.yml }]\n' },
      'reference-circular',
    ],
    [
      'templates that double',
      { [AZURE]: 'steps: [{ template: t0.yml }]\n', ...doubling() },
      'expansion-too-large',
    ],
    [
      'commands that call each other',
      { [CIRCLE]: 'commands:\n  a: { steps: [b] }\n  b: { steps: [a] }\njobs: { build: { steps: [a] } }\n' },
      'reference-circular',
    ],
    [
      'actions that use each other',
      {
        [GITHUB]: 'jobs: { a: { steps: [{ uses: ./x }] } }\n',
        'x/action.yml': 'runs: { steps: [{ uses: ./x }] }\n',
      },
      'reference-circular',
    ],
    ['keys that nobody knows', { [GITHUB]: 'jobs: {}\nsurprise: 1\n' }, 'key-unknown'],
    ['a list in place of a map', { [GITLAB]: '- 1\n- 2\n' }, 'shape-unexpected'],
    [
      'more jobs than anybody has',
      { [GITHUB]: `jobs:\n${Array.from({ length: 2_100 }, (_, n) => `  j${n}: { steps: [] }\n`).join('')}` },
      'jobs-too-many',
    ],
    [
      'more notes than anybody reads',
      { [GITHUB]: `jobs: {}\n${Array.from({ length: 600 }, (_, n) => `x${n}: 1\n`).join('')}` },
      'notes-omitted',
    ],
    ['a text of Groovy that never ends', { [JENKINS]: "node { sh 'make }" }, 'syntax-wrong'],
    ['a long text that never ends', { [JENKINS]: `sh '''a' \n`.repeat(3_001) }, 'syntax-wrong'],
    ['an expression that never ends', { [JENKINS]: 'sh "${a' }, 'syntax-wrong'],
    ['a comment that never ends', { [JENKINS]: 'node { /* ' }, 'syntax-wrong'],
    ['a brace too many', { [JENKINS]: 'node { } }' }, 'syntax-wrong'],
    ['blocks within blocks', { [JENKINS]: "dir('a') { ".repeat(2_000) }, 'nesting-too-deep'],
    ['brackets within brackets', { [JENKINS]: `x = ${'('.repeat(2_000)}` }, 'nesting-too-deep'],
    ['branches that code makes', { [JENKINS]: 'parallel makeBranches()\n' }, 'made-at-run-time'],
    ['another repository', { [AZURE]: 'steps: [{ template: a.yml@other }]\n' }, 'reference-remote'],
  ];

  it.each(cases)('%s', (_, files, code) => {
    expect(codesOf(files)).toContain(code);
  });

  it('a file that is there but was not handed in', () => {
    const { unread } = detect({ [GITLAB]: 'include: /b.yml\n' }, ['b.yml']);
    expect(unread.map(({ code }) => code)).toEqual(['text-absent']);
  });

  it('is told with every code that there is', () => {
    const told = new Set([...cases.map(([, , code]) => code), 'text-absent']);
    expect([...told].sort()).toEqual(Object.keys(UNREAD_CODES).sort());
  });

  it('leaves the other files as they are', () => {
    const { pipelines } = detect({ [GITHUB]: 'jobs: [', [GITLAB]: 'a: { script: make }\n' });
    expect(pipelines.map(({ platform }) => platform)).toEqual(['gitlab-ci']);
  });
});

function mergeBomb(): string {
  const wide = Array.from({ length: 2_000 }, (_, n) => `k${n}: 1`).join(', ');
  return `.a: &a { ${wide} }\n${Array.from({ length: 300 }, (_, n) => `.b${n}: { <<: *a }\n`).join('')}`;
}

function doubling(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [
      `t${n}.yml`,
      `steps: [{ template: t${n + 1}.yml }, { template: t${n + 1}.yml }, { script: x }]\n`,
    ]),
  );
}

/** The same numbers each time: mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WORDS = [
  ...[
    'jobs',
    'steps',
    'on',
    'push',
    'needs',
    'uses',
    'run',
    'with',
    'matrix',
    'strategy',
    'include',
    'exclude',
  ],
  ...['stages', 'stage', 'script', 'extends', 'rules', 'if', 'default', 'variables', 'trigger', 'parallel'],
  ...[
    'template',
    'parameters',
    'job',
    'dependsOn',
    'pool',
    'deployment',
    'workflows',
    'requires',
    'executor',
  ],
  ...['commands', 'orbs', 'schedule', 'cron', 'inputs', 'cache', 'artifacts', 'a', 'b', '<<', '__proto__'],
  ...[
    'timeout',
    'workflow',
    'local',
    'environment',
    'name',
    'key',
    '${{ each x in parameters.a }}',
    '${{ if a }}',
  ],
];

function randomValue(random: () => number, depth: number): unknown {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const kind = random();
  if (depth > 5 || kind < 0.3)
    return pick<unknown>([
      null,
      true,
      7,
      '',
      'a',
      'b',
      'npm ci',
      'a/b@v1',
      '${{ needs.a }}',
      '<< parameters.a >>',
      '$A',
      -1.5,
      'a.yml',
    ]);
  const size = Math.floor(random() * 5);
  if (kind < 0.5) return Array.from({ length: size }, () => randomValue(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [pick(WORDS), randomValue(random, depth + 1)]),
  );
}

const GROOVY = [
  ...[
    'node',
    'stage',
    'parallel',
    'sh',
    'pipeline',
    'stages',
    'steps',
    'agent',
    'if',
    'else',
    'def',
    'for',
    'in',
  ],
  ...[
    'a',
    'b',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ',',
    ':',
    '->',
    '=',
    '+',
    '.',
    '?',
    "'x'",
    '"${y}"',
    '"""z"""',
    '\n',
    ';',
    '/',
    '1',
    '@A',
    '&&',
    '!',
  ],
];

describe('whatever a file holds', () => {
  it('is read without an error: YAML', () => {
    const random = createRandom(7);
    for (let round = 0; round < 400; round++) {
      const text = stringify(randomValue(random, 0), { aliasDuplicateObjects: false });
      for (const file of FILES) expect(detect({ [file]: text, 'a.yml': text })).toHaveProperty('findings');
    }
  });

  it('is read without an error: Groovy', () => {
    const random = createRandom(8);
    for (let round = 0; round < 1_500; round++) {
      const words = Array.from(
        { length: 1 + Math.floor(random() * 60) },
        () => GROOVY[Math.floor(random() * GROOVY.length)],
      );
      expect(detect({ [JENKINS]: words.join(' ') })).toHaveProperty('findings');
    }
  });

  const growing: readonly (readonly [file: string, head: string, one: (n: number) => string])[] = [
    [GITHUB, 'on: push\njobs:\n', (n) => `  j${n}:\n    steps:\n      - run: npm test\n`],
    [GITLAB, '.a: &a { image: x }\n', (n) => `j${n}:\n  <<: *a\n  script: [make]\n`],
    [AZURE, 'jobs:\n', (n) => `  - job: j${n}\n    steps:\n      - script: make\n`],
    [CIRCLE, 'jobs:\n', (n) => `  j${n}:\n    steps:\n      - run: make\n`],
    [JENKINS, '', (n) => `stage('s${n}') { sh 'make' }\n`],
  ];
  it.each(growing)('%s is read in steps that grow as the file does', (file, head, one) => {
    const workOf = (size: number) =>
      readPipelines({
        files: [file],
        texts: new Map([[file, head + Array.from({ length: size }, (_, n) => one(n)).join('')]]),
      }).work;
    const [small, large] = [workOf(200), workOf(800)];
    expect(small).toBeGreaterThan(200);
    expect(large).toBeLessThan(4.2 * small);
  });
});
