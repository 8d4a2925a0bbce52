import { EFFECTS, type StatisticalCriterion, type TrendCriterion } from '#contracts/judgement/gate.js';
import { entryOf, type Spot, type TreeMap } from '#domain/definition/tree.js';
import {
  checkKeys,
  readChoice,
  readEntry,
  readMap,
  readNumber,
  requireEntry,
} from '#domain/definition/values.js';
import type { FindingReport } from '#domain/validation/report.js';
import type { Frame } from './read-criteria.js';
import { readPercent } from './read-percent.js';
import { checkLast } from './read-thresholds.js';

/** The work grows with the square of them. */
const TREND_RUNS = { min: 5, max: 100, whole: true } as const;
const DIRECTIONS = ['lower', 'higher'] as const;
const ALPHA = { min: 0.0001, max: 0.5, whole: false } as const;

export function readStatistical(
  map: Spot<TreeMap>,
  frame: Frame & { readonly metric: string },
  report: FindingReport,
): StatisticalCriterion | undefined {
  const hint = 'Write `statistical: { direction: lower, alpha: 0.05, effect: medium }`.';
  const own = readMap(entryOf(map, 'statistical')!, report, hint);
  if (own === undefined) return undefined;
  checkKeys(own, ['direction', 'alpha', 'effect', 'atLeast'], report, 'a statistical criterion');
  return {
    ...frame,
    kind: 'statistical',
    direction: readDirection(own, report),
    alpha: 0.05,
    effect: 'medium',
    atLeast: 5,
    ...readEntry(own, 'alpha', (each) => readNumber(each, report, ALPHA)),
    ...readEntry(own, 'effect', (each) => readChoice(each, EFFECTS, report)),
    ...readEntry(own, 'atLeast', (each) => readNumber(each, report, { min: 3, max: 10_000, whole: true })),
  };
}

export function readTrend(
  map: Spot<TreeMap>,
  frame: Frame & { readonly metric: string },
  report: FindingReport,
): TrendCriterion | undefined {
  const own = readMap(
    entryOf(map, 'trend')!,
    report,
    'Write `trend: { direction: lower, last: 20, tolerance: 1% }`.',
  );
  if (own === undefined) return undefined;
  checkKeys(own, ['direction', 'alpha', 'tolerance', 'last', 'atLeast'], report, 'a trend');
  const trend = {
    alpha: 0.05,
    tolerance: 0,
    last: 20,
    ...readEntry(own, 'alpha', (each) => readNumber(each, report, ALPHA)),
    ...readEntry(own, 'tolerance', (each) => readPercent(each, report, { min: 0, max: 1_000 })),
    ...readEntry(own, 'last', (each) => readNumber(each, report, TREND_RUNS)),
  };
  const { atLeast = Math.min(8, trend.last) } = readEntry(own, 'atLeast', (each) =>
    readNumber(each, report, TREND_RUNS),
  );
  checkLast(own, { atLeast, last: trend.last }, report);
  return { ...frame, kind: 'trend', direction: readDirection(own, report), ...trend, atLeast };
}

/** What is better has no default: the wrong one would let everything bad pass. */
function readDirection(map: Spot<TreeMap>, report: FindingReport): 'lower' | 'higher' {
  const spot = requireEntry(
    map,
    'direction',
    report,
    'Say what is better: `direction: lower` or `direction: higher`.',
  );
  return (spot && readChoice(spot, DIRECTIONS, report)) ?? 'lower';
}
