import type { HistoryOrigin } from '#contracts/judgement/risk-report.js';
import type { Git } from '../git/git.js';
import type { ReadRepository } from '../git/open-repository.js';
import type { HistoryCommit } from '../history/history-commit.js';
import { type HistoryReach, readHistory, readSince } from '../history/read-history.js';
import { type HistoryIndex, type IndexState, readIndex, writeIndex } from './index-file.js';

export interface FoundHistory {
  /** Newest first. */
  readonly commits: readonly HistoryCommit[];
  /** There is nothing before them. */
  readonly complete: boolean;
  readonly origin: HistoryOrigin;
  /** What was wrong with the index, in words. */
  readonly notes: readonly string[];
}

/** Commits kept beyond those looked at, so that the index serves a change that begins somewhat earlier than it ends. */
const SPARE = 200;

/**
 * The history that leads to `commit`: from the index in `file` as far as it goes, which is then brought up to date.
 *
 * @param cut commits whose parents a shallow clone lacks
 */
export async function findHistory(
  { git, reading }: ReadRepository,
  commit: string,
  reach: HistoryReach,
  file: string | undefined,
  cut: ReadonlySet<string>,
): Promise<FoundHistory> {
  const kept = { commits: reach.commits + SPARE, past: reach.past + SPARE };
  const state: IndexState = file === undefined ? { state: 'missing' } : await readIndex(file);
  const notes =
    state.state === 'damaged' ? ['The index was damaged, or of another version, and was made anew.'] : [];
  const used =
    state.state === 'read' && state.index.reading === reading
      ? await useIndex(git, commit, kept, state.index)
      : undefined;
  if (used !== undefined) {
    if (file !== undefined && used.changed) await save(file, used.index, notes);
    return limit(used.index, reach, used.changed ? 'index-continued' : 'index', notes);
  }
  const read = await readHistory(git, commit, kept);
  // All files seem new in a commit whose parents are not there.
  const commits = read.filter(({ id }) => !cut.has(id));
  const index = { tip: commit, reading, complete: read.length < kept.commits, commits };
  if (
    file !== undefined &&
    (state.state !== 'read' ||
      state.index.reading !== reading ||
      !(await leadsTo(git, commit, state.index.tip)))
  ) {
    await save(file, index, notes);
  }
  return limit(index, reach, 'git', notes);
}

/**
 * Takes out what does not lead to `commit` and adds what is missing. Undefined where that is not to be had: the commits
 * of the index are gone, or history went so far another way that too few would be left.
 */
async function useIndex(
  git: Git,
  commit: string,
  kept: HistoryReach,
  index: HistoryIndex,
): Promise<{ readonly index: HistoryIndex; readonly changed: boolean } | undefined> {
  if (index.tip === commit) return { index, changed: false };
  const foreign = await listCommits(git, [index.tip, `^${commit}`], SPARE + 1).catch(() => undefined);
  if (foreign === undefined || foreign.size > SPARE) return undefined;
  const missing = await readSince(git, commit, index.tip, kept.commits);
  if (missing.length > kept.commits / 2) return undefined;
  const own = foreign.size === 0 ? index.commits : index.commits.filter(({ id }) => !foreign.has(id));
  const commits = [...missing, ...own];
  return {
    index: {
      ...index,
      tip: commit,
      complete: index.complete && commits.length <= kept.commits,
      commits: commits.slice(0, kept.commits),
    },
    changed: missing.length > 0,
  };
}

async function listCommits(git: Git, revisions: readonly string[], count: number): Promise<Set<string>> {
  const text = await git.ask(['rev-list', `--max-count=${count}`, ...revisions, '--']);
  return new Set(text.split('\n').filter((line) => line !== ''));
}

/** Whether `later` has `commit` before it: then what is kept of `later` is worth more. */
async function leadsTo(git: Git, commit: string, later: string): Promise<boolean> {
  const beyond = await listCommits(git, [commit, `^${later}`], 1).catch(() => undefined);
  return beyond?.size === 0;
}

async function save(file: string, index: HistoryIndex, notes: string[]): Promise<void> {
  if (!(await writeIndex(file, index)))
    notes.push('The index could not be written: the next time takes as long.');
}

function limit(
  index: HistoryIndex,
  reach: HistoryReach,
  origin: HistoryOrigin,
  notes: readonly string[],
): FoundHistory {
  return {
    commits: index.commits.slice(0, reach.commits),
    complete: index.complete && index.commits.length <= reach.commits,
    origin,
    notes,
  };
}
