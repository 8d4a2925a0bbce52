import type { PossibleReviewer } from '#contracts/judgement/risk.js';
import type { Touch } from '../history/history-commit.js';
import { changedOf, type MeasuredChange, type Past } from '../history/past.js';
import { MACHINE } from './machine.js';

const MOST = 3;

/** Who changed most of these files most often before, but those who have to do with this change already. */
export function findReviewers(
  touches: readonly Touch[],
  change: MeasuredChange,
  before: Past,
  involved: ReadonlySet<string>,
): PossibleReviewer[] {
  const counts = new Map<string, number>();
  let all = 0;
  for (const touch of touches) {
    for (const [key, changes] of before.fileOf(touch)?.authors ?? []) {
      counts.set(key, (counts.get(key) ?? 0) + changes);
      all += changes;
    }
  }
  const changed = changedOf(touches);
  return [...counts]
    .map(([key, changes]) => ({ key, changes, name: before.authorOf(key).name }))
    .filter(({ key, name }) => !involved.has(key) && !MACHINE.test(name))
    .sort((a, b) => b.changes - a.changes || (a.key < b.key ? -1 : 1))
    .slice(0, MOST)
    .map(({ key, changes, name }) => ({
      name,
      share: changes / all,
      ...before.authorOf(key).measure(change.at, changed),
    }));
}
