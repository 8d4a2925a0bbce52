import { parseDuration } from '../definition/duration.js';
import { parseMoment } from '../definition/moment.js';
import { type Cron, readCron } from './cron.js';
import { isTimeZone } from './time-zone.js';
import { listTimes } from './times.js';

/** When a schedule ticks, as people write it. */
export interface TimingText {
  /** Five fields each. */
  readonly crons?: readonly string[] | undefined;
  /** A duration, `15m`. Counted from 1970-01-01T00:00:00Z on. */
  readonly every?: string | null | undefined;
  /** A duration, shorter than `every`. */
  readonly offset?: string | null | undefined;
  readonly timeZone?: string | undefined;
  /** RFC 3339. */
  readonly startsAt?: string | null | undefined;
  readonly endsAt?: string | null | undefined;
  readonly jitter?: string | null | undefined;
}

/** When a schedule ticks: the union of all that is named. Moments and durations in milliseconds. */
export interface Timing {
  readonly crons: readonly Cron[];
  readonly every?: { readonly everyMs: number; readonly offsetMs: number };
  /** Of the IANA. */
  readonly timeZone: string;
  /** Inclusive, both. */
  readonly startsAt?: number;
  readonly endsAt?: number;
  /** Each tick comes up to so much later, by chance. */
  readonly jitterMs: number;
}

export interface TimingError {
  readonly path: string;
  readonly message: string;
}

export const MAX_CRONS = 20;
const MIN_EVERY_MS = 1_000;
const MAX_JITTER_MS = 86_400_000;
/** The end of 2199: what lies beyond was not meant. */
const LAST_MOMENT = Date.UTC(2200, 0, 1);

/** All that is wrong at once. `now`: from when on it must tick at least once; absent where it may be over. */
export function readTiming(
  text: TimingText,
  now?: number,
): { readonly timing: Timing } | { readonly errors: readonly TimingError[] } {
  const errors: TimingError[] = [];
  const refuse = (path: string, message: string): undefined => {
    errors.push({ path, message });
    return undefined;
  };
  const crons = readCrons(text.crons ?? [], refuse);
  const every = readEvery(text, refuse);
  const { timeZone = 'UTC' } = text;
  if (!isTimeZone(timeZone)) refuse('timeZone', 'must be a time zone of the IANA, as Europe/Berlin');
  const startsAt = readMoment('startsAt', text.startsAt, refuse);
  const endsAt = readMoment('endsAt', text.endsAt, refuse);
  if (startsAt !== undefined && endsAt !== undefined && endsAt <= startsAt)
    refuse('endsAt', 'must be after `startsAt`');
  const jitterMs = readDuration('jitter', text.jitter, refuse) ?? 0;
  if (jitterMs > MAX_JITTER_MS) refuse('jitter', 'must be at most 24h');
  if (errors.length === 0 && crons.length === 0 && every === undefined)
    refuse('crons', 'or `every` is needed: nothing says when it ticks');
  if (errors.length > 0) return { errors };
  const timing: Timing = {
    crons,
    ...(every === undefined ? {} : { every }),
    timeZone,
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(endsAt === undefined ? {} : { endsAt }),
    jitterMs,
  };
  if (now === undefined || listTimes(timing, { after: now, limit: 1 }).length > 0) return { timing };
  return { errors: [{ path: 'crons', message: 'never ticks: no such time comes, or the end is over' }] };
}

type Refuse = (path: string, message: string) => undefined;

function readCrons(texts: readonly string[], refuse: Refuse): Cron[] {
  if (texts.length > MAX_CRONS) {
    refuse('crons', `must be at most ${MAX_CRONS}`);
    return [];
  }
  return texts.flatMap((text, index) => {
    const read = readCron(text);
    if ('cron' in read) return [read.cron];
    refuse(`crons[${index}]`, read.problem);
    return [];
  });
}

function readEvery({ every, offset }: TimingText, refuse: Refuse): Timing['every'] {
  const everyMs = readDuration('every', every, refuse);
  const offsetMs = readDuration('offset', offset, refuse);
  if (everyMs === undefined)
    return offsetMs === undefined || every != null
      ? undefined
      : refuse('offset', 'is nothing without `every`');
  if (everyMs < MIN_EVERY_MS) return refuse('every', 'must be at least 1s');
  if (offsetMs !== undefined && offsetMs >= everyMs) return refuse('offset', 'must be shorter than `every`');
  return { everyMs, offsetMs: offsetMs ?? 0 };
}

function readDuration(path: string, text: string | null | undefined, refuse: Refuse): number | undefined {
  if (text == null) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined) return refuse(path, 'must be a duration of at most 366 days, as 30s, 15m, 2h or 1d');
  if (ms % 1_000 !== 0) return refuse(path, 'must be whole seconds');
  return ms;
}

function readMoment(path: string, text: string | null | undefined, refuse: Refuse): number | undefined {
  if (text == null) return undefined;
  const moment = parseMoment(text);
  if (moment === undefined)
    return refuse(path, 'must be a moment in the form of RFC 3339, as 2026-11-22T08:30:00Z');
  if (moment < 0 || moment >= LAST_MOMENT) return refuse(path, 'must lie between the years 1970 and 2199');
  return moment;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** `90000` is `90s`, `7200000` is `2h`. */
export function formatDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms % each === 0) ?? (['ms', 1] as const);
  return ms === 0 ? '0s' : `${ms / size}${unit}`;
}
