import { parseDuration } from '../definition/duration.js';
import { quote } from '../definition/path.js';
import {
  entriesOf,
  entryOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
  toJson,
} from '../definition/tree.js';
import {
  checkKeys,
  readBoolean,
  readChoice,
  readDuration,
  readMap,
  readString,
  requireEntry,
} from '../definition/values.js';
import { FAILURE_CLASSES, type StepError } from '../execution/step-error.js';
import type { Json } from '../json.js';
import { suggest } from '../validation/nearest.js';
import { atKey, atValue, type FindingReport } from '../validation/report.js';
import { readExpression } from './read-expression.js';
import type { Subject } from './subject.js';
import type { Mock, Reply } from './test-file.js';

export const REPLY_KEYS = ['when', 'takes', 'output', 'error'] as const;
export const ERROR_KEYS = ['code', 'class', 'message', 'details', 'retryable'] as const;

const MOST_REPLIES = 1_000;

const EXAMPLE = 'Write for example `{ output: { exitCode: 0 } }`, or a list of such, one per call.';

export function readMocks(
  spot: Spot | undefined,
  subject: Subject,
  report: FindingReport,
): Map<string, Mock> {
  const mocks = new Map<string, Mock>();
  const map = spot && readMap(spot, report, 'Write `mocks: { build: { output: {…} } }`.');
  if (map === undefined) return mocks;
  for (const [name, value] of entriesOf(map)) {
    checkTarget(name, value, subject, report);
    const replies = readReplies(value, report);
    if (replies.length > 0) mocks.set(name, { replies });
  }
  return mocks;
}

/** A step that does something outside, or an action. */
function checkTarget(name: string, spot: Spot, subject: Subject, report: FindingReport): void {
  if (name.includes('/')) {
    if (subject.actions.has(name)) return;
    report.add('mock-unknown', atKey(spot), `There is no action ${quote(name)}.`, () =>
      suggest(name, subject.actions.keys(), '`sluice actions` lists them.'),
    );
    return;
  }
  const node = subject.require(name, atKey(spot), report, 'mock-unknown');
  if (node === undefined || node.kind === 'uses' || node.kind === 'workflow') return;
  report.add(
    'mock-needless',
    atKey(spot),
    `${quote(name)} is of kind ${node.kind}, which does nothing outside: it is not mocked but done.`,
    'Mock steps with `uses` or `workflow`; decide approvals by `answers`, send events by `events`.',
  );
}

function readReplies(spot: Spot, report: FindingReport): Reply[] {
  const items = isList(spot) ? itemsOf(spot) : [spot];
  if (items.length === 0) report.add('block-empty', atValue(spot), 'There is no reply.', EXAMPLE);
  if (items.length > MOST_REPLIES) {
    report.add(
      'value-out-of-range',
      atValue(spot),
      `These are more than ${MOST_REPLIES} replies.`,
      'Use `when`.',
    );
    return [];
  }
  return items.flatMap((item) => readReply(item, report) ?? []);
}

function readReply(spot: Spot, report: FindingReport): Reply | undefined {
  const map = readMap(spot, report, EXAMPLE);
  if (map === undefined) return undefined;
  checkKeys(map, REPLY_KEYS, report, 'a reply');
  const when = entryOf(map, 'when');
  const condition = when && readExpression(when, ['input', 'step', 'attempt'], report);
  const takes = entryOf(map, 'takes');
  const pause = takes && readDuration(takes, report, 0);
  const error = entryOf(map, 'error');
  const output = entryOf(map, 'output');
  if (error !== undefined && output !== undefined)
    report.add(
      'value-not-allowed',
      atKey(error),
      'It has an output, so it cannot fail.',
      'Remove one of them.',
    );
  const result = error === undefined ? { output: outputOf(output) } : readError(error, report);
  if (result === undefined) return undefined;
  return {
    ...(condition === undefined ? {} : { when: condition }),
    takesMs: pause === undefined ? 0 : parseDuration(pause)!,
    result,
  };
}

function outputOf(spot: Spot | undefined): Json {
  return spot === undefined ? {} : toJson(spot.node);
}

function readError(spot: Spot, report: FindingReport): Reply['result'] | undefined {
  const hint = 'Write a code, `error: command-failed`, or `error: { code: http-status, class: transient }`.';
  if (isScalar(spot)) {
    const code = readString(spot, report, hint);
    return code === undefined ? undefined : { error: createError(code), retryable: true };
  }
  const map = readMap(spot, report, hint);
  if (map === undefined || !isMap(map)) return undefined;
  checkKeys(map, ERROR_KEYS, report, 'an error');
  const named = requireEntry(map, 'code', report, hint);
  const code = named && readString(named, report, hint);
  if (code === undefined) return undefined;
  const again = entryOf(map, 'retryable');
  const retryable = again && readBoolean(again, report);
  return { error: { ...createError(code), ...readFacts(map, report) }, retryable: retryable ?? true };
}

function readFacts(map: Spot<TreeMap>, report: FindingReport): Partial<StepError> {
  const kind = entryOf(map, 'class');
  const failureClass = kind && readChoice(kind, FAILURE_CLASSES, report);
  const said = entryOf(map, 'message');
  const message = said && readString(said, report, 'Write a sentence.');
  const details = entryOf(map, 'details');
  return {
    ...(failureClass === undefined ? {} : { class: failureClass }),
    ...(message === undefined ? {} : { message }),
    ...(details === undefined ? {} : { details: toJson(details.node) }),
  };
}

function createError(code: string): StepError {
  return { class: 'unknown', code, message: `The test lets it fail by ${code}.` };
}
