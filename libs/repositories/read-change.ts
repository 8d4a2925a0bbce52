import { SluiceError } from '#domain/errors.js';
import type { Change, ChangedFile, Note } from '#domain/generation/facts.js';
import { askGit, runGit, splitNul } from './git.js';

export interface ReadChange {
  readonly change: Change;
  /** Id of the end of the change. */
  readonly commit: string;
  readonly notes: readonly Note[];
}

/**
 * What lies between two commits, of the files below a folder. `A..B` compares their files, `A...B` those of B with what
 * both come from. Throws SluiceError `change-invalid`, `change-not-found`.
 *
 * @param prefix the folder in the repository, with `/` at its end; empty for the root
 */
export async function readChange(root: string, prefix: string, range: string): Promise<ReadChange> {
  const { base, head, fork } = parseRange(range);
  const [from, to] = await Promise.all([requireCommit(root, base), requireCommit(root, head)]);
  const start = fork ? ((await askGit(root, 'merge-base', from, to)) ?? from) : from;
  const { ok, stdout, stderr } = await runGit(root, [
    'diff',
    '--numstat',
    '-z',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    start,
    to,
    '--',
  ]);
  if (!ok) throw notFound(range, stderr.trim().split('\n')[0] ?? '');
  const all = splitNul(stdout).flatMap(parseNumbers);
  const files = all
    .filter(({ path }) => path.startsWith(prefix))
    .map((file) => ({ ...file, path: file.path.slice(prefix.length) }));
  const outside = all.length - files.length;
  const text = `${outside} changed ${outside === 1 ? 'file lies' : 'files lie'} outside of the folder and ${outside === 1 ? 'is' : 'are'} not looked at.`;
  return { change: { base, head, files }, commit: to, notes: outside === 0 ? [] : [{ text, evidence: [] }] };
}

function parseRange(range: string): { readonly base: string; readonly head: string; readonly fork: boolean } {
  const [, base, dots, head] = /^([^\s.-][^\s]*?)(\.{2,3})([^\s.-][^\s]*)?$/.exec(range) ?? [];
  if (base === undefined || base.length > 250 || (head ?? '').length > 250) {
    throw new SluiceError({
      code: 'change-invalid',
      fault: 'user',
      message: `${JSON.stringify(range.slice(0, 100))} does not name two commits.`,
      hint: 'Write for example main..HEAD, or main...HEAD for what the branch alone has changed.',
    });
  }
  return { base, head: head ?? 'HEAD', fork: dots === '...' };
}

async function requireCommit(root: string, name: string): Promise<string> {
  const commit = await askGit(root, 'rev-parse', '--verify', '--quiet', `${name}^{commit}`);
  if (commit === undefined) throw notFound(name, 'there is no such commit here');
  return commit;
}

function notFound(name: string, why: string): SluiceError {
  return new SluiceError({
    code: 'change-not-found',
    fault: 'user',
    message: `The change ${name} cannot be read: ${why}.`,
    hint: 'Name commits that are in this clone; one with a short history may have to be deepened: git fetch --unshallow',
  });
}

/** `added TAB removed TAB path`; binary files have `-`. */
function parseNumbers(entry: string): ChangedFile[] {
  const [, added, removed, path] = /^(\d+|-)\t(\d+|-)\t([\s\S]+)$/.exec(entry) ?? [];
  return path === undefined ? [] : [{ path, added: Number(added) || 0, removed: Number(removed) || 0 }];
}
