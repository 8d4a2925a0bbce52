import { type CelFunc, celFunc, celMethod } from '@bufbuild/cel';
import { create } from '@bufbuild/protobuf';
import { type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt';
import { BoundedCache } from '../bounded-cache.js';
import { chargeOnce } from './meter.js';
import { INT, STRING, TIMESTAMP } from './types.js';

const DAY = 24 * 60 * 60 * 1000;

/** Parts of a time; `at` holds the local time of the zone in its UTC fields. */
const PARTS: Readonly<Record<string, (at: Date) => number>> = {
  getFullYear: (at) => at.getUTCFullYear(),
  getMonth: (at) => at.getUTCMonth(),
  getDate: (at) => at.getUTCDate(),
  getDayOfMonth: (at) => at.getUTCDate() - 1,
  getDayOfWeek: (at) => at.getUTCDay(),
  getDayOfYear: (at) => Math.floor((at.getTime() - startOfYear(at)) / DAY),
  getHours: (at) => at.getUTCHours(),
  getMinutes: (at) => at.getUTCMinutes(),
  getSeconds: (at) => at.getUTCSeconds(),
  getMilliseconds: (at) => at.getUTCMilliseconds(),
};

/** Seconds of 0001-01-01 and 9999-12-31T23:59:59: the range of a timestamp. */
const MIN_SECONDS = -62_135_596_800n;
const MAX_SECONDS = 253_402_300_799n;

/** Times, in UTC or the zone that is named, never the machine's. */
export const times: readonly CelFunc[] = [
  ...Object.entries(PARTS).flatMap(([name, part]) => [
    celMethod(name, TIMESTAMP, [], INT, function () {
      return BigInt(part(toDate(this.message)));
    }),
    celMethod(name, TIMESTAMP, [STRING], INT, function (zone) {
      return BigInt(part(toLocalDate(toDate(this.message), zone)));
    }),
  ]),
  celFunc('timestamp', [INT], TIMESTAMP, (seconds) => {
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) throw new Error('timestamp out of range');
    return create(TimestampSchema, { seconds });
  }),
];

function toDate(time: Timestamp): Date {
  return new Date(Number(time.seconds) * 1000 + Math.floor(time.nanos / 1_000_000));
}

function startOfYear(at: Date): number {
  // Date.UTC takes years below 100 for those of the last century.
  return new Date(at).setUTCMonth(0, 1) - (at.getTime() - Math.floor(at.getTime() / DAY) * DAY);
}

/** `+02:00`, `-05:30`, `UTC`, or a name of the IANA time zone database. */
function toLocalDate(at: Date, zone: string): Date {
  const offset = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (offset === null) return toNamedZone(at, zone);
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return new Date(at.getTime() + (offset[1] === '-' ? -minutes : minutes) * 60_000);
}

/** Steps of the first use of a zone in an evaluation: loading its rules takes about that long. */
const ZONE_COST = 200;

const zones = new BoundedCache<Intl.DateTimeFormat>(64);

function toNamedZone(at: Date, zone: string): Date {
  if (zone.length > 64) throw new Error('unknown time zone');
  chargeOnce(`zone ${zone}`, ZONE_COST);
  const format = zones.resolve(
    zone,
    1,
    () =>
      new Intl.DateTimeFormat('en-US', {
        calendar: 'gregory',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        timeZone: zone,
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      }),
  );
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const field = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
  const year = parts.get('era') === 'BC' ? 1 - field('year') : field('year');
  const local = new Date(0);
  local.setUTCFullYear(year, field('month') - 1, field('day'));
  local.setUTCHours(field('hour'), field('minute'), field('second'), at.getUTCMilliseconds());
  return local;
}
