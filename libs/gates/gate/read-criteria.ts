import type { Criterion, MissingPolicy } from '#contracts/judgement/gate.js';
import { MISSING_POLICIES } from '#contracts/judgement/gate.js';
import { quote } from '#domain/definition/path.js';
import { entryOf, itemsOf, type Spot, type TreeMap } from '#domain/definition/tree.js';
import {
  checkKeys,
  readBoolean,
  readChoice,
  readEntry,
  readList,
  readMap,
  readNumber,
  readString,
  requireEntry,
} from '#domain/definition/values.js';
import { atKey, atValue, type FindingReport } from '#domain/validation/report.js';
import { isMetricName, METRIC_NAME_HINT } from './metric-name.js';
import { readPolicy } from './read-policy.js';
import { readStatistical, readTrend } from './read-samples.js';
import { readThresholds } from './read-thresholds.js';

/** Whole numbers, so that sums of weights and of their halves are exact in whatever order. */
const WEIGHTS = { min: 0, max: 1_000, whole: true } as const;
const MAX_CRITERIA = 500;

/** What all criteria have, read before what makes their kind. */
export type Frame = Pick<Criterion, 'name' | 'weight' | 'key' | 'missing'>;

interface Kind {
  readonly keys: readonly string[];
  readonly read: (map: Spot<TreeMap>, frame: Frame, report: FindingReport) => Criterion | undefined;
}

/** By the key that makes a criterion one of them. */
const KINDS: Readonly<Record<string, Kind>> = {
  pass: { keys: ['metric', 'pass', 'warn', 'compare', 'adapt'], read: withMetric(readThresholds) },
  statistical: { keys: ['metric', 'statistical'], read: withMetric(readStatistical) },
  trend: { keys: ['metric', 'trend'], read: withMetric(readTrend) },
  policy: { keys: ['policy', 'warn'], read: readPolicy },
};

const FRAME_KEYS = ['name', 'weight', 'key', 'missing'] as const;

export function readCriteria(
  spot: Spot,
  missing: MissingPolicy,
  report: FindingReport,
): readonly Criterion[] {
  const list = readList(spot, report, 'Write a list: `criteria: [{ metric: coverage, pass: ">= 80" }]`.');
  if (list === undefined) return [];
  const items = itemsOf(list);
  if (items.length === 0 || items.length > MAX_CRITERIA) {
    const message = `There are ${items.length === 0 ? 'no' : items.length} criteria.`;
    report.add('value-out-of-range', atKey(spot), message, `Write 1 to ${MAX_CRITERIA}.`);
    return [];
  }
  const criteria = items.flatMap((item) => readCriterion(item, missing, report) ?? []);
  checkNames(items, report);
  // With some unread it cannot be said what the sum would be.
  if (criteria.length === items.length) checkWeights(criteria, spot, report);
  return criteria;
}

function readCriterion(spot: Spot, missing: MissingPolicy, report: FindingReport): Criterion | undefined {
  const map = readMap(spot, report, 'Write a map: `{ metric: coverage, pass: ">= 80" }`.');
  if (map === undefined) return undefined;
  const kind = chooseKind(map, report);
  if (kind === undefined) return undefined;
  const named = entryOf(map, nameKey(map));
  if (named === undefined && entryOf(map, 'policy') !== undefined) {
    requireEntry(map, 'name', report, 'Give it a name: `name: nothing-critical`.');
  }
  const frame = {
    name: (named && readName(named, report)) ?? '',
    weight: 1,
    key: false,
    missing,
    ...readEntry(map, 'weight', (each) => readNumber(each, report, WEIGHTS)),
    ...readEntry(map, 'key', (each) => readBoolean(each, report)),
    ...readEntry(map, 'missing', (each) => readChoice(each, MISSING_POLICIES, report)),
  };
  return kind.read(map, frame, report);
}

/** The kind that the keys tell; keys that do not go with it are reported. */
function chooseKind(map: Spot<TreeMap>, report: FindingReport): Kind | undefined {
  const [named, second] = Object.keys(KINDS).filter((key) => entryOf(map, key) !== undefined);
  if (named === undefined) {
    checkKeys(
      map,
      [...FRAME_KEYS, ...Object.values(KINDS).flatMap(({ keys }) => keys)],
      report,
      'a criterion',
    );
    const hint = 'Add `pass: "<= 300ms"`, `statistical:`, `trend:` or `policy:`.';
    report.add('criterion-kind-missing', atKey(map), 'The criterion asks for nothing.', hint);
    return undefined;
  }
  if (second !== undefined) {
    const message = `\`${named}\` and \`${second}\` are two kinds of criterion.`;
    report.add(
      'criterion-kind-ambiguous',
      atKey(entryOf(map, second)!),
      message,
      'Make two criteria of them.',
    );
    return undefined;
  }
  const kind = KINDS[named]!;
  checkKeys(map, [...FRAME_KEYS, ...kind.keys], report, `a criterion with \`${named}\``);
  return kind;
}

function nameKey(map: Spot<TreeMap>): 'name' | 'metric' {
  return entryOf(map, 'name') === undefined ? 'metric' : 'name';
}

function readName(spot: Spot, report: FindingReport): string | undefined {
  const name = readString(spot, report, 'Write a name: `coverage`.');
  if (name === undefined || isMetricName(name)) return name;
  report.add(
    'value-out-of-range',
    atValue(spot),
    `${quote(name)} cannot be the name of a metric.`,
    METRIC_NAME_HINT,
  );
  return undefined;
}

type MetricReader = (
  map: Spot<TreeMap>,
  frame: Frame & { readonly metric: string },
  report: FindingReport,
) => Criterion | undefined;

function withMetric(read: MetricReader): Kind['read'] {
  return (map, frame, report) => {
    const spot = requireEntry(map, 'metric', report, 'Name the metric: `metric: coverage`.');
    const metric = spot && readName(spot, report);
    return read(map, { ...frame, metric: metric ?? '' }, report);
  };
}

function checkNames(items: readonly Spot[], report: FindingReport): void {
  const known = new Map<string, number>();
  for (const item of items) {
    if (item.node.kind !== 'map') continue;
    const map = item as Spot<TreeMap>;
    const spot = entryOf(map, nameKey(map));
    const name = spot?.node.kind === 'scalar' ? String(spot.node.value) : undefined;
    if (spot === undefined || name === undefined) continue;
    const first = known.get(name);
    if (first === undefined) {
      known.set(name, spot.node.position.line);
      continue;
    }
    const message = `${quote(name)} is the name of the criterion at line ${first} already.`;
    report.add('criterion-duplicate', atValue(spot), message, 'Give one of them another `name`.');
  }
}

function checkWeights(criteria: readonly Criterion[], spot: Spot, report: FindingReport): void {
  if (criteria.some(({ weight, key }) => weight > 0 || key)) return;
  const message = 'All weights are 0, and no criterion is a key criterion: nothing could ever fail.';
  report.add('weights-zero', atKey(spot), message, 'Give a criterion a weight, or write `key: true`.');
}
