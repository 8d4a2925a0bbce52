import { parseDuration } from '../../definition/duration.js';
import { quote } from '../../definition/path.js';
import type { Spot } from '../../definition/tree.js';
import type { Conversion } from './conversion.js';
import { keyOf, textOf } from './keys.js';

const WORDS: Readonly<Record<string, number>> = {
  ms: 1,
  msec: 1,
  msecs: 1,
  milli: 1,
  millis: 1,
  millisecond: 1,
  milliseconds: 1,
  s: 1_000,
  sec: 1_000,
  secs: 1_000,
  second: 1_000,
  seconds: 1_000,
  m: 60_000,
  min: 60_000,
  mins: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hrs: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
  weeks: 604_800_000,
};

const MAX_MS = 366 * 86_400_000;

/** Milliseconds of one unit that the name of a key ends in: `timeoutMs`, `timeout_seconds`. */
export function unitOfKey(key: string): number | undefined {
  const [, unit] =
    /(?:[_-]|(?<=[a-z])(?=[A-Z]))(ms|msec|millis|milliseconds?|s|secs?|seconds?|mins?|minutes?|hours?|hrs?|days?)$/i.exec(
      key,
    ) ??
    /(milliseconds|millis|seconds|minutes|hours|days|ms|secs)$/i.exec(key) ??
    [];
  return unit === undefined ? undefined : WORDS[unit.toLowerCase()];
}

/** Whether a bare number can only mean milliseconds: nobody writes 300000 for seconds. */
export function meansMilliseconds(value: number): boolean {
  return value >= 1_000 && value % 1_000 === 0;
}

/** Reads durations of one document, whose bare numbers have one unit. */
export class Durations {
  constructor(
    private readonly conversion: Conversion,
    /** Some number in the document can only mean milliseconds. */
    private readonly milliseconds: boolean,
  ) {}

  /**
   * In milliseconds; undefined, and refused, for what is none.
   * @param short a pause, of which nobody means minutes by a bare number of three digits
   */
  read(spot: Spot, short = false): number | undefined {
    const text = textOf(spot)?.trim() ?? '';
    const ms = /^\d+(\.\d+)?$/.test(text) ? this.readNumber(Number(text), spot, short) : parseWords(text);
    if (ms !== undefined && ms <= MAX_MS) return ms;
    this.conversion.refuse(
      'steps-value-unknown',
      spot,
      `${quote(text)} is no duration of at most 366 days.`,
      'Write a number of seconds, or `500ms`, `30s`, `5m`, `2h`.',
    );
    return undefined;
  }

  private readNumber(value: number, spot: Spot, short: boolean): number {
    const unit = unitOfKey(keyOf(spot));
    if (unit !== undefined) return Math.round(value * unit);
    if (value === 0) return 0;
    // Nobody gives a step a tenth of a second.
    const least = /time_?-?out|limit/i.test(keyOf(spot)) ? 1_000 : 100;
    const ms = this.milliseconds ? value >= least : meansMilliseconds(value) || (short && value >= 100);
    this.conversion.note(
      'decided',
      spot,
      `\`${keyOf(spot)}: ${value}\` is read as ${ms ? 'milliseconds' : 'seconds'}: ${writeDuration(Math.round(ms ? value : value * 1_000))}.`,
    );
    return Math.round(ms ? value : value * 1_000);
  }
}

/** `90s`, `1h30m`, `5 minutes`, `00:10:00`, ISO 8601. */
function parseWords(text: string): number | undefined {
  const clock = /^(\d{1,3}):(\d{2}):(\d{2})$/.exec(text);
  if (clock !== null) return (Number(clock[1]) * 3_600 + Number(clock[2]) * 60 + Number(clock[3])) * 1_000;
  const exact = parseDuration(text.toUpperCase().startsWith('P') ? text.toUpperCase() : text);
  if (exact !== undefined) return exact;
  if (text.length > 60 || !/^(\d+(\.\d+)?\s*[a-z]+[\s,]*)+$/i.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const factor = Object.hasOwn(WORDS, unit!.toLowerCase()) ? WORDS[unit!.toLowerCase()] : undefined;
    if (factor === undefined) return undefined;
    sum += Number(amount) * factor;
  }
  return Math.round(sum);
}

/** As the language writes it, in the largest unit that leaves a whole number. */
export function writeDuration(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  for (const [unit, size] of units) if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  return `${ms}ms`;
}
