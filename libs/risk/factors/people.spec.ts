import { afterEach, describe, expect, it } from '@jest/globals';
import { readRiskChange } from './read-change.js';
import { lines, type MadeCommit, type MadeRepository, makeRepository } from './testing/make-repository.js';

let made: MadeRepository | undefined;

afterEach(() => {
  made?.remove();
  made = undefined;
});

async function measure(commits: readonly MadeCommit[], base?: string) {
  made = makeRepository(commits);
  return readRiskChange({ folder: made.folder, head: 'main', ...(base !== undefined && { base }) });
}

const BEGIN: MadeCommit = { day: 0, author: 'Ada', files: { 'a.ts': 'x\n' } };

async function reviewsOf(message: string): Promise<readonly [number, number]> {
  const { change } = await measure([BEGIN, { day: 1, message, files: { 'a.ts': 'y\n' } }]);
  return [change.more['commits-reviewed']!, change.more['reviewers']!];
}

describe('reviews', () => {
  it.each<[string, string, readonly [number, number]]>([
    ['no trailer', 'Work', [0, 0]],
    ['a reviewer', 'Work\n\nReviewed-by: Bo <bo@example.org>\n', [1, 1]],
    [
      'several, one of them twice',
      'Work\n\nReviewed-by: Bo <b@x>\nAcked-by: BO <b@x>\napproved-by: Cy\n',
      [1, 2],
    ],
    ['who let it in', 'Work\n\nSigned-off-by: Ada <ada@example.org>\nSigned-off-by: Bo <b@x>\n', [1, 1]],
    ['the author alone', 'Work\n\nSigned-off-by: Ada <ada@example.org>\nReviewed-by: ada\n', [0, 0]],
    ['the author by another name', 'Work\n\nReviewed-by: A. Lovelace <Ada@example.org>\n', [0, 0]],
    ['who helped to write it', 'Work\n\nCo-authored-by: Bo <b@x>\nReviewed-by: Bo <b@x>\n', [0, 0]],
    ['a program', 'Work\n\nReviewed-by: coderabbit[bot] <c@x>\n', [0, 0]],
    ['nobody', 'Work\n\nReviewed-by:\nReviewed-by: <>\nAcked-by: <b@x\n', [0, 0]],
    [
      'a quotation',
      'Work\n\n> Reviewed-by: Bo <b@x>\n\nReviewed-by: Cy is what is missing here.\n\nEnd\n',
      [0, 0],
    ],
    ['a name that is not ASCII', 'Work\n\nReviewed-by: Zoë Ångström <z@x>\n', [1, 1]],
  ])('of %s', async (_, message, expected) => {
    expect(await reviewsOf(message)).toEqual(expected);
  });

  it('are told by who merged a branch into the line of first parents', async () => {
    const history: MadeCommit[] = [
      BEGIN,
      { day: 1, author: 'Ada', branch: 'one', parents: ['main'], files: { 'b.ts': '1\n' } },
      { day: 2, author: 'Bo', branch: 'one', files: { 'b.ts': '2\n' } },
      { day: 3, author: 'Ada', branch: 'two', parents: ['main'], files: { 'c.ts': '1\n' } },
      // Bo lets in a commit of Ada's, and one of his own.
      { day: 4, author: 'Bo', branch: 'main', parents: ['main', 'one'], message: 'Merge pull request #1' },
      // Cy brings main up to date in the branch, which lets nothing in; then Cy lets it in.
      { day: 5, author: 'Cy', branch: 'two', parents: ['two', 'main'], message: 'Merge main' },
      { day: 6, author: 'Cy', branch: 'main', parents: ['main', 'two'], message: 'Merge pull request #2' },
      // Straight to main.
      { day: 7, author: 'Ada', branch: 'main', parents: ['main'], files: { 'd.ts': '1\n' } },
    ];
    const { change, context } = await measure(history, 'main~3');
    expect(change.more).toMatchObject({ commits: 4, 'commits-reviewed': 1, reviewers: 1 });
    expect(context.reviewers).toEqual([]);
    const merge = await readRiskChange({ folder: made!.folder, head: 'main~1' });
    expect(merge.change.more).toMatchObject({ commits: 1, 'commits-reviewed': 1, reviewers: 1 });
  });

  it('make nobody be asked who looked at it already', async () => {
    const known: MadeCommit[] = [
      { day: 0, author: 'Bo', files: { 'a.ts': '0\n' } },
      { day: 1, author: 'Cy', files: { 'a.ts': '1\n' } },
    ];
    const last: MadeCommit = { day: 2, author: 'Ada', files: { 'a.ts': '2\n' } };
    const names = async (message: string) =>
      (await measure([...known, { ...last, message }])).context.reviewers?.map(({ name }) => name);
    expect(await names('Work')).toEqual(['Bo', 'Cy']);
    made?.remove();
    expect(await names('Work\n\nReviewed-by: Bo <bo@example.org>')).toEqual(['Cy']);
  });
});

