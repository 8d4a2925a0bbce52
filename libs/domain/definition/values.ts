import { suggest } from '../validation/nearest.js';
import type { FindingReport } from '../validation/report.js';
import { atKey, atMissing, atValue } from '../validation/report.js';
import { parseDuration } from './duration.js';
import { quote } from './path.js';
import {
  entriesOf,
  entryOf,
  isList,
  isMap,
  isScalar,
  type Spot,
  type TreeList,
  type TreeMap,
  type TreeScalar,
} from './tree.js';

/** Each reads a value of one type; what does not fit is reported, and undefined returned. */

export function readMap(spot: Spot, report: FindingReport, hint: string): Spot<TreeMap> | undefined {
  if (isMap(spot)) return spot;
  return mismatch(spot, report, 'a map', hint);
}

export function readList(spot: Spot, report: FindingReport, hint: string): Spot<TreeList> | undefined {
  if (isList(spot)) return spot;
  return mismatch(spot, report, 'a list', hint);
}

export function readText(spot: Spot, report: FindingReport, hint: string): Spot<TreeScalar> | undefined {
  if (isScalar(spot) && typeof spot.node.value === 'string') return spot;
  return mismatch(spot, report, 'text', hint);
}

/** As `readText`, the text alone. */
export function readString(spot: Spot, report: FindingReport, hint: string): string | undefined {
  const text = readText(spot, report, hint);
  return text === undefined ? undefined : String(text.node.value);
}

/** One of the words that mean something here. */
export function readChoice<T extends string>(
  spot: Spot,
  choices: readonly T[],
  report: FindingReport,
): T | undefined {
  const written = isScalar(spot) ? spot.node.value : undefined;
  const known = choices.find((choice) => choice === written);
  if (known !== undefined) return known;
  const shown = typeof written === 'string' ? quote(written) : 'This';
  report.add('value-not-allowed', atValue(spot), `${shown} is none of the words that stand here.`, () =>
    suggest(String(written), choices, `Write ${choices.map((choice) => `\`${choice}\``).join(' or ')}.`),
  );
  return undefined;
}

export function readBoolean(spot: Spot, report: FindingReport): boolean | undefined {
  if (isScalar(spot) && typeof spot.node.value === 'boolean') return spot.node.value;
  return mismatch(spot, report, 'true or false', 'Write `true` or `false`, without quotes.');
}

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export function readNumber(spot: Spot, report: FindingReport, limits: NumberLimits): number | undefined {
  const value = isScalar(spot) ? spot.node.value : undefined;
  const kind = limits.whole ? 'a whole number' : 'a number';
  if (typeof value !== 'number' || (limits.whole && !Number.isInteger(value))) {
    return mismatch(spot, report, kind, `Write ${kind} from ${limits.min} to ${limits.max}.`);
  }
  if (value >= limits.min && value <= limits.max) return value;
  report.add(
    'value-out-of-range',
    atValue(spot),
    `${value} is not within ${limits.min} and ${limits.max}.`,
    `Write ${kind} from ${limits.min} to ${limits.max}.`,
  );
  return undefined;
}

/** A duration as written; `least` is in milliseconds. */
export function readDuration(spot: Spot, report: FindingReport, least: number): string | undefined {
  const hint = 'Write `500ms`, `10s`, `5m`, `2h`, `1d`, or ISO 8601 such as `PT1H30M`; at most 366 days.';
  const text = readText(spot, report, hint)?.node.value;
  if (typeof text !== 'string') return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= least) return text;
  const why = ms === undefined ? 'is no duration within 366 days' : 'is too short to mean anything here';
  report.add('duration-invalid', atValue(spot), `${quote(text)} ${why}.`, hint);
  return undefined;
}

/** `{ key: value }`, or nothing where the key is absent or its value was refused; to be spread. */
export function readEntry<K extends string, T>(
  map: Spot<TreeMap>,
  key: K,
  read: (spot: Spot) => T | undefined,
): { [P in K]?: T } {
  const spot = entryOf(map, key);
  const value = spot && read(spot);
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}

/** The value under `key`; its absence is reported. */
export function requireEntry(
  map: Spot<TreeMap>,
  key: string,
  report: FindingReport,
  hint: string,
): Spot | undefined {
  const entry = entryOf(map, key);
  if (entry === undefined) report.add('key-missing', atMissing(map, key), `\`${key}\` is missing.`, hint);
  return entry;
}

/** Reports every key of the map that is not known. `owner` names the map: `a stage`. */
export function checkKeys(
  map: Spot<TreeMap>,
  known: readonly string[],
  report: FindingReport,
  owner: string,
): void {
  for (const [key, spot] of entriesOf(map)) {
    if (known.includes(key)) continue;
    report.add('key-unknown', atKey(spot), `${quote(key)} is no key of ${owner}.`, () =>
      suggest(key, known, `Remove it; the keys of ${owner} are ${known.join(', ')}.`),
    );
  }
}

/** Reports that the value is not `expected`. */
function mismatch(spot: Spot, report: FindingReport, expected: string, hint: string): undefined {
  report.add('type-mismatch', atValue(spot), `This must be ${expected}, not ${describe(spot)}.`, hint);
}

function describe({ node }: Spot): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  if (node.value === null) return 'empty';
  if (typeof node.value === 'string') return `the text ${quote(node.value)}`;
  return `the ${typeof node.value} ${String(node.value)}`;
}
