import {
  type Adaptation,
  AGGREGATES,
  type Comparison,
  type Condition,
  type ThresholdCriterion,
} from '#contracts/judgement/gate.js';
import { quote } from '#domain/definition/path.js';
import { entryOf, isList, itemsOf, type Spot, type TreeMap } from '#domain/definition/tree.js';
import {
  checkKeys,
  readChoice,
  readEntry,
  readMap,
  readNumber,
  readString,
  requireEntry,
} from '#domain/definition/values.js';
import { atKey, atValue, type FindingReport } from '#domain/validation/report.js';
import { parseCondition } from './condition.js';
import type { Frame } from './read-criteria.js';
import { readPercent } from './read-percent.js';
import { convert } from './units.js';

const MAX_CONDITIONS = 20;
const HINT = 'Write `<= 300ms`, `>= 80%`, `= 0`, or against earlier runs `<= +10%`, `<= +5ms`.';

const COMPARISON: Comparison = {
  with: 'average',
  last: 10,
  of: 'passed',
  atLeast: 3,
  fewer: 'inconclusive',
};

/** Runs that are looked at, at most. */
export const RUNS = { min: 1, max: 1_000, whole: true } as const;

export function readThresholds(
  map: Spot<TreeMap>,
  frame: Frame & { readonly metric: string },
  report: FindingReport,
): ThresholdCriterion {
  const pass = readConditions(entryOf(map, 'pass')!, report);
  const warned = entryOf(map, 'warn');
  const warn = warned === undefined ? [] : readConditions(warned, report);
  checkUnits([...pass, ...warn], entryOf(map, 'pass')!, report);
  if (warned !== undefined) checkOrder(pass, warn, warned, report);
  const adapt = entryOf(map, 'adapt');
  const adaptation = adapt && readAdaptation(adapt, pass, report);
  return {
    ...frame,
    kind: 'threshold',
    pass: [pass],
    warn: warn.length === 0 ? [] : [warn],
    compare: readComparison(map, report),
    ...(adaptation === undefined ? {} : { adapt: adaptation }),
  };
}

/** One condition, or a list of them, which must all hold. */
function readConditions(spot: Spot, report: FindingReport): readonly Condition[] {
  if (!isList(spot)) return [readCondition(spot, report) ?? []].flat();
  const items = itemsOf(spot);
  if (items.length === 0 || items.length > MAX_CONDITIONS) {
    const message = `There are ${items.length === 0 ? 'no' : items.length} conditions.`;
    report.add('value-out-of-range', atKey(spot), message, `Write 1 to ${MAX_CONDITIONS}.`);
    return [];
  }
  return items.flatMap((item) => readCondition(item, report) ?? []);
}

function readCondition(spot: Spot, report: FindingReport): Condition | undefined {
  const text = readString(spot, report, HINT);
  if (text === undefined) return undefined;
  const reading = parseCondition(text);
  if ('condition' in reading) return reading.condition;
  report.add('condition-invalid', atValue(spot), `${quote(text)} ${reading.problem}.`, HINT);
  return undefined;
}

function checkUnits(conditions: readonly Condition[], spot: Spot, report: FindingReport): void {
  const units = conditions.flatMap(({ unit }) => unit ?? []);
  const other = units.find((unit) => convert(1, unit, units[0]) === undefined);
  if (other === undefined) return;
  const message = `${units[0]} and ${other} cannot be compared.`;
  report.add('condition-units', atKey(spot), message, 'Use units of one kind: times, sizes, or percent.');
}

/** Says what is certain only: two conditions of the same kind and direction. */
function checkOrder(
  pass: readonly Condition[],
  warn: readonly Condition[],
  spot: Spot,
  report: FindingReport,
): void {
  const [first, second] = [pass[0], warn[0]];
  if (pass.length !== 1 || warn.length !== 1 || first === undefined || second === undefined) return;
  if (!isStricter(second, first)) return;
  const message = `\`${second.text}\` is stricter than \`${first.text}\`: nothing would ever be a warning.`;
  report.add('condition-unreachable', atValue(spot), message, 'Make it looser than `pass`.');
}

