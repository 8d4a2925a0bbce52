import type { Json } from '../../../../json.js';
import type { Computes } from '../builtins.js';
import { JqError } from '../error.js';
import { describe, requireText } from '../values.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Functions of moments: seconds since the epoch, or `[year, month, day, hours, minutes, seconds, weekday, day of the year]`; UTC throughout. */
export const times: Computes = {
  'gmtime/0': (_, input) => toParts(requireSeconds(input, 'gmtime() requires a number')),
  'mktime/0': (_, input) => {
    if (!Array.isArray(input)) throw new JqError('mktime requires array of 6 numbers');
    return Math.floor(fromParts(input as readonly Json[], 'mktime'));
  },
  'timegm/0': (_, input) => {
    if (!Array.isArray(input)) throw new JqError('timegm requires array of 6 numbers');
    return Math.floor(fromParts(input as readonly Json[], 'timegm'));
  },
  'strftime/1': (_, input, format) => {
    const seconds = Array.isArray(input)
      ? fromParts(input as readonly Json[], 'strftime/1')
      : requireSeconds(input, 'strftime/1 requires parsed datetime inputs');
    return writeTime(seconds, requireText(format!, 'strftime/1 requires a string format'));
  },
  'strptime/1': (_, input, format) => {
    const text = requireText(input, `strptime/1 requires string inputs and arguments`);
    const seconds = readTime(text, requireText(format!, 'strptime/1 requires string inputs and arguments'));
    if (seconds === undefined) throw new JqError(`date "${text}" does not match format "${String(format)}"`);
    return toParts(seconds);
  },
};

/** Years 1 to 9999, beyond which nothing is written in a common form. */
const MAX_SECONDS = 253_402_300_799;

function requireSeconds(value: Json, message: string): number {
  if (typeof value !== 'number') throw new JqError(message);
  if (!(Math.abs(value) <= MAX_SECONDS)) throw new JqError(`${describe(value)} is no moment`);
  return value;
}

function toParts(seconds: number): Json {
  const date = new Date(Math.floor(seconds) * 1000);
  const fraction = seconds - Math.floor(seconds);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + fraction,
    date.getUTCDay(),
    dayOfYear(date),
  ];
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
}

function fromParts(parts: readonly Json[], of: string): number {
  const [year, month, day, hours, minutes, seconds] = parts;
  const numbers = [year, month, day, hours, minutes, seconds].map((part) => {
    if (typeof part !== 'number') throw new JqError(`${of} requires parsed datetime inputs`);
    return Math.floor(part);
  });
  const ms = Date.UTC(numbers[0]!, numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
  return requireSeconds(ms / 1000, `${of} requires parsed datetime inputs`);
}

function writeTime(seconds: number, format: string): string {
  const date = new Date(Math.floor(seconds) * 1000);
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => WRITERS[letter]?.(date) ?? whole);
}

const two = (value: number) => String(value).padStart(2, '0');

const WRITERS: Readonly<Record<string, (date: Date) => string>> = {
  '%': () => '%',
  Y: (date) => String(date.getUTCFullYear()),
  C: (date) => two(Math.floor(date.getUTCFullYear() / 100)),
  y: (date) => two(date.getUTCFullYear() % 100),
  m: (date) => two(date.getUTCMonth() + 1),
  d: (date) => two(date.getUTCDate()),
  e: (date) => String(date.getUTCDate()).padStart(2),
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  M: (date) => two(date.getUTCMinutes()),
  S: (date) => two(date.getUTCSeconds()),
  j: (date) => String(dayOfYear(date) + 1).padStart(3, '0'),
  Z: () => 'UTC',
  z: () => '+0000',
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  a: (date) => DAYS[date.getUTCDay()]!.slice(0, 3),
  A: (date) => DAYS[date.getUTCDay()]!,
  b: (date) => MONTHS[date.getUTCMonth()]!.slice(0, 3),
  h: (date) => MONTHS[date.getUTCMonth()]!.slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()]!,
  u: (date) => String(date.getUTCDay() || 7),
  w: (date) => String(date.getUTCDay()),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  n: () => '\n',
  t: () => '\t',
  D: (date) => writeTime(date.getTime() / 1000, '%m/%d/%y'),
  F: (date) => writeTime(date.getTime() / 1000, '%Y-%m-%d'),
  R: (date) => writeTime(date.getTime() / 1000, '%H:%M'),
  T: (date) => writeTime(date.getTime() / 1000, '%H:%M:%S'),
  c: (date) => writeTime(date.getTime() / 1000, '%a %b %e %H:%M:%S %Y'),
};

/** Seconds since the epoch; undefined where the text has another form. */
function readTime(text: string, format: string): number | undefined {
  const fields: Record<string, number> = { Y: 1900, m: 1, d: 1, H: 0, M: 0, S: 0, z: 0 };
  const spelled = format.replaceAll('%T', '%H:%M:%S').replaceAll('%F', '%Y-%m-%d').replaceAll('%R', '%H:%M');
  let at = 0;
  for (let position = 0; position < spelled.length; position++) {
    const character = spelled[position]!;
    if (character === '%') {
      const length = readField(spelled[++position] ?? '', text, at, fields);
      if (length === undefined) return undefined;
      at += length;
    } else if (/\s/.test(character)) {
      while (/\s/.test(text[at] ?? '')) at++;
    } else if (text[at++] !== character) return undefined;
  }
  // What follows white space is not read, as in jq.
  if (at !== text.length && !/\s/.test(text[at]!)) return undefined;
  if (fields['s'] !== undefined) return fields['s'];
  const { Y, m, d, H, M, S, z } = fields;
  return Date.UTC(Y!, m! - 1, d, H, M, S) / 1000 - z!;
}

/** Characters that the field took. */
function readField(
  letter: string,
  text: string,
  at: number,
  fields: Record<string, number>,
): number | undefined {
  const rest = text.slice(at, at + 40);
  const names =
    letter === 'B' || letter === 'b' || letter === 'h'
      ? MONTHS
      : letter === 'A' || letter === 'a'
        ? DAYS
        : undefined;
  if (names !== undefined) {
    for (const [number, name] of names.entries()) {
      const found = [name, name.slice(0, 3)].find((word) =>
        rest.toLowerCase().startsWith(word.toLowerCase()),
      );
      if (found === undefined) continue;
      if (names === MONTHS) fields['m'] = number + 1;
      return found.length;
    }
    return undefined;
  }
  if (letter === '%') return rest.startsWith('%') ? 1 : undefined;
  if (letter === 'Z') return /^[A-Za-z]+/.exec(rest)?.[0].length;
  if (letter === 'z') {
    const zone = /^(?:Z|([+-])(\d\d):?(\d\d))/.exec(rest);
    if (zone === null) return undefined;
    if (zone[1] !== undefined)
      fields['z'] = (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 3600 + Number(zone[3]) * 60);
    return zone[0].length;
  }
  const widths: Readonly<Record<string, number>> = { Y: 4, m: 2, d: 2, e: 2, H: 2, M: 2, S: 2, j: 3, s: 12 };
  const width = widths[letter];
  if (width === undefined) return undefined;
  const digits = new RegExp(`^\\s?\\d{1,${width}}`).exec(rest);
  if (digits === null) return undefined;
  fields[letter === 'e' ? 'd' : letter] = Number(digits[0]);
  return digits[0].length;
}
