import { join } from 'node:path';
import type { ChangeFactors, RiskContext } from '#contracts/judgement/risk.js';
import type { HistoryFacts } from '#contracts/judgement/risk-report.js';
import { describeChange } from './change/describe-change.js';
import { type ReadChange, readDifference } from './change/read-difference.js';
import { readStaged } from './change/read-staged.js';
import { findRange, findStaged, type RangeRequest } from './git/find-range.js';
import type { GitLimits } from './git/git.js';
import { nameIndex, openHistory, openRepository, requireWithin } from './git/open-repository.js';
import { changedOf, Past } from './history/past.js';
import { type HistoryReach, REACH } from './history/read-history.js';
import { type FoundHistory, findHistory } from './index/find-history.js';

export interface ChangeRequest extends RangeRequest {
  /** Folder of the repository, bare or not. */
  readonly folder: string;
  /** A folder in which the whole repository must lie: nothing elsewhere is read. */
  readonly within?: string;
  /** Folder for indexes; without one, all is read from git. */
  readonly indexes?: string;
  /** In place of `base` and `head`: what is staged, by its own index or another file of it. */
  readonly staged?: { readonly index?: string };
  readonly reach?: HistoryReach;
  readonly limits?: GitLimits;
}

export interface MeasuredRisk {
  readonly change: ChangeFactors;
  /** Factors of the last commits before it, oldest first. */
  readonly past: readonly ChangeFactors[];
  readonly context: RiskContext;
  readonly history: HistoryFacts;
}

/**
 * What `head` changes against the commit that it and `base` come from, measured against the history of `base`; from git
 * alone, nothing is checked out or run. The same commits give the same factors, with an index and without.
 * Throws SluiceError `repository-not-found`, `repository-not-trusted`, `repository-outside`, `change-invalid`, `change-not-found`,
 * `git-not-found`, `history-unreadable`, `history-too-large`, `history-too-slow`.
 */
export async function readRiskChange(request: ChangeRequest): Promise<MeasuredRisk> {
  const { staged } = request;
  const repository = { ...(await openRepository(request.folder, request.limits)), ...staged };
  if (request.within !== undefined) await requireWithin(repository, request.within);
  const shallow = repository.cut.size > 0;
  const { git } = await openHistory(repository, undefined);
  const range = staged === undefined ? await findRange(git, request, repository.cut) : await findStaged(git);
  const reach = request.reach ?? REACH;
  const reading = await openHistory(
    repository,
    range.base ?? (staged === undefined ? range.head : undefined),
  );
  // What a shallow clone lacks may come later; an index would not see it.
  const file =
    request.indexes === undefined || shallow ? undefined : join(request.indexes, nameIndex(repository));
  const [difference, history] = await Promise.all([
    staged === undefined ? readDifference(reading.git, range) : readStaged(reading.git, range),
    range.base === undefined ? NOTHING : findHistory(reading, range.base, reach, file, repository.cut),
  ]);
  const { past, before } = replay(history, reach.past);
  return {
    ...describeChange(difference, before, shallow),
    past,
    history: {
      base: range.base,
      head: range.head,
      commits: history.commits.length,
      complete: history.complete && !shallow,
      shallow,
      origin: history.origin,
      notes: [...range.notes, ...history.notes, ...noteShortness(difference, shallow)],
    },
  };
}

const NOTHING: FoundHistory = { commits: [], complete: true, origin: 'git', notes: [] };

/** Goes through the history, the oldest first; of the last ones it keeps the factors as they were then. */
function replay(
  history: FoundHistory,
  count: number,
): { readonly past: ChangeFactors[]; readonly before: Past } {
  const before = new Past();
  const past: ChangeFactors[] = [];
  for (let index = history.commits.length - 1; index >= 0; index -= 1) {
    const commit = history.commits[index]!;
    const changed = changedOf(commit.touches);
    if (index < count && changed.length > 0 && changed.every(({ lines }) => lines !== undefined)) {
      past.push(before.measure(commit));
    }
    before.add(commit);
  }
  return { past, before };
}

function noteShortness({ files }: ReadChange, shallow: boolean): string[] {
  return [
    ...(shallow
      ? ['The clone is shallow: what came before is not known, so that factors of history are too low.']
      : []),
    ...(files.length === 0 ? ['Nothing was changed.'] : []),
  ];
}
