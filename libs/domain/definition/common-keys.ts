import type { FindingReport } from '../validation/report.js';
import type { CommonKeys, OnFailure, RetryDefinition } from './definition.js';
import type { NodeSource, Reading } from './reading.js';
import { itemsOf, type Spot, type TreeScalar } from './tree.js';
import {
  checkKeys,
  readChoice,
  readDuration,
  readEntry,
  readList,
  readMap,
  readNumber,
  readString,
  readText,
  requireEntry,
} from './values.js';

/** Keys that every stage and step may have. */
export const COMMON_KEYS = ['name', 'needs', 'if', 'timeout', 'retry', 'onFailure'] as const;

export const ON_FAILURE: readonly OnFailure[] = ['fail', 'continue', 'intervene', 'rollback'];

/** A stage has nothing of its own that a person could mend; its steps have. */
export const STAGE_ON_FAILURE: readonly OnFailure[] = ['fail', 'continue', 'rollback'];

export const RETRY_KEYS = ['attempts', 'delay', 'factor', 'maxDelay'] as const;

export const MAX_ATTEMPTS = 1_000;

export function readCommonKeys(
  source: NodeSource,
  onFailure: readonly OnFailure[],
  reading: Reading,
): Omit<CommonKeys, 'id'> {
  const { map } = source;
  const { report } = reading;
  return {
    ...readEntry(map, 'name', (spot) => readString(spot, report, 'Write a title for people.')),
    ...readEntry(map, 'needs', (spot) => readNeeds(spot, source, reading)),
    ...readEntry(map, 'if', (spot) => reading.readCondition(spot, source, 'condition')),
    ...readEntry(map, 'timeout', (spot) => readDuration(spot, report, 1)),
    ...readEntry(map, 'retry', (spot) => readRetry(spot, report)),
    ...readEntry(map, 'onFailure', (spot) => readChoice(spot, onFailure, report)),
  };
}

function readNeeds(spot: Spot, source: NodeSource, reading: Reading): readonly string[] | undefined {
  const hint = 'Write a list of ids, `needs: [build]`; `[]` to start at once.';
  const list = readList(spot, reading.report, hint);
  if (list === undefined) return undefined;
  const needs = itemsOf(list)
    .map((item) => readText(item, reading.report, hint))
    .filter((item): item is Spot<TreeScalar> => item !== undefined);
  reading.setNeeds(source, needs);
  return needs.map((need) => String(need.node.value));
}

/** The keys of `retry`, in a node or in the defaults. */
export function readRetry(spot: Spot, report: FindingReport): RetryDefinition | undefined {
  const map = readMap(spot, report, 'Write `retry: { attempts: 3 }`.');
  if (map === undefined) return undefined;
  checkKeys(map, RETRY_KEYS, report, '`retry`');
  const attempts = requireEntry(
    map,
    'attempts',
    report,
    'Add `attempts`, the first one counted: `{ attempts: 3 }`.',
  );
  const read = attempts && readNumber(attempts, report, { min: 1, max: MAX_ATTEMPTS, whole: true });
  return {
    attempts: read ?? 1,
    ...readEntry(map, 'delay', (delay) => readDuration(delay, report, 0)),
    ...readEntry(map, 'factor', (factor) => readNumber(factor, report, { min: 1, max: 100, whole: false })),
    ...readEntry(map, 'maxDelay', (delay) => readDuration(delay, report, 0)),
  };
}
