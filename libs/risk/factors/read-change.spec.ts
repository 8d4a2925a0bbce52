import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChangeFactors } from '#contracts/judgement/risk.js';
import { readRiskChange } from './read-change.js';
import { lines, type MadeCommit, type MadeRepository, makeRepository } from './testing/make-repository.js';

let made: MadeRepository | undefined;

afterEach(() => {
  made?.remove();
  made = undefined;
});

/** Factors of the last commit of a history. */
async function measure(commits: readonly MadeCommit[]): Promise<ChangeFactors> {
  made = makeRepository(commits);
  return (await readRiskChange({ folder: made.folder, head: 'main' })).change;
}

/** Three people and three files: what each factor is, was worked out with pencil and paper. */
const HISTORY: readonly MadeCommit[] = [
  { day: 0, author: 'Ada', message: 'Begin', files: { 'core/a.ts': lines(10), 'core/b.ts': lines(20) } },
  { day: 400, author: 'Bo', message: 'Add c', files: { 'web/page/c.ts': lines(30) } },
  {
    day: 406,
    author: 'Ada',
    message: 'Fix the rounding bug',
    files: { 'core/a.ts': `${lines(10)}one\n`, 'README.md': 'read\n' },
  },
  { day: 407, author: 'Cy', message: 'Change b', files: { 'core/b.ts': `${lines(20)}two\n` } },
  {
    day: 410,
    author: 'Ada',
    message: 'Rework all three',
    files: {
      // 3 added
      'core/a.ts': `${lines(10)}one\n${lines(3, 'new')}`,
      // 1 deleted
      'core/b.ts': lines(20),
      // 2 added, 2 deleted
      'web/page/c.ts': `${lines(28)}changed 1\nchanged 2\n`,
      'docs/notes.md': lines(500),
    },
  },
];

describe('the fourteen factors', () => {
  it('are those that a hand works out', async () => {
    const change = await measure(HISTORY);
    // 3, 1 and 4 of 8 lines.
    const entropy = -(3 / 8) * Math.log2(3 / 8) - (1 / 8) * Math.log2(1 / 8) - 0.5 * Math.log2(0.5);
    expect(change).toMatchObject({
      ns: 2,
      nd: 2,
      nf: 3,
      la: 5,
      ld: 3,
      lt: 11 + 21 + 30,
      fix: 0,
      // Ada and Cy, and Bo.
      ndev: 3,
      // a 4, b 3 and c 10 days ago.
      age: 17 / 3,
      // a twice before, b twice, c once; and each once more.
      nuc: 3 + 3 + 2,
      // Ada changed 2 files, then 1, then these 3.
      exp: 6,
      // a and b in core, and c, new to her.
      sexp: 3,
    });
    expect(change.entropy).toBeCloseTo(entropy, 12);
    expect(change.rexp).toBeCloseTo(2 / 411 + 1 / 5 + 3, 12);
  });

  it('by table 1 of Kamei et al. stand beside them where that says otherwise', async () => {
    const { more, entropy } = await measure(HISTORY);
    expect(more).toMatchObject({
      'kamei-ndev': 3,
      // The last changes of a, b and c: three commits.
      'kamei-nuc': 3,
      // Two changes: one more than a year ago, one this year.
      'kamei-exp': 2,
      'kamei-rexp': 1 / 2 + 1,
      'kamei-sexp': 2,
    });
    expect(more['kamei-entropy']).toBeCloseTo(entropy / Math.log2(3), 12);
  });

  it('count the last change of several files once where Kamei et al. do', async () => {
    const both = { 'a.ts': 'x\n', 'b.ts': 'x\n' };
    const change = await measure([
      { day: 0, files: both },
      { day: 1, author: 'Bo', files: { 'a.ts': 'y\n', 'b.ts': 'y\n' } },
    ]);
    expect(change).toMatchObject({ nuc: 4, ndev: 2, more: { 'kamei-nuc': 1, 'kamei-ndev': 1 } });
  });

  it.each([
    ['one file', { 'a.ts': lines(8) }, 0],
    ['two files that share evenly', { 'a.ts': lines(8), 'b.ts': lines(8) }, 1],
    ['four files that share evenly', Object.fromEntries([1, 2, 3, 4].map((n) => [`${n}.ts`, lines(2)])), 2],
    ['a file with all lines beside one of none', { 'a.ts': lines(8), 'b.ts': '' }, 0],
  ])('entropy of %s', async (_, files, expected) => {
    expect((await measure([{ day: 0, files }])).entropy).toBeCloseTo(expected, 12);
  });

  it('NS takes the first folder, ND the whole; the root is one of each', async () => {
    const files = { 'a/b/1.ts': 'x', 'a/c/2.ts': 'x', 'a/b/3.ts': 'x', '4.ts': 'x', '5.ts': 'x' };
    expect(await measure([{ day: 0, files }])).toMatchObject({ ns: 2, nd: 3, nf: 5 });
  });

  it('AGE begins when the change before was written, experience when it was committed', async () => {
    const change = await measure([
      { day: 9, written: 2, files: { 'a.ts': 'x\n' } },
      { day: 10, written: 10, files: { 'a.ts': 'y\n' } },
    ]);
    expect(change).toMatchObject({ age: 8, rexp: 1 / 2 + 1 });
  });

  it('FIX is said by most of the commits', async () => {
    const made1 = { day: 1, branch: 'main', message: 'Fix the crash', files: { 'a.ts': '1' } };
    made = makeRepository([
      { day: 0, files: { 'a.ts': '0' } },
      made1,
      { day: 2, message: 'And a word', files: { 'a.ts': '2' } },
      { day: 3, message: 'And another', files: { 'a.ts': '3' } },
    ]);
    const fixOf = async (base: string, head: string) =>
      (await readRiskChange({ folder: made!.folder, base, head })).change.fix;
    expect(await fixOf('main~3', 'main~2')).toBe(1);
    expect(await fixOf('main~3', 'main~1')).toBe(1);
    expect(await fixOf('main~3', 'main')).toBe(0);
  });
});

