import { countLinesBefore } from '../git/count-lines.js';
import type { FileChange } from '../git/file-change.js';
import type { FoundRange } from '../git/find-range.js';
import type { Git } from '../git/git.js';
import { type LoggedCommit, parseDiff } from '../git/parse-log.js';
import { COMPARING, readCommits } from '../history/read-history.js';

/** What lies between two commits. */
export interface ReadChange {
  readonly head: LoggedCommit;
  /** Newest first; without merges, unless the change is one alone. */
  readonly commits: readonly LoggedCommit[];
  readonly merges: readonly LoggedCommit[];
  readonly files: readonly FileChange[];
  /** Undefined where it is no text. */
  readonly linesBefore: (file: FileChange) => number | undefined;
}

/** Commits of one change that are read; of more, the newest. */
const MAX_COMMITS = 10_000;

export async function readDifference(git: Git, { head, base, start }: FoundRange): Promise<ReadChange> {
  const revisions = base === undefined ? [head] : [head, `^${base}`];
  const [files, all, [last]] = await Promise.all([
    parseDiff(git.stream(['diff-tree', '-r', ...COMPARING, '--numstat', start, head, '--'])),
    readCommits(git, revisions, MAX_COMMITS),
    readCommits(git, [head], 1),
  ]);
  const [commits, merges] = [false, true].map((isMerge) =>
    all.filter(({ parents }) => parents.length > 1 === isMerge),
  ) as [LoggedCommit[], LoggedCommit[]];
  return {
    head: last!,
    commits: commits.length > 0 ? commits : [last!],
    merges,
    files,
    linesBefore: await countLinesBefore(git, files),
  };
}