/** Both ask for the same, and `one` for more of it. */
function isStricter(one: Condition, other: Condition): boolean {
  const up = other.sign.startsWith('>');
  if (one.of !== other.of || other.sign === '=' || one.sign === '=' || one.sign.startsWith('>') !== up)
    return false;
  const amount = convert(one.amount, one.unit, other.unit);
  return amount !== undefined && (up ? amount > other.amount : amount < other.amount);
}

function readComparison(map: Spot<TreeMap>, report: FindingReport): Comparison {
  const spot = entryOf(map, 'compare');
  const hint = 'Write `compare: { with: p95, last: 10, of: passed, atLeast: 3 }`.';
  const compare = spot && readMap(spot, report, hint);
  if (compare === undefined) return COMPARISON;
  checkKeys(compare, ['with', 'last', 'of', 'atLeast', 'fewer'], report, 'a comparison');
  const comparison = {
    ...COMPARISON,
    ...readEntry(compare, 'with', (each) => readChoice(each, AGGREGATES, report)),
    ...readEntry(compare, 'last', (each) => readNumber(each, report, RUNS)),
    ...readEntry(compare, 'of', (each) =>
      readChoice(each, ['passed', 'passed-or-warned', 'all'] as const, report),
    ),
    ...readEntry(compare, 'atLeast', (each) => readNumber(each, report, RUNS)),
    ...readEntry(compare, 'fewer', (each) => readChoice(each, ['inconclusive', 'pass'] as const, report)),
  };
  if (entryOf(compare, 'atLeast') === undefined)
    return { ...comparison, atLeast: Math.min(comparison.atLeast, comparison.last) };
  checkLast(compare, comparison, report);
  return comparison;
}

/** More than are looked at would never be there. */
export function checkLast(
  map: Spot,
  { atLeast, last }: { readonly atLeast: number; readonly last: number },
  report: FindingReport,
): void {
  if (atLeast <= last) return;
  const message = `\`atLeast: ${atLeast}\` is more than the last ${last} that are looked at.`;
  report.add('value-out-of-range', atKey(map), message, 'Raise `last`, or lower `atLeast`.');
}

const ADAPTATION = { quantile: 95, atLeast: 20, last: 200 } as const;

function readAdaptation(
  spot: Spot,
  pass: readonly Condition[],
  report: FindingReport,
): Adaptation | undefined {
  const map = readMap(spot, report, 'Write `adapt: { floor: "<= 500ms" }`.');
  if (map === undefined) return undefined;
  checkKeys(map, ['floor', 'quantile', 'atLeast', 'last'], report, 'a limit that is learnt');
  const floor = requireEntry(map, 'floor', report, 'Say how loose it may ever become: `floor: "<= 500ms"`.');
  const condition = floor && readCondition(floor, report);
  const adaptation = {
    ...ADAPTATION,
    ...readEntry(map, 'quantile', (each) => readPercent(each, report, { min: 50, max: 100 })),
    ...readEntry(map, 'atLeast', (each) => readNumber(each, report, { ...RUNS, min: 5 })),
    ...readEntry(map, 'last', (each) => readNumber(each, report, RUNS)),
  };
  checkLast(map, adaptation, report);
  if (floor === undefined || condition === undefined) return undefined;
  const [written] = pass;
  if (pass.length !== 1 || written === undefined || !fitsFloor(written, condition)) {
    const message = 'A limit is learnt where `pass` is one limit, and `floor` another of the same direction.';
    report.add(
      'criterion-kind-ambiguous',
      atKey(spot),
      message,
      'Write `pass: "<= 300ms"` and `floor: "<= 500ms"`.',
    );
  } else if (isStricter(condition, written)) {
    const message = `The floor \`${condition.text}\` is stricter than \`${written.text}\`.`;
    report.add(
      'condition-unreachable',
      atValue(floor),
      message,
      'Make it as loose as the limit may ever become.',
    );
  }
  return { floor: condition, ...adaptation };
}

function fitsFloor(written: Condition, floor: Condition): boolean {
  return (
    written.of === 'absolute' &&
    floor.of === 'absolute' &&
    written.sign !== '=' &&
    written.sign[0] === floor.sign[0] &&
    convert(1, written.unit, floor.unit) !== undefined
  );
}
