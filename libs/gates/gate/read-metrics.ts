import { MAX_SAMPLES, type Measurement, type MissingReason } from '#contracts/judgement/measurement.js';
import { parseMoment } from '#domain/definition/moment.js';
import { parseInto } from '#domain/definition/parse.js';
import {
  entriesOf,
  entryOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
} from '#domain/definition/tree.js';
import { checkKeys, readEntry, readList, readMap, readString } from '#domain/definition/values.js';
import type { Finding } from '#domain/validation/finding.js';
import { atKey, atValue, FindingReport } from '#domain/validation/report.js';
import { checkMetricName } from './metric-name.js';

const MAX_METRICS = 5_000;
const MAX_WORDS = 300;
const KEYS = ['value', 'samples', 'baseline', 'unit', 'source', 'observedAt', 'missing'] as const;
const HINT = 'Write a number, a list of samples, or `{ value: 12, unit: ms }`.';

export interface MetricsReading {
  /** Present where nothing is wrong; in the order of the file. */
  readonly measurements?: readonly Measurement[];
  readonly findings: readonly Finding[];
}

/**
 * Metrics by name, in JSON or YAML: a number, a list of samples, null for what could not be measured, or a map with
 * `value`, `samples`, `baseline`, `unit`, `source`, `observedAt`, `missing`. Never throws, whatever the text.
 */
export function readMetrics(text: string, from: string): MetricsReading {
  const report = new FindingReport();
  const tree = parseInto(text, report);
  const measurements = tree && readRoot({ node: tree.root, path: undefined }, from, report);
  const findings = report.list();
  return measurements === undefined || findings.length > 0 ? { findings } : { measurements, findings };
}

function readRoot(root: Spot, from: string, report: FindingReport): readonly Measurement[] | undefined {
  if (!isMap(root)) {
    const message = 'Metrics are a map from names to numbers, and this is none.';
    report.add('gate-not-a-map', atValue(root), message, 'Write `{ "coverage": 81.5 }`.');
    return undefined;
  }
  const entries = entriesOf(root);
  if (entries.length > MAX_METRICS) {
    const message = `There are ${entries.length} metrics.`;
    report.add('value-out-of-range', atValue(root), message, `Keep at most ${MAX_METRICS}.`);
    return undefined;
  }
  return entries.flatMap(([metric, spot]) => {
    checkMetricName(metric, spot, report);
    return readMeasurement(metric, spot, from, report) ?? [];
  });
}

function readMeasurement(
  metric: string,
  spot: Spot,
  source: string,
  report: FindingReport,
): Measurement | undefined {
  if (isList(spot)) {
    const samples = readNumbers(spot, report);
    return samples && { metric, samples, source };
  }
  if (isMap(spot)) return readFull(metric, spot, source, report);
  if (spot.node.kind === 'scalar' && spot.node.value === null) {
    return { metric, source, missing: describeMissing('The file says that there is no value.') };
  }
  const value = readFinite(spot, report);
  return value === undefined ? undefined : { metric, value, source };
}

function readFull(
  metric: string,
  map: Spot<TreeMap>,
  from: string,
  report: FindingReport,
): Measurement | undefined {
  checkKeys(map, KEYS, report, 'a metric');
  const given = (['value', 'samples', 'missing'] as const).filter((key) => {
    const entry = entryOf(map, key);
    return entry !== undefined && !(isScalar(entry) && entry.node.value === null);
  });
  if (given.length > 1) {
    const message = `A metric has one of \`value\`, \`samples\` and \`missing\`, and this has ${given.join(' and ')}.`;
    report.add('measurement-invalid', atKey(map), message, 'Keep one of them.');
    return undefined;
  }
  const frame = {
    metric,
    source: from,
    ...readEntry(map, 'source', (spot) => readWords(spot, report)),
    ...readEntry(map, 'unit', (spot) => readWords(spot, report)),
    ...readEntry(map, 'observedAt', (spot) => readMoment(spot, report)),
    ...readEntry(map, 'baseline', (spot) => readNumbers(spot, report)),
  };
  switch (given[0]) {
    case 'value':
      return { ...frame, ...readEntry(map, 'value', (spot) => readFinite(spot, report)) };
    case 'samples':
      return { ...frame, ...readEntry(map, 'samples', (spot) => readNumbers(spot, report)) };
    case 'missing':
      return { ...frame, ...readEntry(map, 'missing', (spot) => readMissing(spot, report)) };
    default:
      return { ...frame, missing: describeMissing('The file holds no value for it.') };
  }
}

function readFinite(spot: Spot, report: FindingReport): number | undefined {
  if (isScalar(spot) && typeof spot.node.value === 'number') return spot.node.value;
  report.add('measurement-invalid', atValue(spot), 'This must be a number.', HINT);
  return undefined;
}

function readNumbers(spot: Spot, report: FindingReport): readonly number[] | undefined {
  const list = readList(spot, report, 'Write a list of numbers: `[12, 14, 13]`.');
  if (list === undefined) return undefined;
  const items = itemsOf(list);
  if (items.length > 0 && items.length <= MAX_SAMPLES) {
    const numbers = items.flatMap((item) => readFinite(item, report) ?? []);
    return numbers.length === items.length ? numbers : undefined;
  }
  const message = items.length === 0 ? 'There are no samples.' : `There are ${items.length} samples.`;
  const hint = `Keep 1 to ${MAX_SAMPLES}, or write null where there are none.`;
  report.add('value-out-of-range', atValue(spot), message, hint);
  return undefined;
}

function readWords(spot: Spot, report: FindingReport): string | undefined {
  const words = readString(spot, report, 'Write a few words.');
  if (words === undefined || words.length <= MAX_WORDS) return words;
  report.add(
    'value-out-of-range',
    atValue(spot),
    'The text is too long.',
    `Keep at most ${MAX_WORDS} characters.`,
  );
  return undefined;
}

/** As UTC, whatever zone it was written in. */
function readMoment(spot: Spot, report: FindingReport): string | undefined {
  const hint = 'Write `2030-01-31T08:00:00Z`, or with an offset, `2030-01-31T09:00:00+01:00`.';
  const text = readString(spot, report, hint);
  if (text === undefined) return undefined;
  const moment = parseMoment(text);
  if (moment !== undefined) return new Date(moment).toISOString();
  report.add('moment-invalid', atValue(spot), 'This is no moment in the form of RFC 3339.', hint);
  return undefined;
}

function readMissing(spot: Spot, report: FindingReport): MissingReason | undefined {
  if (!isMap(spot)) {
    const words = readWords(spot, report);
    return words === undefined ? undefined : describeMissing(words);
  }
  const map = readMap(spot, report, 'Write why there is no value.');
  if (map === undefined) return undefined;
  checkKeys(map, ['code', 'message', 'hint'], report, 'a missing value');
  const read = (each: Spot) => readWords(each, report);
  return {
    ...describeMissing('The source gave no value.'),
    ...readEntry(map, 'code', read),
    ...readEntry(map, 'message', read),
    ...readEntry(map, 'hint', read),
  };
}

function describeMissing(message: string): MissingReason {
  return { code: 'metric-empty', message, hint: 'Look at what should have measured it.' };
}
