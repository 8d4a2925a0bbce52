import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Author, HistoryCommit, Touch } from '../history/history-commit.js';

/** What was read of a history, so that it need not be read again. */
export interface HistoryIndex {
  /** The commit that the history leads to. */
  readonly tip: string;
  /** What else decided how it was read: the file that maps names of authors. */
  readonly reading: string;
  /** Nothing came before: the first commit of all is in it, or that of a shallow clone. */
  readonly complete: boolean;
  /** Newest first. */
  readonly commits: readonly HistoryCommit[];
}

export type IndexState =
  | { readonly state: 'read'; readonly index: HistoryIndex }
  | { readonly state: 'missing' }
  /** Of another version, cut short, or changed by somebody. */
  | { readonly state: 'damaged' };

const VERSION = 1;
const MAX_BYTES = 256 * 1024 * 1024;
const HEAD = /^sluice-risk-history (\d+) ([0-9a-f]{8})$/;

/** Reads an index; what is wrong with it is an answer, not an error. */
export async function readIndex(file: string): Promise<IndexState> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return { state: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'damaged' };
  }
  const end = bytes.indexOf('\n');
  const [, version, check] = HEAD.exec(bytes.toString('latin1', 0, Math.max(0, Math.min(end, 100)))) ?? [];
  const body = bytes.subarray(end + 1);
  if (Number(version) !== VERSION || check !== checkOf(body)) return { state: 'damaged' };
  try {
    return { state: 'read', index: unpack(JSON.parse(body.toString('utf8')) as Packed) };
  } catch {
    return { state: 'damaged' };
  }
}

/**
 * Writes it beside and moves it into its place, so that whoever reads or writes at the same time has a whole one. False
 * where it could not be written.
 */
export async function writeIndex(file: string, index: HistoryIndex): Promise<boolean> {
  const body = Buffer.from(JSON.stringify(pack(index)));
  if (body.length > MAX_BYTES) return false;
  const draft = `${file}.${process.pid}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`sluice-risk-history ${VERSION} ${checkOf(body)}\n`);
      await handle.writeFile(body);
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    return true;
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
    return false;
  }
}

function checkOf(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}

/** Numbers in place of repeated texts; commits as lists. */
interface Packed {
  readonly tip: string;
  readonly reading: string;
  readonly complete: boolean;
  readonly authors: readonly (readonly [key: string, name: string])[];
  readonly paths: readonly string[];
  readonly commits: readonly PackedCommit[];
}

type PackedCommit = readonly [
  id: string,
  at: number,
  writtenAt: number,
  author: number,
  marks: number,
  touches: readonly number[],
];

const FIX = 1;
const REVERT = 2;
const NAME_ONLY = 1;
const NEW = 2;
/** path, from, marks, added, deleted, before; -1 where there is none. */
const NUMBERS_PER_TOUCH = 6;

function pack({ tip, reading, complete, commits }: HistoryIndex): Packed {
  const authors = new Numbered<Author>(({ key, name }) => `${key}\0${name}`);
  const paths = new Numbered<string>((path) => path);
  const packed = commits.map(
    ({ id, at, writtenAt, author, fix, revert, touches }): PackedCommit => [
      id,
      at,
      writtenAt,
      authors.numberOf(author),
      (fix ? FIX : 0) | (revert ? REVERT : 0),
      touches.flatMap((touch) => packTouch(touch, paths)),
    ],
  );
  return {
    tip,
    reading,
    complete,
    authors: authors.all.map(({ key, name }) => [key, name]),
    paths: paths.all,
    commits: packed,
  };
}

function packTouch({ path, from, nameOnly, isNew, lines }: Touch, paths: Numbered<string>): number[] {
  return [
    paths.numberOf(path),
    from === undefined ? -1 : paths.numberOf(from),
    (nameOnly ? NAME_ONLY : 0) | (isNew ? NEW : 0),
    ...(lines === undefined ? [-1, -1, -1] : [lines.added, lines.deleted, lines.before]),
  ];
}

function unpack({ tip, reading, complete, authors, paths, commits }: Packed): HistoryIndex {
  const people = authors.map(([key, name]): Author => ({ key, name }));
  return {
    tip,
    reading,
    complete,
    commits: commits.map(
      ([id, at, writtenAt, author, marks, touches]): HistoryCommit => ({
        id,
        at,
        writtenAt,
        author: people[author]!,
        fix: (marks & FIX) !== 0,
        revert: (marks & REVERT) !== 0,
        touches: unpackTouches(touches, paths),
      }),
    ),
  };
}

function unpackTouches(numbers: readonly number[], paths: readonly string[]): Touch[] {
  const touches: Touch[] = [];
  for (let at = 0; at < numbers.length; at += NUMBERS_PER_TOUCH) {
    const from = numbers[at + 1]!;
    const marks = numbers[at + 2]!;
    const added = numbers[at + 3]!;
    touches.push({
      path: paths[numbers[at]!]!,
      ...(from >= 0 && { from: paths[from]! }),
      nameOnly: (marks & NAME_ONLY) !== 0,
      isNew: (marks & NEW) !== 0,
      ...(added >= 0 && { lines: { added, deleted: numbers[at + 4]!, before: numbers[at + 5]! } }),
    });
  }
  return touches;
}

class Numbered<T> {
  readonly all: T[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly keyOf: (each: T) => string) {}

  numberOf(each: T): number {
    const key = this.keyOf(each);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.all.length);
    return this.all.push(each) - 1;
  }
}
