import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Git, type GitLimits, openGit } from './git.js';
import { createOutside } from './git-errors.js';

export interface Repository {
  /** Its own directory; of several work trees together, the one that they share. */
  readonly directory: string;
  readonly shared: string;
  /** Commits whose parents were left behind when it was cloned; none in a whole clone. */
  readonly cut: ReadonlySet<string>;
  readonly limits: GitLimits | undefined;
  /** File of the index that is asked for; else its own. */
  readonly index?: string;
}

export interface ReadRepository {
  readonly git: Git;
  /** What decides, beside the commits, how they are read. */
  readonly reading: string;
}

/** Throws SluiceError `repository-not-found`, `repository-not-trusted`, `git-not-found`, `history-unreadable`. */
export async function openRepository(folder: string, limits?: GitLimits): Promise<Repository> {
  const git = openGit({ folder }, [], limits);
  const answer = await git.ask([
    'rev-parse',
    '--path-format=absolute',
    '--is-shallow-repository',
    '--absolute-git-dir',
    '--git-common-dir',
  ]);
  const [shallow, directory = folder, shared = directory] = Buffer.from(answer, 'latin1')
    .toString('utf8')
    .split('\n');
  return { directory, shared, cut: shallow === 'true' ? await readCut(shared) : new Set(), limits };
}

async function readCut(directory: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(directory, 'shallow'), 'latin1');
  return new Set(text.split('\n').filter((line) => line !== ''));
}

/**
 * Whoever made the repository may have let it point to others of the machine. Throws SluiceError `repository-outside`.
 */
export async function requireWithin({ directory, shared }: Repository, folder: string): Promise<void> {
  const root = await realpath(folder);
  const places = [directory, shared, join(shared, 'objects'), join(shared, 'objects', 'pack')];
  for (const place of places) {
    const real = await realpath(place).catch(() => root);
    if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep))
      throw createOutside(directory);
  }
  const alternates = await readFile(join(shared, 'objects', 'info', 'alternates'), 'utf8').catch(() => '');
  if (alternates.trim() !== '') throw createOutside(directory);
}

/**
 * Git that reads the same in every clone: names of authors as the `.mailmap` of `commit` maps them, and no attributes of
 * files but those that the clone itself was given.
 */
export async function openHistory(
  repository: Repository,
  commit: string | undefined,
): Promise<ReadRepository> {
  const { directory, index } = repository;
  const place = { folder: directory, directory, ...(index !== undefined && { index }) };
  const settings = ['core.attributesFile=/dev/null', 'mailmap.file=/dev/null'];
  if (commit === undefined) return { git: openGit(place, settings, repository.limits), reading: '' };
  const git = openGit(place, [...settings, `mailmap.blob=${commit}:.mailmap`], repository.limits);
  const mailmap = await git.ask(['cat-file', '--batch-check'], `${commit}:.mailmap\n`);
  return { git, reading: / blob /.test(mailmap) ? mailmap.slice(0, mailmap.indexOf(' ')) : '' };
}

/** Name of a file that is this repository's own. */
export function nameIndex(repository: Repository): string {
  return `${createHash('sha256').update(repository.shared).digest('hex').slice(0, 32)}.history`;
}
