import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type MeasuredRisk, readRiskChange } from '../read-change.js';
import { lines, type MadeCommit, type MadeRepository, makeRepository } from '../testing/make-repository.js';

let made: MadeRepository;
let indexes: string;

const PEOPLE = ['Ada', 'Bo', 'Cy'];

function work(from: number, to: number): MadeCommit[] {
  return Array.from({ length: to - from }, (_, index): MadeCommit => {
    const day = from + index;
    return {
      day,
      author: PEOPLE[(day * 7) % 3]!,
      message: day % 4 === 0 ? `Fix bug ${day}` : `Work ${day}`,
      ...(day % 11 === 10 && { renames: { [`src/${day - 1}.ts`]: `moved/${day - 1}.ts` } }),
      files: {
        'src/main.ts': lines(5 + day),
        [`src/${day}.ts`]: lines(20, `of ${day}`),
        'docs/a.md': `${day}\n`,
      },
    };
  });
}

beforeEach(() => {
  made = makeRepository(work(0, 40));
  indexes = mkdtempSync(join(tmpdir(), 'sluice-risk-index-'));
});

afterEach(() => {
  made.remove();
  rmSync(indexes, { recursive: true, force: true });
});

const read = (head: string, base?: string) =>
  readRiskChange({ folder: made.folder, head, ...(base !== undefined && { base }), indexes });
const readAfresh = (head: string, base?: string) =>
  readRiskChange({ folder: made.folder, head, ...(base !== undefined && { base }) });

/** All but how it was come by. */
function factsOf({ history, ...facts }: MeasuredRisk) {
  return { ...facts, history: { ...history, origin: undefined, notes: undefined } };
}

function indexFile(): string {
  const [name] = readdirSync(indexes);
  return join(indexes, name!);
}

describe('the index', () => {
  it('is made the first time and read the next', async () => {
    const first = await read('main');
    const second = await read('main');
    expect([first.history.origin, second.history.origin]).toEqual(['git', 'index']);
    expect(factsOf(second)).toEqual(factsOf(first));
    expect(factsOf(second)).toEqual(factsOf(await readAfresh('main')));
    expect(statSync(indexFile()).mode & 0o777).toBe(0o600);
  });

  it('grows with the history, and tells the same as one made anew', async () => {
    await read('main~20');
    for (const head of ['main~12', 'main~11', 'main']) {
      const found = await read(head);
      expect(found.history.origin).toBe('index-continued');
      expect(factsOf(found)).toEqual(factsOf(await readAfresh(head)));
    }
    made.add(work(40, 50));
    expect(factsOf(await read('main'))).toEqual(factsOf(await readAfresh('main')));
  });

  it('serves a change that begins before its end, and stays as it is', async () => {
    await read('main');
    const before = readFileSync(indexFile());
    const found = await read('main~5');
    expect(found.history.origin).toBe('index');
    expect(factsOf(found)).toEqual(factsOf(await readAfresh('main~5')));
    expect(readFileSync(indexFile())).toEqual(before);
  });

  it('follows a history that was rewritten', async () => {
    await read('main');
    made.git('update-ref', 'refs/heads/main', made.git('rev-parse', 'main~10').trim());
    made.add(work(100, 105));
    const found = await read('main');
    expect(found.history.origin).toBe('index-continued');
    expect(factsOf(found)).toEqual(factsOf(await readAfresh('main')));
  });

  it('is made anew when its commits are gone', async () => {
    await read('main');
    const other = makeRepository(work(200, 210));
    try {
      rmSync(join(made.folder, 'objects'), { recursive: true });
      made.git('init', '--quiet');
      made.git('fetch', '--quiet', '--force', '--update-head-ok', other.folder, 'main:main');
      const found = await read('main');
      expect(found.history.origin).toBe('git');
      expect(factsOf(found)).toEqual(factsOf(await readAfresh('main')));
      expect((await read('main')).history.origin).toBe('index');
    } finally {
      other.remove();
    }
  });

  it.each([
    ['cut short', (file: string) => truncateSync(file, 500)],
    ['empty', (file: string) => writeFileSync(file, '')],
    ['of something else', (file: string) => writeFileSync(file, 'hello')],
    [
      'changed in one byte',
      (file: string) => {
        const bytes = readFileSync(file);
        bytes[bytes.length - 40]! ^= 1;
        writeFileSync(file, bytes);
      },
    ],
    [
      'of another version',
      (file: string) => {
        writeFileSync(file, readFileSync(file, 'latin1').replace('history 1 ', 'history 99 '), 'latin1');
      },
    ],
  ])('that is %s is made anew, and that is said', async (_, damage) => {
    const expected = await read('main');
    damage(indexFile());
    const found = await read('main');
    expect(found.history.origin).toBe('git');
    expect(found.history.notes.join(' ')).toContain('damaged');
    expect(factsOf(found)).toEqual(factsOf(expected));
    expect((await read('main')).history).toMatchObject({ origin: 'index', notes: [] });
  });

  it('may be written by several at once', async () => {
    const heads = ['main', 'main~3', 'main~6', 'main~9', 'main'];
    const found = await Promise.all(heads.map((head) => read(head)));
    for (const [index, head] of heads.entries()) {
      expect(factsOf(found[index]!)).toEqual(factsOf(await readAfresh(head)));
    }
    // One whole file, and no drafts.
    expect(readdirSync(indexes)).toHaveLength(1);
    expect((await read('main')).history.notes).toEqual([]);
  });

  it('that cannot be written costs time only', async () => {
    rmSync(indexes, { recursive: true });
    writeFileSync(indexes, 'a file where the folder should be');
    const found = await read('main');
    expect(found.history.notes.join(' ')).toContain('could not be written');
    expect(factsOf(found)).toEqual(factsOf(await readAfresh('main')));
  });

  it('is made anew when names of authors are mapped in another way', async () => {
    await read('main');
    made.add([
      { day: 60, files: { '.mailmap': 'Ada <ada@example.org> <bo@example.org>\n' } },
      ...work(61, 62),
    ]);
    expect(factsOf(await read('main'))).toEqual(factsOf(await readAfresh('main')));
  });
});

describe('the reach', () => {
  it('bounds what is looked at, in commits and in those compared with', async () => {
    const reach = { commits: 10, past: 4 };
    const { history, past, change } = await readRiskChange({ folder: made.folder, head: 'main', reach });
    expect(history).toMatchObject({ commits: 10, complete: false });
    expect(past).toHaveLength(4);
    // src/main.ts: ten changes before, and this one; the new file: this one.
    expect(change.nuc).toBe(12);
  });
});
