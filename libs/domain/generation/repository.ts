import type { Evidence, RepositoryFacts } from './facts.js';

/** Folders that hold what others wrote, what was built, or what only tests look at. */
const FOREIGN =
  /(^|\/)(node_modules|bower_components|vendor|third_party|\.git|\.venv|venv|site-packages|dist|build|out|target|__fixtures__|fixtures|testdata|test-data|__snapshots__)\//;

/** Longer paths are left out: no project of people lies so deep. */
const MAX_PATH = 400;

/** Whether a file may make its folder a project. */
export function isOwn(path: string): boolean {
  return path.length <= MAX_PATH && !FOREIGN.test(path);
}

/** The files of a repository, found by name. */
export class Repository {
  private readonly paths: ReadonlySet<string>;
  private readonly byName = new Map<string, string[]>();
  /** Answers, by the source of the pattern. */
  private readonly found = new Map<string, readonly string[]>();
  private readonly nearest = new Map<string, ReadonlyMap<string, string>>();

  constructor(readonly facts: RepositoryFacts) {
    this.paths = new Set(facts.files);
    for (const path of facts.files) {
      if (!isOwn(path)) continue;
      const name = nameOf(path);
      const same = this.byName.get(name);
      if (same === undefined) this.byName.set(name, [path]);
      else same.push(path);
    }
    for (const paths of this.byName.values()) paths.sort(byDepth);
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  /** The text of a file; undefined where there is none, or it could not be read. */
  text(path: string): string | undefined {
    return this.facts.texts.get(path);
  }

  /** Own files by name, those nearest to the root first. */
  named(name: string | RegExp): readonly string[] {
    if (typeof name === 'string') return this.byName.get(name) ?? [];
    const known = this.found.get(name.source);
    if (known !== undefined) return known;
    const found = [...this.byName].filter(([each]) => name.test(each)).flatMap(([, paths]) => paths);
    found.sort(byDepth);
    this.found.set(name.source, found);
    return found;
  }

  /** The first of these files that lies in the folder. */
  firstOf(folder: string, names: readonly string[]): string | undefined {
    return names.map((name) => join(folder, name)).find((path) => this.has(path));
  }

  /** The first file in or below the folder whose own name fits. */
  below(folder: string, name: RegExp): string | undefined {
    const nearest = this.nearest.get(name.source) ?? firstByFolder(this.named(name));
    this.nearest.set(name.source, nearest);
    return nearest.get(folder);
  }
}

/** Each folder with the first of the paths that lies in or below it. */
function firstByFolder(paths: readonly string[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const path of paths) {
    for (let folder = path; folder !== ''; ) {
      folder = folderOf(folder);
      if (!first.has(folder)) first.set(folder, path);
    }
  }
  return first;
}

function byDepth(a: string, b: string): number {
  return depthOf(a) - depthOf(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function depthOf(path: string): number {
  return path.split('/').length;
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder of a file; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function isIn(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** `../lib` seen from a folder; undefined where it leads out of the repository. */
export function resolveFrom(folder: string, path: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split(/[\\/]/)) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** The file, and the first line of it that holds the pattern. */
export function evidenceOf(repository: Repository, file: string, pattern?: RegExp | string): Evidence {
  const text = pattern === undefined ? undefined : repository.text(file);
  if (text === undefined) return { file };
  const at = typeof pattern === 'string' ? text.indexOf(pattern) : text.search(pattern!);
  return at < 0 ? { file } : { file, line: lineAt(text, at) };
}

/** Line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
