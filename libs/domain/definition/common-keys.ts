import { suggest } from '../validation/nearest.js';
import { atValue, type FindingReport } from '../validation/report.js';
import type { CommonKeys, OnFailure, RetryDefinition } from './definition.js';
import { quote } from './path.js';
import type { NodeSource, Reading } from './reading.js';
import { entryOf, isScalar, itemsOf, type Spot, type TreeScalar } from './tree.js';
import { checkKeys, readDuration, readList, readMap, readNumber, readText, requireEntry } from './values.js';

/** Keys that every stage and step may have. */
export const COMMON_KEYS = ['name', 'needs', 'if', 'timeout', 'retry', 'onFailure'] as const;

const ON_FAILURE: readonly OnFailure[] = ['fail', 'continue'];

const MAX_ATTEMPTS = 1_000;

export function readCommonKeys(source: NodeSource, reading: Reading): Omit<CommonKeys, 'id'> {
  const { report } = reading;
  const read = <T>(
    key: (typeof COMMON_KEYS)[number],
    reader: (spot: Spot) => T | undefined,
  ): { [k: string]: T } => {
    const spot = entryOf(source.map, key);
    const value = spot === undefined ? undefined : reader(spot);
    return value === undefined ? {} : { [key]: value };
  };
  return {
    ...read(
      'name',
      (spot) => readText(spot, report, 'Write a title for people.')?.node.value as string | undefined,
    ),
    ...read('needs', (spot) => readNeeds(spot, source, reading)),
    ...read('if', (spot) => reading.readCondition(spot, source, 'condition')),
    ...read('timeout', (spot) => readDuration(spot, report, 1)),
    ...read('retry', (spot) => readRetry(spot, report)),
    ...read('onFailure', (spot) => readOnFailure(spot, report)),
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
  checkKeys(map, ['attempts', 'delay', 'factor', 'maxDelay'], report, '`retry`');
  const attempts = requireEntry(
    map,
    'attempts',
    report,
    'Add `attempts`, the first one counted: `{ attempts: 3 }`.',
  );
  const delay = entryOf(map, 'delay');
  const factor = entryOf(map, 'factor');
  const maxDelay = entryOf(map, 'maxDelay');
  const read = {
    attempts: attempts && readNumber(attempts, report, { min: 1, max: MAX_ATTEMPTS, whole: true }),
    delay: delay && readDuration(delay, report, 0),
    factor: factor && readNumber(factor, report, { min: 1, max: 100, whole: false }),
    maxDelay: maxDelay && readDuration(maxDelay, report, 0),
  };
  return {
    attempts: read.attempts ?? 1,
    ...(read.delay === undefined ? {} : { delay: read.delay }),
    ...(read.factor === undefined ? {} : { factor: read.factor }),
    ...(read.maxDelay === undefined ? {} : { maxDelay: read.maxDelay }),
  };
}

function readOnFailure(spot: Spot, report: FindingReport): OnFailure | undefined {
  const written = isScalar(spot) ? spot.node.value : undefined;
  const known = ON_FAILURE.find((value) => value === written);
  if (known !== undefined) return known;
  const shown = typeof written === 'string' ? quote(written) : 'This';
  report.add('value-not-allowed', atValue(spot), `${shown} is no way to go on after a failure.`, () =>
    suggest(String(written), ON_FAILURE, 'Write `fail` or `continue`.'),
  );
  return undefined;
}
