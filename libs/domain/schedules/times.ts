import type { Cron } from './cron.js';
import { DAY_MS, momentsOf, offsetAt } from './time-zone.js';
import type { Timing } from './timing.js';

interface Stretch {
  /** Exclusive. */
  readonly after: number;
  /** Inclusive. */
  readonly until?: number;
  readonly limit: number;
}

/** A cron that names no day in so long names none: the 29th of February comes back within eight years. */
const DAYS_LOOKED_AT = 366 * 9;

/** The moments at which it ticks, ascending, without its jitter: each whole second once. */
export function listTimes(timing: Timing, { after, until, limit }: Stretch): readonly number[] {
  const { startsAt = Number.NEGATIVE_INFINITY, endsAt = Number.POSITIVE_INFINITY } = timing;
  const from = Math.max(after, startsAt - 1);
  const last = Math.min(until ?? Number.POSITIVE_INFINITY, endsAt);
  const times: number[] = [];
  for (const time of merge(sourcesOf(timing, from))) {
    if (time > last || times.length >= limit) break;
    times.push(time);
  }
  return times;
}

function sourcesOf({ crons, every, timeZone }: Timing, after: number): Iterator<number>[] {
  return [
    ...crons.map((cron) => cronTimes(cron, timeZone, after)),
    ...(every === undefined ? [] : [intervalTimes(every, after)]),
  ];
}

/** What several name is one. */
function* merge(sources: readonly Iterator<number>[]): Generator<number> {
  const heads = sources.map((source) => source.next());
  for (;;) {
    const next = heads.reduce((least, head) => (head.done ? least : Math.min(least, head.value)), Infinity);
    if (next === Infinity) return;
    yield next;
    for (const [index, head] of heads.entries()) {
      if (!head.done && head.value === next) heads[index] = sources[index]!.next();
    }
  }
}

function* intervalTimes(
  { everyMs, offsetMs }: NonNullable<Timing['every']>,
  after: number,
): Generator<number> {
  const first = Math.floor((after - offsetMs) / everyMs) + 1;
  for (let time = first * everyMs + offsetMs; ; time += everyMs) yield time;
}

function* cronTimes(cron: Cron, zone: string, after: number): Generator<number> {
  const local = after + offsetAt(zone, after);
  // The day before, since clocks may have been put back over midnight.
  const firstDay = Math.floor(local / DAY_MS) - 1;
  let last = after;
  for (let day = firstDay; day < firstDay + DAYS_LOOKED_AT; day++) {
    if (!matchesDay(cron, new Date(day * DAY_MS))) continue;
    for (const time of timesOfDay(cron, zone, day * DAY_MS)) {
      if (time <= last) continue;
      last = time;
      yield time;
    }
  }
}

function matchesDay({ daysOfMonth, months, daysOfWeek, eitherDay }: Cron, date: Date): boolean {
  if (!months.includes(date.getUTCMonth() + 1)) return false;
  const ofMonth = daysOfMonth.includes(date.getUTCDate());
  const ofWeek = daysOfWeek.includes(date.getUTCDay());
  return eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
}

/** @param day its midnight, as if it were UTC */
function timesOfDay({ hours, minutes }: Cron, zone: string, day: number): readonly number[] {
  const offset = offsetAt(zone, day - DAY_MS);
  const steady = offsetAt(zone, day + 2 * DAY_MS) === offset && offsetAt(zone, day) === offset;
  const locals = hours.flatMap((hour) => minutes.map((minute) => day + (hour * 60 + minute) * 60_000));
  if (steady) return locals.map((local) => local - offset);
  return locals.flatMap((local) => momentsOf(zone, local)).sort((a, b) => a - b);
}
