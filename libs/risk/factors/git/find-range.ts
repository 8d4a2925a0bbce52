import { SluiceError } from '#domain/errors.js';
import type { Git } from './git.js';

/** Names of commits as people write them. */
export interface RangeRequest {
  /** Without it: what `head` was made from. */
  readonly base?: string;
  readonly head: string;
}

export interface FoundRange {
  /** A commit, or `STAGED`. */
  readonly head: string;
  /** Undefined where `head` is the first commit of all. */
  readonly base: string | undefined;
  /** What is compared with `head`: the commit that both come from, or the empty tree. */
  readonly start: string;
  readonly notes: readonly string[];
}

const MAX_NAME = 250;

/**
 * @param cut commits whose parents a shallow clone lacks
 * Throws SluiceError `change-invalid`, `change-not-found`.
 */
export async function findRange(
  git: Git,
  request: RangeRequest,
  cut: ReadonlySet<string>,
): Promise<FoundRange> {
  const shallow = cut.size > 0;
  const wanted = [request.head, request.base ?? `${request.head}^`];
  for (const name of [request.head, request.base ?? 'HEAD']) requireName(name);
  const [head, base] = await findCommits(git, wanted);
  if (head === undefined) throw createNotFound(request.head, shallow);
  if (base === undefined) {
    if (request.base !== undefined) throw createNotFound(request.base, shallow);
    if (cut.has(head)) throw createNotFound(`${request.head}^`, shallow);
    return { head, base: undefined, start: await nameEmptyTree(git), notes: [] };
  }
  const start = await findFork(git, base, head);
  if (start !== undefined) return { head, base, start, notes: [] };
  const why = shallow ? 'the clone is too short for it' : 'their histories have none';
  return {
    head,
    base,
    start: base,
    notes: [`Base and head have no common commit here (${why}), so that they are compared with each other.`],
  };
}

/** What is staged, against the commit that it goes on from; there may be none yet. */
export async function findStaged(git: Git): Promise<FoundRange> {
  const [base] = await findCommits(git, ['HEAD']);
  return { head: STAGED, base, start: base ?? (await nameEmptyTree(git)), notes: [] };
}

/** Stands for the commit that is yet to be made. */
export const STAGED = 'staged';

async function nameEmptyTree(git: Git): Promise<string> {
  return (await git.ask(['hash-object', '-t', 'tree', '--stdin'])).trim();
}

function requireName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line's end would be another request to git
  if (name !== '' && name.length <= MAX_NAME && !/^-|[\x00-\x20\x7f]/.test(name)) return;
  throw new SluiceError({
    code: 'change-invalid',
    fault: 'user',
    message: `${JSON.stringify(name.slice(0, 100))} does not name a commit.`,
    hint: 'Name a branch, a tag or a commit, for example main, v1.2 or HEAD~1.',
  });
}

async function findCommits(git: Git, names: readonly string[]): Promise<(string | undefined)[]> {
  const request = names.map((name) => `${Buffer.from(name).toString('latin1')}^{commit}\n`).join('');
  const answer = await git.ask(['cat-file', '--batch-check'], request);
  return answer
    .split('\n')
    .slice(0, names.length)
    .map((line) => /^([0-9a-f]{40,64}) commit \d+$/.exec(line)?.[1]);
}

/** Where the two parted; undefined where they have nothing in common. */
async function findFork(git: Git, base: string, head: string): Promise<string | undefined> {
  // It fails where there is none.
  const answer = await git.ask(['merge-base', base, head]).catch(() => '');
  return /^[0-9a-f]{40,64}$/m.exec(answer)?.[0];
}

function createNotFound(name: string, shallow: boolean): SluiceError {
  return new SluiceError({
    code: 'change-not-found',
    fault: 'user',
    message: `There is no commit ${JSON.stringify(name)} in this clone.`,
    hint: shallow
      ? 'The clone is shallow. Get the rest: git fetch --unshallow'
      : 'Check the spelling, or get it first: git fetch origin',
  });
}
