import type {
  Comparison,
  Condition,
  Gate,
  ThresholdCriterion,
  TotalThresholds,
} from '#contracts/judgement/gate.js';
import { quote } from '#domain/definition/path.js';
import { entryOf, isScalar, itemsOf, type Spot, type TreeMap } from '#domain/definition/tree.js';
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
import { parseKeptnCondition } from './keptn-condition.js';
import { isMetricName, METRIC_NAME_HINT } from './metric-name.js';
import { readPercent } from './read-percent.js';
import { RUNS } from './read-thresholds.js';

const MAX_OBJECTIVES = 500;
const MAX_CRITERIA = 20;
const MAX_TITLE = 100;

/** The keys of github.com/keptn/spec, service_level_objective.md; its schema allows no others. */
const KEYS = ['spec_version', 'filter', 'comparison', 'objectives', 'total_score'] as const;
const OBJECTIVE_KEYS = ['sli', 'displayName', 'pass', 'warning', 'weight', 'key_sli'] as const;
const COMPARISON_KEYS = [
  'compare_with',
  'include_result_with_score',
  'number_of_comparison_results',
  'aggregate_function',
] as const;

/**
 * A file of service level objectives as a gate that judges as Keptn does. What the specification leaves open is what
 * lighthouse-service does (parseSLO in its common.go): weight 0 counts 1; a comparison that does not say with how many
 * looks at three.
 */
export function readObjectives(root: Spot<TreeMap>, report: FindingReport): Gate {
  checkKeys(root, KEYS, report, 'a file of objectives');
  const version = entryOf(root, 'spec_version')!;
  const written = isScalar(version) ? version.node.value : undefined;
  // YAML reads 1.0 without quotes as a number.
  if (written !== '1.0' && written !== 1) {
    const message = 'Files of objectives are read in version 1.0 only.';
    report.add('gate-version-unsupported', atValue(version), message, "Write `spec_version: '1.0'`.");
  }
  readEntry(root, 'filter', (spot) => readMap(spot, report, 'Write a map: `filter: { id: "4711" }`.'));
  const compare = readComparison(root, report);
  return {
    name: 'objectives',
    rules: 'keptn',
    metrics: {},
    criteria: readObjectiveList(root, compare, report),
    total: readTotalScore(root, report),
  };
}

const DEFAULTS: Comparison = { with: 'average', last: 1, of: 'all', atLeast: 1, fewer: 'pass' };

const AGGREGATES = { avg: 'average', p50: 'p50', p90: 'p90', p95: 'p95' } as const;
const INCLUDED = { all: 'all', pass: 'passed', pass_or_warn: 'passed-or-warned' } as const;

function readComparison(root: Spot<TreeMap>, report: FindingReport): Comparison {
  const spot = entryOf(root, 'comparison');
  const map = spot && readMap(spot, report, 'Write `comparison: { compare_with: single_result }`.');
  if (map === undefined) return DEFAULTS;
  checkKeys(map, COMPARISON_KEYS, report, 'a comparison');
  const { compare_with: how } = readEntry(map, 'compare_with', (each) =>
    readChoice(each, ['single_result', 'several_results'] as const, report),
  );
  const { number_of_comparison_results: number = 0 } = readEntry(
    map,
    'number_of_comparison_results',
    (each) => readNumber(each, report, { ...RUNS, min: 0 }),
  );
  const several = how === 'several_results' && number > 0 ? number : 3;
  return {
    ...DEFAULTS,
    last: how === 'single_result' ? 1 : several,
    with: readWord(map, 'aggregate_function', AGGREGATES, report) ?? DEFAULTS.with,
    of: readWord(map, 'include_result_with_score', INCLUDED, report) ?? DEFAULTS.of,
  };
}

/** One of Keptn's words, in ours. */
function readWord<W extends string, T>(
  map: Spot<TreeMap>,
  key: string,
  words: Readonly<Record<W, T>>,
  report: FindingReport,
): T | undefined {
  const spot = entryOf(map, key);
  const word = spot && readChoice(spot, Object.keys(words) as W[], report);
  return word === undefined ? undefined : words[word];
}

function readObjectiveList(
  root: Spot<TreeMap>,
  compare: Comparison,
  report: FindingReport,
): ThresholdCriterion[] {
  const spot = requireEntry(
    root,
    'objectives',
    report,
    'Add `objectives: [{ sli: response_time_p95, pass: … }]`.',
  );
  const list = spot && readList(spot, report, 'Write a list: `objectives: [{ sli: response_time_p95 }]`.');
  if (list === undefined) return [];
  // Keptn passes over empty items of the list.
  const items = itemsOf(list).filter((item) => !(isScalar(item) && item.node.value === null));
  if (items.length === 0 || items.length > MAX_OBJECTIVES) {
    const message = `There are ${items.length === 0 ? 'no' : items.length} objectives.`;
    report.add('value-out-of-range', atKey(spot!), message, `Write 1 to ${MAX_OBJECTIVES}.`);
    return [];
  }
  const criteria: ThresholdCriterion[] = [];
  const known = new Set<string>();
  for (const item of items) {
    const criterion = readObjective(item, compare, report);
    if (criterion === undefined) continue;
    if (known.has(criterion.metric)) {
      const message = `There is an objective for ${quote(criterion.metric)} already; Keptn fails the second one.`;
      report.add(
        'criterion-duplicate',
        atValue(item),
        message,
        'Make one objective of them, with several criteria.',
      );
    }
    known.add(criterion.metric);
    criteria.push(criterion);
  }
  return criteria;
}