describe('whose the files are', () => {
  /** Ada made 18 of 21 changes of two files, Bo 2, Cy 1: 9.5 % and 4.8 %. */
  const shared = (author: string, file: string, count: number, from: number): MadeCommit[] =>
    Array.from({ length: count }, (_, index) => ({
      day: from + index,
      author,
      files: { [file]: `${author} ${index}\n` },
    }));

  it('is told by those with a small part of all their changes', async () => {
    const history = [
      ...shared('Ada', 'a.ts', 18, 0),
      ...shared('Bo', 'b.ts', 2, 20),
      ...shared('Cy', 'a.ts', 1, 30),
    ];
    const change: MadeCommit = { day: 40, author: 'Di', files: { 'a.ts': lines(2), 'b.ts': lines(2) } };
    const { more } = (await measure([...history, change])).change;
    expect(more['minor-contributors']).toBe(1);
    expect(more['ownership']).toBeCloseTo((18 / 19 + 1) / 2, 12);
    expect(more['own-share']).toBe(0);
  });

  it('is told by nobody where they are new', async () => {
    const { more } = (await measure([BEGIN, { day: 1, files: { 'b.ts': 'x\n' } }])).change;
    expect(more['minor-contributors']).toBeUndefined();
  });
});

it('what failed before is told beside what is usual', async () => {
  const { more } = (
    await measure([
      { day: 0, files: { 'a.ts': '0\n', 'b.ts': '0\n', 'README.md': '0\n' } },
      { day: 1, message: 'Fix the crash', files: { 'a.ts': '1\n' } },
      { day: 2, files: { 'b.ts': '1\n', 'README.md': '1\n' } },
      { day: 3, files: { 'a.ts': '2\n' } },
    ])
  ).change;
  // Of four changes of counted files one mended a defect; two of them were changes of a.ts.
  expect(more).toMatchObject({ 'file-changes': 2, 'file-fixes': 1, 'usual-fixes': 1 / 4 });
});

describe('the hour of the author', () => {
  const at = async (zone: string, written = 3.9) => {
    const { change, context } = await measure([BEGIN, { day: 5, written, zone, files: { 'a.ts': 'y\n' } }]);
    return [change.more['author-hour'], change.more['author-weekday'], context.utcOffset];
  };

  it.each<[string, readonly (number | undefined)[]]>([
    // Thursday, the fourth of January 2024, at 21:36 in Greenwich.
    ['+0000', [21, 3, 0]],
    ['+0530', [3, 4, 330]],
    ['-0800', [13, 3, -480]],
    ['+1400', [11, 4, 840]],
    ['+9900', [undefined, undefined, undefined]],
    ['+1260', [undefined, undefined, undefined]],
  ])('in %s', async (zone, expected) => {
    expect(await at(zone)).toEqual(expected);
  });

  it('leaves the moment as it is', async () => {
    const ages = [];
    for (const zone of ['+0000', '+1400', '-0930']) {
      const { change } = await measure([BEGIN, { day: 5, zone, files: { 'a.ts': 'y\n' } }]);
      ages.push([change.age, change.more['hour'], change.more['hours-since-last']]);
      made?.remove();
    }
    expect(ages).toEqual([ages[0], ages[0], ages[0]]);
  });
});
