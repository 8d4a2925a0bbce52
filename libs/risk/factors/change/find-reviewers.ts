import type { PossibleReviewer } from '#contracts/judgement/risk.js';
import type { Touch } from '../history/history-commit.js';
import { type MeasuredChange, type Past, subsystemOf } from '../history/past.js';

const MOST = 3;
const MACHINE = /\[bot\]$|^(dependabot|renovate|github-actions|greenkeeper)\b/i;

/** Who changed most of these files most often before, but those who made this change. */
export function findReviewers(
  touches: readonly Touch[],
  change: MeasuredChange,
  before: Past,
  makers: ReadonlySet<string>,
): PossibleReviewer[] {
  const counts = new Map<string, number>();
  let all = 0;
  for (const touch of touches) {
    for (const [key, changes] of before.fileOf(touch.from ?? touch.path)?.authors ?? []) {
      counts.set(key, (counts.get(key) ?? 0) + changes);
      all += changes;
    }
  }
  const changed = touches.filter(({ nameOnly }) => !nameOnly);
  const subsystems = [...new Set(changed.map(({ path }) => subsystemOf(path)))];
  return [...counts]
    .map(([key, changes]) => ({ key, changes, name: before.authorOf(key)?.name ?? key }))
    .filter(({ key, name }) => !makers.has(key) && !MACHINE.test(name))
    .sort((a, b) => b.changes - a.changes || (a.key < b.key ? -1 : 1))
    .slice(0, MOST)
    .map(({ key, changes, name }) => ({
      name,
      share: changes / all,
      ...before.measureExperience({ author: { key, name }, at: change.at }, subsystems, changed),
    }));
}
