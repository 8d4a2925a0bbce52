import { parseDuration } from '../definition/duration.js';
import { parse } from '../definition/parse.js';
import { formatPath } from '../definition/path.js';
import {
  entriesOf,
  entryOf,
  isMap,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
  toJson,
} from '../definition/tree.js';
import {
  checkKeys,
  readChoice,
  readDuration,
  readList,
  readMap,
  readString,
  requireEntry,
} from '../definition/values.js';
import { ANSWER_WORDS, type Answer } from '../driving/answers.js';
import type { Json, JsonObject } from '../json.js';
import type { Finding } from '../validation/finding.js';
import { atValue, FindingReport } from '../validation/report.js';

/** An event that the run hears of. */
export interface GivenEvent {
  readonly name: string;
  readonly data: Json;
  /** Since the start of the run. */
  readonly afterMs: number;
}

/** What people and other programs do while a run goes on, written down beforehand. */
export interface Answers {
  /** By key or id of the step. */
  readonly answers: ReadonlyMap<string, Answer>;
  readonly events: readonly GivenEvent[];
}

export const VOTE_KEYS = ['by', 'reason', 'inputs'] as const;
export const EVENT_KEYS = ['name', 'data', 'after'] as const;

/** Events that one run is told of at most: it keeps a hundred that nobody waits for. */
const MOST_EVENTS = 1_000;

const EXAMPLE = 'Write for example `answers: { sign-off: approve, check: { complete: { exitCode: 0 } } }`.';

/** A text of its own with the keys `answers` and `events`. Never throws. */
export function parseAnswers(text: string): {
  readonly answers?: Answers;
  readonly findings: readonly Finding[];
} {
  const { tree, findings } = parse(text);
  if (tree === undefined) return { findings };
  const report = new FindingReport();
  const root = readMap({ node: tree.root, path: undefined }, report, EXAMPLE);
  if (root === undefined) return { findings: [...findings, ...report.list()] };
  checkKeys(root, ['answers', 'events'], report, 'a file of answers');
  const answers = {
    answers: readAnswers(entryOf(root, 'answers'), report),
    events: readEvents(entryOf(root, 'events'), report),
  };
  const all = [...findings, ...report.list()];
  return all.length > 0 ? { findings: all } : { answers, findings: [] };
}

export function readAnswers(spot: Spot | undefined, report: FindingReport): Map<string, Answer> {
  const answers = new Map<string, Answer>();
  const map = spot && readMap(spot, report, EXAMPLE);
  if (map === undefined) return answers;
  for (const [step, value] of entriesOf(map)) {
    const answer = readAnswer(value, report);
    if (answer !== undefined) answers.set(step, answer);
  }
  return answers;
}

function readAnswer(spot: Spot, report: FindingReport): Answer | undefined {
  if (isScalar(spot)) {
    const word = readChoice(spot, ['approve', 'reject', 'retry', 'skip'], report);
    return word === undefined ? undefined : { type: word };
  }
  const map = readMap(spot, report, EXAMPLE);
  if (map === undefined) return undefined;
  checkKeys(map, ANSWER_WORDS, report, 'an answer');
  const [given, ...more] = entriesOf(map).filter(([key]) =>
    (ANSWER_WORDS as readonly string[]).includes(key),
  );
  if (given === undefined || more.length > 0) {
    report.add('value-not-allowed', atValue(map), `${formatPath(map.path)} must say one thing.`, EXAMPLE);
    return undefined;
  }
  return readSaid(given[0] as (typeof ANSWER_WORDS)[number], given[1], report);
}

function readSaid(
  word: (typeof ANSWER_WORDS)[number],
  spot: Spot,
  report: FindingReport,
): Answer | undefined {
  switch (word) {
    case 'complete':
      return { type: word, output: toJson(spot.node) };
    case 'skip':
      return { type: word };
    case 'retry': {
      const input = readMap(spot, report, 'Write the input of the action: `retry: { run: [ls] }`.');
      return input && { type: word, with: toJson(input.node) as JsonObject };
    }
    default:
      return readVote(word, spot, report);
  }
}

function readVote(type: 'approve' | 'reject', spot: Spot, report: FindingReport): Answer | undefined {
  const map = readMap(spot, report, 'Write for example `approve: { by: ann, inputs: { window: night } }`.');
  if (map === undefined) return undefined;
  checkKeys(map, VOTE_KEYS, report, 'a decision');
  return {
    type,
    ...readText(map, 'by', report),
    ...readText(map, 'reason', report),
    ...readInputs(map, report),
  };
}

function readText<K extends string>(
  map: Spot<TreeMap>,
  key: K,
  report: FindingReport,
): { [P in K]?: string } {
  const spot = entryOf(map, key);
  const text = spot && readString(spot, report, `Write text after \`${key}\`.`);
  return (text === undefined ? {} : { [key]: text }) as { [P in K]?: string };
}

function readInputs(map: Spot<TreeMap>, report: FindingReport): { readonly inputs?: JsonObject } {
  const spot = entryOf(map, 'inputs');
  const inputs = spot && readMap(spot, report, 'Write one value per input.');
  return inputs === undefined ? {} : { inputs: toJson(inputs.node) as JsonObject };
}

export function readEvents(spot: Spot | undefined, report: FindingReport): GivenEvent[] {
  const hint = 'Write a list: `events: [{ name: deployed, data: { region: eu }, after: 5m }]`.';
  const list = spot && readList(spot, report, hint);
  if (list === undefined) return [];
  if (list.node.items.length > MOST_EVENTS) {
    report.add(
      'value-out-of-range',
      atValue(list),
      `These are more than ${MOST_EVENTS} events.`,
      'Give fewer.',
    );
    return [];
  }
  return itemsOf(list).flatMap((item) => {
    const map = readMap(item, report, hint);
    if (map === undefined || !isMap(map)) return [];
    checkKeys(map, EVENT_KEYS, report, 'an event');
    const name = requireEntry(map, 'name', report, 'Name the event.');
    const text = name && readString(name, report, 'Name the event.');
    const after = entryOf(map, 'after');
    const pause = after && readDuration(after, report, 0);
    const data = entryOf(map, 'data');
    if (text === undefined) return [];
    return [
      { name: text, data: data ? toJson(data.node) : null, afterMs: pause ? parseDuration(pause)! : 0 },
    ];
  });
}
