import { availableParallelism } from 'node:os';
import { countLinesBefore } from '../git/count-lines.js';
import type { Git } from '../git/git.js';
import { LOG_FORMAT, type LoggedCommit, parseLog } from '../git/parse-log.js';
import { type HistoryCommit, toHistoryCommit } from './history-commit.js';

/** How far back one looks. */
export interface HistoryReach {
  /** Commits before the change, merges left out. */
  readonly commits: number;
  /** The last of them, whose own factors the change is compared with. */
  readonly past: number;
}

export const REACH: HistoryReach = { commits: 10_000, past: 1_000 };

/**
 * Compares two states of a file as the published data were compared: renames with half of the content in common, lines
 * by Myers' algorithm, whatever the repository's configuration says.
 */
export const COMPARING = [
  ...['-z', '--raw', '--no-abbrev', '-M50%', '-l400', '--diff-algorithm=myers', '--ignore-submodules=none'],
  ...['--no-ext-diff', '--no-textconv', '--no-color', '--no-indent-heuristic'],
] as const;

const LOGGING = [
  '-c',
  'log.showRoot=true',
  'log',
  '--mailmap',
  '--encoding=UTF-8',
  '--date=raw',
  '--no-show-signature',
  LOG_FORMAT,
];

const MAX_PROCESSES = 4;

/** The commits that lead to `commit`, newest first; those of the past with their lines. */
export async function readHistory(git: Git, commit: string, reach: HistoryReach): Promise<HistoryCommit[]> {
  const rest = Math.max(0, reach.commits - reach.past);
  const parts = Math.min(MAX_PROCESSES, availableParallelism(), Math.ceil(rest / 1_000));
  const size = Math.ceil(rest / Math.max(1, parts));
  const [past, ...older] = await Promise.all([
    readWithLines(git, [commit], Math.min(reach.past, reach.commits)),
    ...Array.from({ length: parts }, (_, part) => {
      const skip = reach.past + part * size;
      const count = Math.min(size, reach.commits - skip);
      return readLog(git, [`--skip=${skip}`, `--max-count=${count}`, commit], (logged) =>
        toHistoryCommit(logged),
      );
    }),
  ]);
  return [...past, ...older.flat()];
}

/** Commits that lead to `commit` and to none of the others, newest first, with their lines. */
export async function readSince(
  git: Git,
  commit: string,
  before: string,
  count: number,
): Promise<HistoryCommit[]> {
  return readWithLines(git, [commit, `^${before}`], count);
}

async function readWithLines(
  git: Git,
  revisions: readonly string[],
  count: number,
): Promise<HistoryCommit[]> {
  const logged = await readLog(git, ['--numstat', `--max-count=${count}`, ...revisions], (each) => each);
  const before = await countLinesBefore(
    git,
    logged.flatMap(({ files }) => files),
  );
  return logged.map((each) => toHistoryCommit(each, before));
}

/** Commits, newest first; their files are not compared. */
export async function readCommits(
  git: Git,
  revisions: readonly string[],
  count: number,
): Promise<LoggedCommit[]> {
  const commits: LoggedCommit[] = [];
  const output = git.stream([...LOGGING, '-z', `--max-count=${count}`, ...revisions, '--']);
  for await (const commit of parseLog(output)) commits.push(commit);
  return commits;
}

async function readLog<T>(
  git: Git,
  args: readonly string[],
  convert: (commit: LoggedCommit) => T,
): Promise<T[]> {
  const commits: T[] = [];
  for await (const commit of parseLog(git.stream([...LOGGING, '--no-merges', ...COMPARING, ...args, '--'])))
    commits.push(convert(commit));
  return commits;
}
