import {
  GATE_TYPES,
  type Gate,
  MISSING_POLICIES,
  type Strictness,
  type TotalThresholds,
} from '#contracts/judgement/gate.js';
import { checkReferredName } from '#domain/definition/names.js';
import { parseInto } from '#domain/definition/parse.js';
import { entriesOf, entryOf, isMap, isScalar, type Spot, type TreeMap } from '#domain/definition/tree.js';
import {
  checkKeys,
  readChoice,
  readEntry,
  readMap,
  readNumber,
  requireEntry,
} from '#domain/definition/values.js';
import type { Finding } from '#domain/validation/finding.js';
import { atKey, atValue, FindingReport } from '#domain/validation/report.js';
import { readMetricSource } from '../sources/read-metric-source.js';
import { checkMetricName } from './metric-name.js';
import { readCriteria } from './read-criteria.js';
import { readObjectives } from './read-objectives.js';
import { readPercent } from './read-percent.js';

const KEYS = [
  'gate',
  'name',
  'description',
  'type',
  'metrics',
  'criteria',
  'total',
  'missing',
  'risk',
] as const;

/** Bytes of UTF-8. */
const MAX_TEXT_BYTES = 256 * 1024;
const MAX_METRICS = 500;

export interface GateReading {
  /** Present where nothing is wrong. */
  readonly gate?: Gate;
  readonly findings: readonly Finding[];
}

/**
 * The gate that a text in YAML or JSON means, or everything that is wrong with it: our own language, or a file of
 * objectives as Keptn has them (`spec_version: '1.0'`). Never throws, whatever the text.
 */
export function readGate(text: string): GateReading {
  const report = new FindingReport();
  if (text.length > MAX_TEXT_BYTES || new TextEncoder().encode(text).length > MAX_TEXT_BYTES) {
    const start = { path: undefined, position: { line: 1, column: 1 } };
    report.add('gate-too-large', start, 'The gate is larger than 256 KiB.', 'Split the gate.');
    return { findings: report.list() };
  }
  const tree = parseInto(text, report);
  const gate = tree && readGateAt({ node: tree.root, path: undefined }, report);
  const findings = report.list();
  return gate === undefined || findings.length > 0 ? { findings } : { gate, findings };
}

/** The gate that stands at a place of a text. Where something is reported, it is none that could judge. */
export function readGateAt(root: Spot, report: FindingReport): Gate | undefined {
  if (!isMap(root)) {
    const example = 'Begin with `gate: 1`, `name: pre-deploy` and `criteria:`.';
    report.add('gate-not-a-map', atValue(root), 'A gate is a map, and this is none.', example);
    return undefined;
  }
  return entryOf(root, 'spec_version') !== undefined && entryOf(root, 'gate') === undefined
    ? readObjectives(root, report)
    : readOwn(root, report);
}

function readOwn(root: Spot<TreeMap>, report: FindingReport): Gate | undefined {
  checkKeys(root, KEYS, report, 'a gate');
  const version = requireEntry(root, 'gate', report, 'Begin with `gate: 1`.');
  if (version !== undefined && !(isScalar(version) && version.node.value === 1)) {
    report.add(
      'gate-version-unsupported',
      atValue(version),
      'Gates have version 1 only.',
      'Write `gate: 1`.',
    );
  }
  const name = requireEntry(root, 'name', report, 'Add a name: `name: pre-deploy`.');
  if (name !== undefined) checkReferredName(name, report, 'a gate');
  const { missing = 'inconclusive' } = readEntry(root, 'missing', (spot) =>
    readChoice(spot, MISSING_POLICIES, report),
  );
  const list = requireEntry(
    root,
    'criteria',
    report,
    'Add criteria: `criteria: [{ metric: coverage, pass: ">= 80" }]`.',
  );
  const strictness = readStrictness(root, report);
  return {
    name: name !== undefined && isScalar(name) ? String(name.node.value) : '',
    ...readEntry(root, 'type', (spot) => readChoice(spot, GATE_TYPES, report)),
    rules: 'sluice',
    metrics: readMetricSources(root, report),
    criteria: list === undefined ? [] : readCriteria(list, missing, report),
    total: readTotal(root, report),
    ...(strictness === undefined ? {} : { strictness }),
  };
}

const TOTAL = { pass: 90, warn: 75 } as const;
/** A gate that passes with nothing passed would say nothing. */
const TOTAL_LIMITS = { min: 1, max: 100 } as const;

function readTotal(root: Spot<TreeMap>, report: FindingReport): TotalThresholds {
  const spot = entryOf(root, 'total');
  const map = spot && readMap(spot, report, 'Write `total: { pass: 90%, warn: 75% }`.');
  if (map === undefined) return TOTAL;
  checkKeys(map, ['pass', 'warn'], report, 'a total');
  const read = (each: Spot) => readPercent(each, report, TOTAL_LIMITS);
  const total = { ...TOTAL, ...readEntry(map, 'pass', read), ...readEntry(map, 'warn', read) };
  if (total.warn <= total.pass) return total;
  // Who asks for less than the usual warning in order to pass has named no warning.
  if (entryOf(map, 'warn') === undefined) return { pass: total.pass };
  const message = `${total.warn}% to warn is more than ${total.pass}% to pass.`;
  report.add('condition-unreachable', atValue(entryOf(map, 'warn')!), message, 'Write less than for a pass.');
  return total;
}

/** 20 percent stricter at the greatest risk, and as written up to half of it, unless the gate says otherwise. */
const STRICTNESS = { from: 50, tighten: 20 } as const;

function readStrictness(root: Spot<TreeMap>, report: FindingReport): Strictness | undefined {
  const spot = entryOf(root, 'risk');
  const map = spot && readMap(spot, report, 'Write `risk: { from: 50, tighten: 20% }`.');
  if (map === undefined) return undefined;
  checkKeys(map, ['from', 'tighten'], report, 'the strictness by risk');
  return {
    ...STRICTNESS,
    ...readEntry(map, 'from', (each) => readNumber(each, report, { min: 0, max: 99, whole: false })),
    ...readEntry(map, 'tighten', (each) => readPercent(each, report, { min: 0, max: 90 })),
  };
}

function readMetricSources(root: Spot<TreeMap>, report: FindingReport): Gate['metrics'] {
  const spot = entryOf(root, 'metrics');
  const map = spot && readMap(spot, report, 'Write a map: `metrics: { coverage: { from: lcov, … } }`.');
  if (map === undefined) return {};
  const entries = entriesOf(map);
  if (entries.length > MAX_METRICS) {
    report.add(
      'value-out-of-range',
      atKey(map),
      `There are ${entries.length} metrics.`,
      `Keep at most ${MAX_METRICS}.`,
    );
    return {};
  }
  return Object.fromEntries(
    entries.flatMap(([name, entry]) => {
      checkMetricName(name, entry, report);
      const source = readMetricSource(entry, report);
      return source === undefined ? [] : [[name, source] as const];
    }),
  );
}
