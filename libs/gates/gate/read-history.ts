import { type Afterwards, OUTCOMES, type Outcome } from '#contracts/judgement/gate-result.js';
import { parseMoment } from '#domain/definition/moment.js';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import { MAX_AMOUNT } from './condition.js';

/** What later runs need of an earlier one. */
export interface EarlierRun {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly outcome: Outcome;
  /** By metric. */
  readonly values: ReadonlyMap<string, EarlierValue>;
  /** What is known of what happened after it. */
  readonly afterwards?: Afterwards;
}

interface EarlierValue {
  readonly value: number;
  readonly unit?: string;
}

/** One result as JSON, or one on each line. */
export interface HistoryFile {
  readonly name: string;
  readonly text: string;
}

export interface History {
  /** The latest first. */
  readonly runs: readonly EarlierRun[];
  /** What could not be read, or does not count. */
  readonly notes: readonly string[];
}

/** Runs that are kept: no criterion looks further back. */
const MAX_RUNS = 1_000;
const MAX_LINES = 20_000;
const MAX_CRITERIA = 1_000;
const MAX_NOTES = 20;

/**
 * The earlier results of one gate, of those before `before` (milliseconds since the epoch), in whatever order they were
 * handed in. What is damaged is named and left out. Never throws, whatever the texts.
 */
export function readHistory(files: readonly HistoryFile[], gate: string, before: number): History {
  const runs: EarlierRun[] = [];
  const notes: string[] = [];
  let late = 0;
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const { place, text } of sorted.flatMap(splitFile)) {
    const run = readRun(text, gate);
    if (typeof run === 'string') notes.push(`${place} was left out: ${run}.`);
    else if (run !== undefined && run.at >= before) late += 1;
    else if (run !== undefined) runs.push(run);
  }
  const omitted = notes.length - MAX_NOTES;
  return {
    runs: runs.toSorted((a, b) => b.at - a.at).slice(0, MAX_RUNS),
    notes: [
      ...notes.slice(0, MAX_NOTES),
      ...(omitted > 0 ? [`${omitted} more earlier results were left out.`] : []),
      ...(late === 0
        ? []
        : [`${late} earlier ${late === 1 ? 'result was' : 'results were'} left out: not before this one.`]),
    ],
  };
}

interface Piece {
  readonly place: string;
  readonly text: string;
}

function splitFile({ name, text }: HistoryFile): readonly Piece[] {
  if (!name.endsWith('.jsonl')) return [{ place: name, text }];
  const lines = text.split('\n').map((line, index) => ({ place: `${name}, line ${index + 1},`, text: line }));
  // The last are the latest, since such a file grows at its end.
  return lines.filter((line) => line.text.trim() !== '').slice(-MAX_LINES);
}

/** Why it is none, as words; undefined for a result of another gate. */
function readRun(text: string, gate: string): EarlierRun | string | undefined {
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    return 'it is not JSON';
  }
  if (!isJsonObject(parsed)) return 'it is no result of a gate';
  const { at, outcome, criteria, afterwards } = parsed;
  if (typeof parsed['gate'] !== 'string' || !Array.isArray(criteria)) return 'it is no result of a gate';
  if (parsed['gate'] !== gate) return undefined;
  const moment = typeof at === 'string' ? parseMoment(at) : undefined;
  if (moment === undefined) return '`at` is no moment';
  const known = OUTCOMES.find((each) => each === outcome);
  if (known === undefined) return '`outcome` is none';
  const values = readValues(criteria as readonly Json[]);
  if (typeof values === 'string') return values;
  return {
    at: moment,
    outcome: known,
    values,
    ...(afterwards === 'good' || afterwards === 'bad' ? { afterwards } : {}),
  };
}

function readValues(criteria: readonly Json[]): ReadonlyMap<string, EarlierValue> | string {
  if (criteria.length > MAX_CRITERIA) return 'it has too many criteria';
  const values = new Map<string, EarlierValue>();
  for (const criterion of criteria) {
    if (!isJsonObject(criterion)) return 'a criterion is no map';
    const { metric, value, unit } = criterion as JsonObject;
    if (typeof metric !== 'string' || value === undefined || value === null) continue;
    if (typeof value !== 'number' || !(Math.abs(value) <= MAX_AMOUNT))
      return `the value of ${metric.slice(0, 80)} is no number`;
    values.set(metric, { value, ...(typeof unit === 'string' ? { unit } : {}) });
  }
  return values;
}
