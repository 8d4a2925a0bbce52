import { describeFile } from '../files/describe-file.js';
import { type FileChange, hasSameContent, isPlainFile } from '../git/file-change.js';
import type { LoggedCommit } from '../git/parse-log.js';
import { isFix, isRevert } from './describe-message.js';

/** An earlier change, as far as later ones are judged by it. */
export interface HistoryCommit {
  readonly id: string;
  /** Committed; seconds since the epoch. */
  readonly at: number;
  readonly writtenAt: number;
  readonly author: Author;
  readonly fix: boolean;
  readonly revert: boolean;
  /** Files that count; none where it changed no code. */
  readonly touches: readonly Touch[];
}

export interface Author {
  /** Name without regard to case, else mail address: compared only. */
  readonly key: string;
  readonly name: string;
}

export interface Touch {
  /** One character per byte. */
  readonly path: string;
  /** Renamed from there. */
  readonly from?: string;
  /** The file has another name or place, its content is the same. */
  readonly nameOnly: boolean;
  readonly isNew: boolean;
  readonly lines?: TouchedLines;
}

interface TouchedLines {
  readonly added: number;
  readonly deleted: number;
  /** Of the whole file before. */
  readonly before: number;
}

/** @param before lines of a file's content before, where lines are wanted */
export function toHistoryCommit(
  commit: LoggedCommit,
  before?: (file: FileChange) => number | undefined,
): HistoryCommit {
  return {
    id: commit.id,
    at: commit.at,
    writtenAt: commit.writtenAt,
    author: toAuthor(commit.author),
    fix: isFix(commit.message),
    revert: isRevert(commit.message),
    touches: commit.files.filter(isCounted).map((file) => toTouch(file, before?.(file))),
  };
}

/** By name, as the published data tell people apart: many write from several addresses. */
export function toAuthor({ name, mail }: LoggedCommit['author']): Author {
  const shown = (name.trim() === '' ? mail : name).trim().slice(0, 200);
  return { key: shown.toLowerCase(), name: shown };
}

/** Text that counts, in a file: links, submodules and binary files do not. */
export function isCounted(file: FileChange): boolean {
  return !file.binary && isPlainFile(file) && describeFile(file.path).counts;
}

export function toTouch(file: FileChange, before: number | undefined): Touch {
  const { path, from, lines } = file;
  return {
    path,
    ...(from !== undefined && { from }),
    nameOnly: hasSameContent(file),
    isNew: file.status === 'A',
    ...(lines !== undefined && before !== undefined && { lines: { ...lines, before } }),
  };
}
