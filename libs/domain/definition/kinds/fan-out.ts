import { atValue, type FindingReport } from '../../validation/report.js';
import { entryOf, type Spot, type TreeMap } from '../tree.js';
import { readBoolean, readNumber } from '../values.js';

/** Keys that both kinds that fan out have. */
export const FAN_OUT_KEYS = ['limit', 'failFast', 'quorum'] as const;

/** How many of a container's blocks may run at once. */
export function readLimit(map: Spot<TreeMap>, report: FindingReport): { limit?: number } {
  const spot = entryOf(map, 'limit');
  const limit = spot && readNumber(spot, report, { min: 1, max: 10_000, whole: true });
  return limit === undefined ? {} : { limit };
}

/** Whether the first failure stops the others; it does unless told otherwise. */
export function readFailFast(map: Spot<TreeMap>, report: FindingReport): boolean {
  const spot = entryOf(map, 'failFast');
  return (spot && readBoolean(spot, report)) ?? true;
}

/**
 * How many blocks must succeed.
 * @param count how many there are at most; undefined where the run will tell
 */
export function readQuorum(
  map: Spot<TreeMap>,
  count: number | undefined,
  report: FindingReport,
): { quorum?: number } {
  const spot = entryOf(map, 'quorum');
  const quorum = spot && readNumber(spot, report, { min: 1, max: 10_000, whole: true });
  if (spot === undefined || quorum === undefined) return {};
  if (count !== undefined && quorum > count) {
    const message = `${quorum} can never succeed, as there are ${count}.`;
    report.add('quorum-too-large', atValue(spot), message, `Write a number from 1 to ${count}.`);
  }
  return { quorum };
}
