import type { ChangeFactors } from '#contracts/judgement/risk.js';
import { AuthorPast } from './author-past.js';
import { computeEntropy } from './entropy.js';
import type { Author, HistoryCommit, Touch } from './history-commit.js';
import { directoryOf, subsystemOf } from './places.js';

const DAY = 86_400;

/** A change that is to be measured against what came before it. */
export interface MeasuredChange {
  readonly id: string;
  readonly at: number;
  readonly author: Author;
  readonly fix: boolean;
  readonly touches: readonly Touch[];
}

/** What is known of a file that is there. */
export interface FilePast {
  changes: number;
  fixes: number;
  reverts: number;
  /** Written, by the author's clock: as the data that the model is trained on have it. */
  lastWritten: number;
  lastCommit: string;
  /** Changes by each author's key. */
  readonly authors: Map<string, number>;
}

/** The changes up to a moment; each is added once, the oldest first. */
export class Past {
  private readonly files = new Map<string, FilePast>();
  private readonly authors = new Map<string, AuthorPast>();
  private firstWritten: number | undefined;
  /** Changes of files, and those among them that mended a defect. */
  readonly total = { changes: 0, fixes: 0 };
  /** When the last change was made, by the clocks of those who made them. */
  lastAt: number | undefined;

  /** The file that a touch is about, as it was known until then. */
  fileOf({ path, from }: Touch): FilePast | undefined {
    const file = this.files.get(from ?? path);
    return file?.changes === 0 ? undefined : file;
  }

  authorOf(key: string): AuthorPast {
    return this.authors.get(key) ?? new AuthorPast();
  }

  add(commit: HistoryCommit): void {
    for (const touch of commit.touches) {
      const file = this.follow(touch);
      if (touch.nameOnly) continue;
      noteChange(file, commit);
      this.total.changes += 1;
      if (commit.fix) this.total.fixes += 1;
    }
    this.firstWritten = Math.min(this.firstWritten ?? commit.writtenAt, commit.writtenAt);
    this.lastAt = Math.max(this.lastAt ?? commit.at, commit.at);
    const changed = changedOf(commit.touches);
    if (changed.length === 0) return;
    const author = this.authorOf(commit.author.key);
    this.authors.set(commit.author.key, author);
    author.add(commit.author.name, commit.at, changed);
  }

  /** The fourteen factors of a change, as docs/risk-factors.md defines them; none of the others. */
  measure(change: MeasuredChange): ChangeFactors {
    const { at, author } = change;
    const touches = changedOf(change.touches);
    const files = touches.map((touch) => this.fileOf(touch));
    const lines = touches.map((touch) => touch.lines ?? { added: 0, deleted: 0, before: 0 });
    const developers = new Set(touches.length === 0 ? [] : [author.key]);
    for (const file of files) for (const key of file?.authors.keys() ?? []) developers.add(key);
    return {
      commit: change.id,
      at,
      author: author.key,
      ns: new Set(touches.map(({ path }) => subsystemOf(path))).size,
      nd: new Set(touches.map(({ path }) => directoryOf(path))).size,
      nf: touches.length,
      entropy: computeEntropy(lines.map(({ added, deleted }) => added + deleted)),
      la: sum(lines.map(({ added }) => added)),
      ld: sum(lines.map(({ deleted }) => deleted)),
      lt: sum(lines.map(({ before }) => before)),
      fix: change.fix ? 1 : 0,
      ndev: developers.size,
      age: mean(touches.map((touch) => this.ageInDays(touch, at))),
      nuc: sum(files.map((file) => (file?.changes ?? 0) + 1)),
      ...this.authorOf(author.key).measure(at, touches),
      more: {},
    };
  }

  /** Those of table 1 of Kamei et al. 2013 that the data which the model is trained on define in another way. */
  measureAsPublished(change: MeasuredChange): Record<string, number> {
    const touches = changedOf(change.touches);
    const files = touches.flatMap((touch) => this.fileOf(touch) ?? []);
    const entropy = computeEntropy(touches.map(({ lines }) => (lines?.added ?? 0) + (lines?.deleted ?? 0)));
    return {
      'kamei-entropy': touches.length < 2 ? 0 : entropy / Math.log2(touches.length),
      'kamei-ndev': new Set(files.flatMap(({ authors }) => [...authors.keys()])).size,
      'kamei-nuc': new Set(files.map(({ lastCommit }) => lastCommit)).size,
      ...this.authorOf(change.author.key).measureAsPublished(change.at, touches),
    };
  }

  /**
   * Days since a file was last changed; 0 for a new one, and where clocks went backwards. One that was not changed as far
   * back as one looks is as old as that.
   */
  ageInDays(touch: Touch, at: number): number {
    const last = this.fileOf(touch)?.lastWritten ?? (touch.isNew ? undefined : this.firstWritten);
    return last === undefined ? 0 : Math.max(0, at - last) / DAY;
  }

  /** The file under its present name. */
  private follow({ path, from }: Touch): FilePast {
    if (from === undefined) {
      const known = this.files.get(path);
      if (known !== undefined) return known;
    }
    const moved = from === undefined ? undefined : this.files.get(from);
    if (from !== undefined) this.files.delete(from);
    const file = moved ?? createFile();
    this.files.set(path, file);
    return file;
  }
}

/** Those whose content was changed. */
export function changedOf(touches: readonly Touch[]): readonly Touch[] {
  return touches.some(({ nameOnly }) => nameOnly) ? touches.filter(({ nameOnly }) => !nameOnly) : touches;
}

function createFile(): FilePast {
  return { changes: 0, fixes: 0, reverts: 0, lastWritten: 0, lastCommit: '', authors: new Map() };
}

function noteChange(file: FilePast, { id, writtenAt, author, fix, revert }: HistoryCommit): void {
  file.changes += 1;
  if (fix) file.fixes += 1;
  if (revert) file.reverts += 1;
  file.lastWritten = Math.max(file.lastWritten, writtenAt);
  file.lastCommit = id;
  file.authors.set(author.key, (file.authors.get(author.key) ?? 0) + 1);
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : sum(numbers) / numbers.length;
}