describe('the further factors', () => {
  it('name kinds of files, what became of them, and whose they are', async () => {
    const { more } = await measure([
      { day: 0, author: 'Ada', files: { 'src/a.ts': lines(9), 'db/migrations/1.sql': 'x\n' } },
      { day: 1, author: 'Bo', message: 'fix: leak', files: { 'src/a.ts': lines(8) } },
      { day: 2, author: 'Bo', message: 'Revert "fix: leak"', files: { 'src/a.ts': lines(9) } },
      { day: 3, author: 'Bo', files: { 'src/a.ts': lines(7) } },
      {
        day: 3.5,
        author: 'Ada',
        files: {
          'src/a.ts': lines(6),
          'src/a.spec.ts': lines(4),
          'db/migrations/2.sql': 'y\n',
          'package.json': '{}\n',
          'package-lock.json': lines(900),
          'main.tf': 'x\n',
          '.github/workflows/build.yml': 'x\n',
          'settings.toml': 'x\n',
          'openapi.yaml': 'x\n',
          'docs/a.md': 'x\n',
          'logo.png': Buffer.from([0, 1, 2, 0]),
        },
      },
    ]);
    expect(more).toMatchObject({
      commits: 1,
      'files-changed': 11,
      'files-new': 10,
      'files-binary': 1,
      'tests-touched': 1,
      'test-lines': 4,
      'dependency-files': 2,
      'lock-files': 1,
      migrations: 1,
      'infrastructure-files': 2,
      'pipeline-files': 1,
      'configuration-files': 2,
      'api-files': 1,
      'documentation-files': 1,
      'documentation-only': 0,
      'file-fixes': 1,
      'file-reverts': 1,
      ownership: 3 / 4,
      'own-share': 1 / 4,
      hour: 12,
      // The fourth of January 2024 was a Thursday.
      weekday: 3,
      'hours-since-last': 12,
    });
  });

  it('say of documentation alone that there is no code', async () => {
    const change = await measure([
      { day: 0, files: { 'a.ts': 'x' } },
      { day: 1, files: { 'README.md': lines(90), 'docs/a.svg': 'x' } },
    ]);
    expect(change).toMatchObject({ nf: 0, la: 0, nuc: 0, exp: 1, ndev: 0, entropy: 0, age: 0 });
    expect(change.more['documentation-files']).toBe(1);
  });
});

describe('what an assessment also wants', () => {
  it('is the files with their own past, and who knows them', async () => {
    made = makeRepository([
      ...HISTORY,
      { day: 411, author: 'dependabot[bot]', files: { 'core/a.ts': 'x\n' } },
    ]);
    const { context } = await readRiskChange({ folder: made.folder, base: 'main~2', head: 'main~1' });
    expect(context.files).toEqual([
      {
        path: 'web/page/c.ts',
        kind: 'code',
        added: 2,
        deleted: 2,
        linesBefore: 30,
        developers: 1,
        ageDays: 10,
        changes: 1,
      },
      {
        path: 'core/a.ts',
        kind: 'code',
        added: 3,
        deleted: 0,
        linesBefore: 11,
        developers: 1,
        ageDays: 4,
        changes: 2,
      },
      {
        path: 'core/b.ts',
        kind: 'code',
        added: 0,
        deleted: 1,
        linesBefore: 21,
        developers: 2,
        ageDays: 3,
        changes: 2,
      },
    ]);
    expect(context.reviewers?.map(({ name, share, exp }) => ({ name, share, exp }))).toEqual([
      { name: 'Bo', share: 1 / 5, exp: 4 },
      { name: 'Cy', share: 1 / 5, exp: 4 },
    ]);
  });

  it('is the factors of the commits before, as they were then', async () => {
    made = makeRepository(HISTORY);
    const { past } = await readRiskChange({ folder: made.folder, head: 'main' });
    expect(past.map(({ nf, la, ld, lt, nuc, exp }) => ({ nf, la, ld, lt, nuc, exp }))).toEqual([
      { nf: 2, la: 30, ld: 0, lt: 0, nuc: 2, exp: 2 },
      { nf: 1, la: 30, ld: 0, lt: 0, nuc: 1, exp: 1 },
      { nf: 1, la: 1, ld: 0, lt: 10, nuc: 2, exp: 3 },
      { nf: 1, la: 1, ld: 0, lt: 20, nuc: 2, exp: 1 },
    ]);
  });

  it('is the same of each of those when it is the change', async () => {
    made = makeRepository(HISTORY);
    const { past } = await readRiskChange({ folder: made.folder, head: 'main' });
    for (const [index, known] of past.entries()) {
      const { change } = await readRiskChange({ folder: made.folder, head: `main~${past.length - index}` });
      expect({ ...change, more: {} }).toEqual(known);
    }
  });
});