function readObjective(
  spot: Spot,
  compare: Comparison,
  report: FindingReport,
): ThresholdCriterion | undefined {
  const map = readMap(
    spot,
    report,
    'Write a map: `{ sli: response_time_p95, pass: [{ criteria: ["<600"] }] }`.',
  );
  if (map === undefined) return undefined;
  checkKeys(map, OBJECTIVE_KEYS, report, 'an objective');
  const sli = requireEntry(map, 'sli', report, 'Name the indicator: `sli: response_time_p95`.');
  const metric = sli && readString(sli, report, 'Write a name: `sli: response_time_p95`.');
  if (metric === undefined) return undefined;
  if (!isMetricName(metric)) {
    report.add(
      'value-out-of-range',
      atValue(sli!),
      `${quote(metric)} cannot be the name of a metric.`,
      METRIC_NAME_HINT,
    );
  }
  const { displayName } = readEntry(map, 'displayName', (each) => readTitle(each, report));
  const { weight = 1 } = readEntry(map, 'weight', (each) =>
    readNumber(each, report, { min: 0, max: 1_000, whole: true }),
  );
  const { key_sli: key = false } = readEntry(map, 'key_sli', (each) => readBoolean(each, report));
  return {
    kind: 'threshold',
    name: metric,
    ...(displayName === undefined ? {} : { title: displayName }),
    metric,
    weight: weight === 0 ? 1 : weight,
    key,
    missing: 'fail',
    pass: readAlternatives(map, 'pass', report),
    warn: readAlternatives(map, 'warning', report),
    compare,
  };
}

/** One line; an empty one is none. */
function readTitle(spot: Spot, report: FindingReport): string | undefined {
  const title = readString(spot, report, 'Write a name: `displayName: Response time P95`.')
    ?.replaceAll(/\s+/g, ' ')
    .trim();
  if (title === undefined || title === '') return undefined;
  if (title.length <= MAX_TITLE) return title;
  const message = `The name has ${title.length} characters.`;
  report.add('value-out-of-range', atValue(spot), message, `Keep at most ${MAX_TITLE}.`);
  return undefined;
}

/** One of the sets must hold, and of it all criteria. */
function readAlternatives(map: Spot<TreeMap>, key: string, report: FindingReport): Condition[][] {
  const spot = entryOf(map, key);
  if (spot === undefined || (isScalar(spot) && spot.node.value === null)) return [];
  const list = readList(spot, report, `Write a list: \`${key}: [{ criteria: ["<=+10%", "<600"] }]\`.`);
  const sets = list === undefined ? [] : itemsOf(list);
  checkCount(sets.length, spot, report);
  return sets.slice(0, MAX_CRITERIA).map((each) => readSet(each, report));
}

function readSet(spot: Spot, report: FindingReport): Condition[] {
  const set = readMap(spot, report, 'Write `criteria: ["<=+10%", "<600"]`.');
  if (set === undefined) return [];
  checkKeys(set, ['criteria'], report, 'a set of criteria');
  const criteria = requireEntry(set, 'criteria', report, 'Write `criteria: ["<=+10%", "<600"]`.');
  const list = criteria && readList(criteria, report, 'Write a list: `criteria: ["<=+10%", "<600"]`.');
  if (list === undefined) return [];
  const items = itemsOf(list);
  if (items.length === 0) {
    const message = 'A set without criteria would always hold.';
    report.add(
      'value-out-of-range',
      atKey(criteria!),
      message,
      'Write `criteria: ["<=+10%", "<600"]`, or remove it.',
    );
  }
  checkCount(items.length, criteria!, report);
  return items.slice(0, MAX_CRITERIA).flatMap((item) => readCriterion(item, report) ?? []);
}

function checkCount(count: number, spot: Spot, report: FindingReport): void {
  if (count <= MAX_CRITERIA) return;
  report.add('value-out-of-range', atKey(spot), `There are ${count} here.`, `Keep at most ${MAX_CRITERIA}.`);
}

function readCriterion(spot: Spot, report: FindingReport): Condition | undefined {
  const hint = 'Write `<=600`, `=0`, or against earlier evaluations `<=+10%`, `<=+5`.';
  const text = readString(spot, report, hint);
  if (text === undefined) return undefined;
  const reading = parseKeptnCondition(text);
  if ('condition' in reading) return reading.condition;
  report.add('condition-invalid', atValue(spot), `${quote(text)} ${reading.problem}.`, hint);
  return undefined;
}

function readTotalScore(root: Spot<TreeMap>, report: FindingReport): TotalThresholds {
  const hint = 'Write `total_score: { pass: "90%", warning: "75%" }`.';
  const spot = requireEntry(root, 'total_score', report, hint);
  const map = spot && readMap(spot, report, hint);
  if (map === undefined) return { pass: 100 };
  checkKeys(map, ['pass', 'warning'], report, 'a total score');
  const target = requireEntry(map, 'pass', report, hint);
  const pass = target && readPercent(target, report, { min: 0, max: 100 });
  const warning = entryOf(map, 'warning');
  // An empty warning is none.
  const named =
    warning !== undefined &&
    !(isScalar(warning) && (warning.node.value === '' || warning.node.value === null));
  const warn = named ? readPercent(warning, report, { min: 0, max: 100 }) : undefined;
  return { pass: pass ?? 100, ...(warn === undefined ? {} : { warn }) };
}
