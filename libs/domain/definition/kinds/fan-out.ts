import type { FindingReport } from '../../validation/report.js';
import { entryOf, type Spot, type TreeMap } from '../tree.js';
import { readBoolean, readNumber } from '../values.js';

/** How many of a container's blocks may run at once; both kinds that fan out have it. */
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
