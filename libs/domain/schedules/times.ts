import type { Cron } from './cron.js';
import { momentOf, offsetAt } from './time-zone.js';
import type { Timing } from './timing.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Beyond it Temporal looks for none. */
const LAST_YEAR = 2100;

interface Stretch {
  /** Exclusive. */
  readonly after: number;
  /** Inclusive. */
  readonly until?: number;
  readonly limit: number;
}

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
    ...crons.flatMap(calendarsOf).map((cron) => cronTimes(cron, timeZone, after)),
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

/** Where both days are named, each has its own. */
function calendarsOf(cron: Cron): readonly Cron[] {
  if (!cron.eitherDay) return [cron];
  return [
    { ...cron, daysOfWeek: [0, 1, 2, 3, 4, 5, 6] },
    { ...cron, daysOfMonth: Array.from({ length: 31 }, (_, index) => index + 1) },
  ];
}

function* cronTimes(cron: Cron, zone: string, after: number): Generator<number> {
  for (let from = after; ; ) {
    const next = nextTime(cron, zone, from);
    if (next === undefined) return;
    if (next > from) yield next;
    from = Math.max(next, from + MINUTE_MS);
  }
}

/**
 * The next moment as Temporal finds it (server 1.29), for it is Temporal that ticks: in a night in which clocks are put back,
 * what they show twice comes twice in some zones and once in others. Times that clocks leave out do not come.
 */
function nextTime(cron: Cron, zone: string, after: number): number | undefined {
  const wall = after + offsetAt(zone, after);
  let hour = Math.floor(wall / HOUR_MS) * HOUR_MS;
  let minute = Math.floor((wall - hour) / MINUTE_MS) + 1;
  // Whether this is the second time that clocks show this hour.
  let again = hourAt(zone, after - HOUR_MS) === new Date(hour).getUTCHours();
  const moveOn = (to: number): void => {
    hour = to;
    minute = 0;
    again = false;
  };
  for (;;) {
    if (minute >= 60) {
      const repeated = !again && momentOf(zone, hour + HOUR_MS) - momentOf(zone, hour) > HOUR_MS;
      moveOn(repeated ? hour : hour + HOUR_MS);
      again = repeated;
    }
    const date = new Date(hour);
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
    if (year > LAST_YEAR) return undefined;
    if (!cron.months.includes(month + 1)) moveOn(Date.UTC(year, month + 1, 1));
    else if (!cron.daysOfMonth.includes(day) || !cron.daysOfWeek.includes(date.getUTCDay()))
      moveOn(Date.UTC(year, month, day + 1));
    else if (!cron.hours.includes(date.getUTCHours())) moveOn(hour + HOUR_MS);
    else {
      const least = minute;
      minute = cron.minutes.find((each) => each >= least) ?? 60;
      if (minute === 60) continue;
      const moment = momentOf(zone, hour + minute * MINUTE_MS);
      if (hourAt(zone, moment) === date.getUTCHours()) return moment + (again ? HOUR_MS : 0);
      // Clocks are put forward over it.
      hour += HOUR_MS;
      minute = 0;
    }
  }
}

function hourAt(zone: string, moment: number): number {
  return new Date(moment + offsetAt(zone, moment)).getUTCHours();
}
