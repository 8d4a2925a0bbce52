import { quote } from '../definition/path.js';
import { entriesOf, entryOf, isList, itemsOf, type Spot, type TreeMap, toJson } from '../definition/tree.js';
import {
  checkKeys,
  readChoice,
  readEntry,
  readList,
  readMap,
  readNumber,
  readString,
} from '../definition/values.js';
import type { SkipReason } from '../execution/state.js';
import { FINDING_CODES } from '../validation/codes.js';
import { suggest } from '../validation/nearest.js';
import { atKey, atValue, type FindingReport } from '../validation/report.js';
import { readExpression } from './read-expression.js';
import type { Subject } from './subject.js';
import {
  type Expectation,
  type ExpectedError,
  RUN_ENDS,
  SETTLED_STATUSES,
  type StepExpectation,
} from './test-file.js';

export const EXPECT_KEYS = [
  ...['status', 'output', 'error', 'check', 'steps', 'order', 'notRun', 'findings'],
] as const;
export const STEP_EXPECT_KEYS = ['status', 'skipped', 'attempts', 'input', 'output', 'error'] as const;
export const ERROR_EXPECT_KEYS = ['code', 'message'] as const;
export const SKIP_REASONS: readonly SkipReason[] = [
  ...(['condition', 'upstream-failed', 'rejected', 'stopped', 'operator'] as const),
];

const NAMES = ['status', 'output', 'error', 'inputs'];
const EXAMPLE = 'Write for example `expect: { status: succeeded, output: {…} }`.';

const NOTHING: Expectation = { check: [], steps: new Map(), order: [], notRun: [] };

export function readExpectation(
  spot: Spot | undefined,
  subject: Subject,
  report: FindingReport,
): Expectation {
  const map = spot && readMap(spot, report, EXAMPLE);
  if (map === undefined) return NOTHING;
  checkKeys(map, EXPECT_KEYS, report, '`expect`');
  if (map.node.entries.size === 0) report.add('block-empty', atValue(map), 'Nothing is expected.', EXAMPLE);
  const checks = entryOf(map, 'check');
  return {
    ...readEntry(map, 'status', (status) => readChoice(status, RUN_ENDS, report)),
    ...readOutput(map, 'output'),
    ...readEntry(map, 'error', (error) => readError(error, report)),
    check: (checks === undefined ? [] : isList(checks) ? itemsOf(checks) : [checks]).flatMap(
      (item) => readExpression(item, NAMES, report, subject) ?? [],
    ),
    steps: readSteps(entryOf(map, 'steps'), subject, report),
    order: readOrder(entryOf(map, 'order'), subject, report),
    notRun: readKeys(entryOf(map, 'notRun'), subject, report),
    ...readEntry(map, 'findings', (findings) => readFindings(findings, report)),
  };
}

function readOutput<K extends 'input' | 'output'>(map: Spot<TreeMap>, key: K) {
  const spot = entryOf(map, key);
  return (spot === undefined ? {} : { [key]: toJson(spot.node) }) as { [P in K]?: ReturnType<typeof toJson> };
}

function readError(spot: Spot, report: FindingReport): ExpectedError | undefined {
  const hint = 'Write `error: { code: command-failed }`, and part of its message if that matters.';
  if (spot.node.kind === 'scalar') {
    const code = readString(spot, report, hint);
    return code === undefined ? undefined : { code };
  }
  const map = readMap(spot, report, hint);
  if (map === undefined) return undefined;
  checkKeys(map, ERROR_EXPECT_KEYS, report, '`error`');
  const text = (key: 'code' | 'message') => readEntry(map, key, (value) => readString(value, report, hint));
  return { ...text('code'), ...text('message') };
}

function readSteps(
  spot: Spot | undefined,
  subject: Subject,
  report: FindingReport,
): Map<string, StepExpectation> {
  const steps = new Map<string, StepExpectation>();
  const map = spot && readMap(spot, report, 'Write `steps: { build: { status: succeeded } }`.');
  if (map === undefined) return steps;
  for (const [key, value] of entriesOf(map)) {
    subject.require(key, atKey(value), report);
    const step = readMap(value, report, 'Write `{ status: succeeded, attempts: 2 }`.');
    if (step === undefined) continue;
    checkKeys(step, STEP_EXPECT_KEYS, report, 'what is expected of a step');
    steps.set(key, {
      ...readEntry(step, 'status', (status) => readChoice(status, SETTLED_STATUSES, report)),
      ...readEntry(step, 'skipped', (reason) => readChoice(reason, SKIP_REASONS, report)),
      ...readEntry(step, 'attempts', (count) =>
        readNumber(count, report, { min: 0, max: 100_000, whole: true }),
      ),
      ...readOutput(step, 'input'),
      ...readOutput(step, 'output'),
      ...readEntry(step, 'error', (error) => readError(error, report)),
    });
  }
  return steps;
}

function readOrder(spot: Spot | undefined, subject: Subject, report: FindingReport): string[][] {
  const list = spot && readList(spot, report, 'Write `order: [[build, test, deploy]]`.');
  if (list === undefined) return [];
  return itemsOf(list).map((chain) => readKeys(chain, subject, report));
}

function readKeys(spot: Spot | undefined, subject: Subject, report: FindingReport): string[] {
  const hint = 'Write a list of steps: `[build, deploy]`.';
  const list = spot && readList(spot, report, hint);
  if (list === undefined) return [];
  return itemsOf(list).flatMap((item) => {
    const key = readString(item, report, hint);
    if (key === undefined) return [];
    subject.require(key, atValue(item), report);
    return [key];
  });
}

function readFindings(spot: Spot, report: FindingReport): string[] | undefined {
  const hint = 'Write a list of codes: `findings: [needs-cycle]`.';
  const list = readList(spot, report, hint);
  return (
    list &&
    itemsOf(list).flatMap((item) => {
      const code = readString(item, report, hint);
      if (code === undefined) return [];
      if (!Object.hasOwn(FINDING_CODES, code))
        report.add('value-not-allowed', atValue(item), `${quote(code)} is no code of a finding.`, () =>
          suggest(code, Object.keys(FINDING_CODES), 'docs/findings.md lists them.'),
        );
      return [code];
    })
  );
}
