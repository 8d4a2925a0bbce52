/** What one cron expression of five fields names: all values of each field that it matches, ascending. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  /** From 1. */
  readonly months: readonly number[];
  /** From Sunday, 0. */
  readonly daysOfWeek: readonly number[];
  /** One of the two days is enough: both were named. As POSIX has it (crontab, EXTENDED DESCRIPTION). */
  readonly eitherDay: boolean;
}

type ReadCron = { readonly cron: Cron } | { readonly problem: string };

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** In place of numbers, beginning with that of `from`. */
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'day of the week', from: 0, to: 7, names: DAYS },
];

const MAX_LENGTH = 200;

/** Reads minute, hour, day of the month, month and day of the week, in which 7 is Sunday too. */
export function readCron(text: string): ReadCron {
  if (text.length > MAX_LENGTH) return { problem: `must have at most ${MAX_LENGTH} characters` };
  if (text.trim().startsWith('@')) {
    return { problem: 'must have five fields, as 0 3 * * 1-5; for a distance in time there is `every`' };
  }
  const parts = text.trim().split(/[ \t]+/);
  if (parts.length !== FIELDS.length) {
    const count = text.trim() === '' ? 0 : parts.length;
    return {
      problem: `must have five fields (minute, hour, day of the month, month, day of the week), not ${count}`,
    };
  }
  const values: number[][] = [];
  for (const [index, field] of FIELDS.entries()) {
    const read = readField(parts[index]!, field);
    if (typeof read === 'string') return { problem: read };
    values.push(read);
  }
  const [minutes, hours, daysOfMonth, months, days] = values as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const daysOfWeek = [...new Set(days.map((day) => day % 7))].sort((a, b) => a - b);
  const eitherDay = !parts[2]!.startsWith('*') && !parts[4]!.startsWith('*');
  return { cron: { minutes, hours, daysOfMonth, months, daysOfWeek, eitherDay } };
}

/** Its values, or what is wrong. */
function readField(text: string, field: Field): number[] | string {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const range = readItem(item, field);
    if (range === undefined) {
      const names = field.names === undefined ? '' : ` or ${field.names[0]} to ${field.names.at(-1)}`;
      return `has a ${field.name} that cannot be read: ${shorten(item)}; it takes ${field.from} to ${field.to}${names}, lists, ranges and steps`;
    }
    for (let value = range.first; value <= range.last; value += range.step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

const ITEM = /^(?:(\*)|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:\/([0-9]{1,2}))?$/i;

function readItem(
  text: string,
  field: Field,
): { readonly first: number; readonly last: number; readonly step: number } | undefined {
  const match = ITEM.exec(text);
  if (match === null) return undefined;
  const [, star, start, end, each] = match;
  const step = each === undefined ? 1 : Number(each);
  if (step === 0) return undefined;
  if (star !== undefined) return { first: field.from, last: field.to, step };
  const first = readValue(start!, field);
  const last = end !== undefined ? readValue(end, field) : each !== undefined ? field.to : first;
  if (first === undefined || last === undefined || last < first) return undefined;
  return { first, last, step };
}

function readValue(text: string, { from, to, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  const value = named === -1 ? Number(text) : from + named;
  return value >= from && value <= to ? value : undefined;
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 20 ? `${text.slice(0, 20)}…` : text);
}
