import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A commit as tests write it; it follows the one before, unless it says otherwise. */
export interface MadeCommit {
  /** Branch that ends here; `main` ends at the last without one. */
  readonly branch?: string;
  /** Branches that it comes from. */
  readonly parents?: readonly string[];
  readonly author?: string;
  /** Days since the first of January 2024. */
  readonly day: number;
  /** The same of the moment when it was written; else it is that when it was committed. */
  readonly written?: number;
  /** Of the author's clock. */
  readonly zone?: string;
  readonly message?: string;
  /** Content of files, null for one that goes, a folder's commit for a submodule. */
  readonly files?: Readonly<Record<string, string | Buffer | null | MadeFile>>;
  readonly renames?: Readonly<Record<string, string>>;
}

interface MadeFile {
  readonly mode: '100755' | '120000' | '160000';
  readonly content: string;
}

/** Clocks that are set wrong, too. */
const PERMISSIVE = '--date-format=raw-permissive';
const FIRST_DAY = Date.UTC(2024, 0, 1) / 1000;

export interface MadeRepository {
  readonly folder: string;
  git(...args: readonly string[]): string;
  /** Commits after those that are there; the first follows `main`. */
  add(commits: readonly MadeCommit[]): void;
  remove(): void;
}

/** A bare repository with this history, made by git itself. */
export function makeRepository(
  commits: readonly MadeCommit[],
  format: 'sha1' | 'sha256' = 'sha1',
): MadeRepository {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-risk-'));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  git('init', '--quiet', '--bare', '--initial-branch=main', `--object-format=${format}`);
  const add = (more: readonly MadeCommit[], from: string | undefined) => {
    execFileSync('git', ['-C', folder, 'fast-import', '--quiet', '--force', PERMISSIVE], {
      input: Buffer.concat(more.flatMap((commit, index) => write(commit, index === 0 ? from : 'previous'))),
    });
  };
  add(commits, undefined);
  return {
    folder,
    git,
    add: (more) => add(more, 'refs/heads/main^0'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** `count` lines that differ from each other and from those of another name. */
export function lines(count: number, name = 'line'): string {
  return Array.from({ length: count }, (_, index) => `${name} ${index}\n`).join('');
}

function write(commit: MadeCommit, from: string | undefined): Buffer[] {
  const { author = 'Ada', day, message = 'work', files = {}, renames = {}, parents } = commit;
  const person = `${author} <${author.toLowerCase().replaceAll(' ', '.')}@example.org>`;
  const secondOf = (when: number) => Math.round(FIRST_DAY + when * 86_400);
  const branch = `refs/heads/${commit.branch ?? 'main'}`;
  const before = parents?.map((name) => `refs/heads/${name}`) ?? (from === undefined ? [] : [from]);
  const [first, ...others] = before;
  return [
    text(`commit ${branch}\n`),
    text(`author ${person} ${secondOf(commit.written ?? day)} ${commit.zone ?? '+0000'}\n`),
    text(`committer ${person} ${secondOf(day)} +0000\n`),
    data(Buffer.from(message)),
    // Without a word, fast-import goes on where the branch ends.
    ...(first === undefined || first === 'previous' || first === branch ? [] : [text(`from ${first}\n`)]),
    ...others.map((name) => text(`merge ${name}\n`)),
    ...Object.entries(renames).map(([old, path]) => text(`R ${quote(old)} ${quote(path)}\n`)),
    ...Object.entries(files).flatMap(([path, content]) => writeFile(path, content)),
    text('\n'),
  ];
}

function writeFile(path: string, content: string | Buffer | null | MadeFile): Buffer[] {
  if (content === null) return [text(`D ${quote(path)}\n`)];
  if (typeof content === 'string' || Buffer.isBuffer(content)) {
    return [text(`M 100644 inline ${quote(path)}\n`), data(Buffer.from(content))];
  }
  if (content.mode === '160000') return [text(`M 160000 ${content.content} ${quote(path)}\n`)];
  return [text(`M ${content.mode} inline ${quote(path)}\n`), data(Buffer.from(content.content))];
}

/** One character per byte, so that a test can write what is no UTF-8. */
function quote(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function text(line: string): Buffer {
  return Buffer.from(line, 'latin1');
}

function data(content: Buffer): Buffer {
  return Buffer.concat([text(`data ${content.length}\n`), content, text('\n')]);
}
