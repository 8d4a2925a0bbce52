import type { ChangeFactors } from '#contracts/judgement/risk.js';
import { computeEntropy } from './entropy.js';
import type { Author, HistoryCommit, Touch } from './history-commit.js';

const DAY = 86_400;
const YEAR = 365.25 * DAY;

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
  lastAt: number;
  lastCommit: string;
  /** Changes by each author's key. */
  readonly authors: Map<string, number>;
}

/** What is known of a person. */
export interface AuthorPast {
  name: string;
  readonly commits: { readonly at: number; readonly files: number }[];
  /** Of each subsystem: paths that they changed, and which of their commits did. */
  readonly subsystems: Map<string, { readonly paths: Set<string>; readonly commits: Set<number> }>;
}

/** The changes up to a moment; each is added once, the oldest first. */
export class Past {
  private readonly files = new Map<string, FilePast>();
  private readonly authors = new Map<string, AuthorPast>();
  commits = 0;
  firstAt: number | undefined;
  lastAt: number | undefined;

  fileOf(path: string): FilePast | undefined {
    return this.files.get(path);
  }

  authorOf(key: string): AuthorPast | undefined {
    return this.authors.get(key);
  }

  add(commit: HistoryCommit): void {
    const changed = commit.touches.filter((touch) => !touch.nameOnly);
    for (const touch of commit.touches) {
      const file = this.follow(touch);
      if (!touch.nameOnly) noteChange(file, commit);
    }
    this.commits += 1;
    this.firstAt = Math.min(this.firstAt ?? commit.at, commit.at);
    this.lastAt = Math.max(this.lastAt ?? commit.at, commit.at);
    if (changed.length > 0) this.noteAuthor(commit, changed);
  }

  /**
   * The fourteen factors of a change of at least one file, as docs/risk-factors.md defines them; `more` holds those that
   * Kamei et al. define in another way.
   */
  measure(change: MeasuredChange): ChangeFactors {
    const touches = change.touches.filter((touch) => !touch.nameOnly);
    const files = touches.map((touch) => this.fileOf(touch.from ?? touch.path));
    const lines = touches.map((touch) => touch.lines ?? { added: 0, deleted: 0, before: 0 });
    const entropy = computeEntropy(lines.map(({ added, deleted }) => added + deleted));
    const subsystems = [...new Set(touches.map(({ path }) => subsystemOf(path)))];
    const developers = new Set(files.flatMap((file) => [...(file?.authors.keys() ?? [])]));
    return {
      commit: change.id,
      at: change.at,
      author: change.author.key,
      ns: subsystems.length,
      nd: new Set(touches.map(({ path }) => directoryOf(path))).size,
      nf: touches.length,
      entropy,
      la: sum(lines.map(({ added }) => added)),
      ld: sum(lines.map(({ deleted }) => deleted)),
      lt: sum(lines.map(({ before }) => before)),
      fix: change.fix ? 1 : 0,
      ndev: touches.length === 0 ? 0 : new Set([...developers, change.author.key]).size,
      age: mean(touches.map((touch) => this.ageInDays(touch, change.at))),
      nuc: sum(files.map((file) => (file?.changes ?? 0) + 1)),
      ...this.measureExperience(change, subsystems, touches),
      more: {
        ...this.measureAsPublished(change, subsystems),
        'kamei-ndev': developers.size,
        'kamei-nuc': new Set(
          files.flatMap((file) => (file === undefined || file.changes === 0 ? [] : [file.lastCommit])),
        ).size,
        'kamei-entropy': touches.length < 2 ? 0 : entropy / Math.log2(touches.length),
      },
    };
  }

  /**
   * Days since a file was last changed; 0 for a new one, and where clocks went backwards. One that was not changed as far
   * back as one looks is as old as that.
   */
  ageInDays({ path, from, isNew }: Touch, at: number): number {
    const file = this.fileOf(from ?? path);
    const last = file === undefined || file.changes === 0 ? (isNew ? undefined : this.firstAt) : file.lastAt;
    return last === undefined ? 0 : Math.max(0, at - last) / DAY;
  }

  /** Changes of files, as the data count them that the model is trained on: this one is among them. */
  measureExperience(
    { author, at }: Pick<MeasuredChange, 'author' | 'at'>,
    subsystems: readonly string[],
    touches: readonly Touch[],
  ): { readonly exp: number; readonly rexp: number; readonly sexp: number } {
    const past = this.authors.get(author.key);
    let exp = touches.length;
    let rexp = touches.length;
    for (const commit of past?.commits ?? []) {
      exp += commit.files;
      rexp += commit.files / (Math.max(0, at - commit.at) / DAY + 1);
    }
    const own = new Set(touches.map(({ path }) => path));
    let sexp = own.size;
    for (const subsystem of subsystems) {
      for (const path of past?.subsystems.get(subsystem)?.paths ?? []) if (!own.has(path)) sexp += 1;
    }
    return { exp, rexp, sexp };
  }

  /** Changes, each counted once, weighted by whole years: Kamei et al. 2013, table 1. */
  private measureAsPublished({ author, at }: MeasuredChange, subsystems: readonly string[]) {
    const past = this.authors.get(author.key);
    const commits = past?.commits ?? [];
    return {
      'kamei-exp': commits.length,
      'kamei-rexp': sum(commits.map((commit) => 1 / (Math.floor(Math.max(0, at - commit.at) / YEAR) + 1))),
      'kamei-sexp': new Set(subsystems.flatMap((each) => [...(past?.subsystems.get(each)?.commits ?? [])]))
        .size,
    };
  }

  /** The file that a touch is about, under its present name. */
  private follow({ path, from }: Touch): FilePast {
    const moved = from === undefined ? undefined : this.files.get(from);
    if (from !== undefined) this.files.delete(from);
    const file = moved ?? this.files.get(path) ?? createFile();
    this.files.set(path, file);
    return file;
  }

  private noteAuthor({ author, at }: HistoryCommit, touches: readonly Touch[]): void {
    const past: AuthorPast = this.authors.get(author.key) ?? {
      name: author.name,
      commits: [],
      subsystems: new Map(),
    };
    this.authors.set(author.key, past);
    past.name = author.name;
    for (const { path } of touches) {
      const name = subsystemOf(path);
      const known = past.subsystems.get(name) ?? { paths: new Set<string>(), commits: new Set<number>() };
      past.subsystems.set(name, known);
      known.paths.add(path);
      known.commits.add(past.commits.length);
    }
    past.commits.push({ at, files: touches.length });
  }
}

function createFile(): FilePast {
  return { changes: 0, fixes: 0, reverts: 0, lastAt: 0, lastCommit: '', authors: new Map() };
}

function noteChange(file: FilePast, { id, at, author, fix, revert }: HistoryCommit): void {
  file.changes += 1;
  if (fix) file.fixes += 1;
  if (revert) file.reverts += 1;
  file.lastAt = Math.max(file.lastAt, at);
  file.lastCommit = id;
  file.authors.set(author.key, (file.authors.get(author.key) ?? 0) + 1);
}

/** The first folder of a path; files at the root are one subsystem together. */
export function subsystemOf(path: string): string {
  const end = path.indexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : sum(numbers) / numbers.length;
}
