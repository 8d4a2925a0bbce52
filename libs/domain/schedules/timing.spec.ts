import { describe, expect, it } from '@jest/globals';
import { readCron } from './cron.js';
import { formatInZone, isTimeZone } from './time-zone.js';
import { listTimes } from './times.js';
import { formatDuration, readTiming, type TimingText } from './timing.js';

const NOW = Date.parse('2026-01-15T12:00:00Z');

function timingOf(text: TimingText) {
  const read = readTiming(text, NOW);
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  return read.timing;
}

function errorsOf(text: TimingText) {
  const read = readTiming(text, NOW);
  return 'errors' in read ? read.errors : [];
}

const nextOf = (text: TimingText, after: string, limit = 5, until?: string) =>
  listTimes(timingOf(text), {
    after: Date.parse(after),
    limit,
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  }).map((time) => formatInZone(text.timeZone ?? 'UTC', time));

describe('a cron expression', () => {
  it.each([
    ['*/20 * * * *', { minutes: [0, 20, 40] }],
    ['5,10-12 * * * *', { minutes: [5, 10, 11, 12] }],
    ['0 20/2 * * *', { hours: [20, 22] }],
    ['0 9-17/4 * * *', { hours: [9, 13, 17] }],
    ['0 0 * JAN,dec *', { months: [1, 12] }],
    ['0 0 * * mon-FRI', { daysOfWeek: [1, 2, 3, 4, 5] }],
    ['0 0 * * 5-7', { daysOfWeek: [0, 5, 6] }],
    ['  0\t0 * * 0,7 ', { daysOfWeek: [0] }],
    ['0 0 1 * 1', { eitherDay: true }],
    ['0 0 */2 * 1', { eitherDay: false }],
    ['59 23 31 12 6', { minutes: [59], hours: [23], daysOfMonth: [31], months: [12], daysOfWeek: [6] }],
  ])('%j is read', (text, cron) => {
    expect(readCron(text)).toMatchObject({ cron });
  });

  it.each([
    ['', 'not 0'],
    ['   ', 'not 0'],
    ['* * * *', 'not 4'],
    ['0 0 3 * * 1', 'not 6'],
    ['0 0 0 3 * * 2027', 'not 7'],
    ['@every 1ns', '`every`'],
    ['@daily', 'five fields'],
    ['CRON_TZ=UTC 0 0 * * *', 'not 6'],
    ['60 * * * *', 'minute'],
    ['* 24 * * *', 'hour'],
    ['* * 0 * *', 'day of the month'],
    ['* * 32 * *', 'day of the month'],
    ['* * * 13 *', 'month'],
    ['* * * * 8', 'day of the week'],
    ['* * * * mon-sun', 'day of the week'],
    ['* * * foo *', 'month'],
    ['*/0 * * * *', 'minute'],
    ['*/999 * * * *', 'minute'],
    ['-1 * * * *', 'minute'],
    ['1-2-3 * * * *', 'minute'],
    ['5-1 * * * *', 'minute'],
    ['1, * * * *', 'minute'],
    ['1e1 * * * *', 'minute'],
    ['٣ * * * *', 'minute'],
    ['0 0 L * *', 'day of the month'],
    ['0 0 ? * *', 'day of the month'],
    [`${'1,'.repeat(20)}x * * * *`, 'minute'],
    ['x'.repeat(100_000), '200 characters'],
    ["'; DROP TABLE schedules; --", 'minute'],
  ])('%.30j is refused', (text, problem) => {
    expect(readCron(text)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('shows little of a long field', () => {
    expect(readCron(`${'z'.repeat(150)} * * * *`)).toEqual({
      problem: expect.stringContaining(`${'z'.repeat(20)}…`),
    });
  });
});

describe('a time zone', () => {
  it.each([
    'UTC',
    'Europe/Berlin',
    'US/Pacific',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+5',
    'Asia/Kolkata',
  ])('%s is known', (name) => expect(isTimeZone(name)).toBe(true));
  it.each([
    '',
    'Mars/Olympus',
    'europe/berlin',
    'EUROPE/BERLIN',
    '+01:00',
    'Europe/Berlin\0',
    '../etc/passwd',
    'Local/../UTC',
    'E'.repeat(10_000),
    'toString',
    'Constructor',
  ])('%.20j is none', (name) => expect(isTimeZone(name)).toBe(false));

  it('shows its offset', () => {
    expect(formatInZone('Asia/Kolkata', NOW)).toBe('2026-01-15T17:30:00+05:30');
    expect(formatInZone('America/St_Johns', NOW)).toBe('2026-01-15T08:30:00-03:30');
  });
});

describe('a timing', () => {
  it('names the union of all that it has, each moment once', () => {
    expect(
      nextOf(
        { crons: ['0 * * * *', '*/30 * * * *'], every: '20m', offset: '10m' },
        '2026-01-15T12:00:00Z',
        5,
      ),
    ).toEqual([
      '2026-01-15T12:10:00+00:00',
      '2026-01-15T12:30:00+00:00',
      '2026-01-15T12:50:00+00:00',
      '2026-01-15T13:00:00+00:00',
      '2026-01-15T13:10:00+00:00',
    ]);
  });

  it.each([
    // Clocks go from 02:00 to 03:00.
    [
      '30 2 * * *',
      '2026-03-28T00:00:00Z',
      ['2026-03-28T02:30:00+01:00', '2026-03-30T02:30:00+02:00', '2026-03-31T02:30:00+02:00'],
    ],
    [
      '0 * * * *',
      '2026-03-29T00:30:00+01:00',
      ['2026-03-29T01:00:00+01:00', '2026-03-29T03:00:00+02:00', '2026-03-29T04:00:00+02:00'],
    ],
    // And from 03:00 back to 02:00.
    [
      '30 2 * * *',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T02:30:00+01:00', '2026-10-26T02:30:00+01:00', '2026-10-27T02:30:00+01:00'],
    ],
    [
      '0 3 * * *',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T03:00:00+01:00', '2026-10-26T03:00:00+01:00', '2026-10-27T03:00:00+01:00'],
    ],
  ])('goes with the clocks of Berlin: %s after %s', (cron, after, times) => {
    expect(nextOf({ crons: [cron], timeZone: 'Europe/Berlin' }, after, 3)).toEqual(times);
  });

  it('goes with clocks that are put back over midnight', () => {
    expect(nextOf({ crons: ['30 23 * * *'], timeZone: 'America/Havana' }, '2026-11-01T03:00:00Z', 2)).toEqual(
      ['2026-10-31T23:30:00-04:00', '2026-11-01T23:30:00-05:00'],
    );
    expect(nextOf({ crons: ['30 0 * * *'], timeZone: 'America/Havana' }, '2026-11-01T04:40:00Z', 2)).toEqual([
      '2026-11-01T00:30:00-05:00',
      '2026-11-02T00:30:00-05:00',
    ]);
  });

  it('takes either day where both are named', () => {
    expect(nextOf({ crons: ['0 0 1 * 1'] }, '2026-01-30T00:00:00Z', 3)).toEqual([
      '2026-02-01T00:00:00+00:00',
      '2026-02-02T00:00:00+00:00',
      '2026-02-09T00:00:00+00:00',
    ]);
  });

  it('begins and ends', () => {
    const text = { crons: ['0 0 * * *'], startsAt: '2026-02-01T00:00:00Z', endsAt: '2026-02-03T00:00:00Z' };
    expect(nextOf(text, '2026-01-15T00:00:00Z')).toEqual([
      '2026-02-01T00:00:00+00:00',
      '2026-02-02T00:00:00+00:00',
      '2026-02-03T00:00:00+00:00',
    ]);
    expect(nextOf(text, '2026-02-02T00:00:00Z')).toEqual(['2026-02-03T00:00:00+00:00']);
    expect(nextOf({ every: '1h' }, '2026-02-02T00:00:00Z', 5, '2026-02-02T02:00:00Z')).toHaveLength(2);
  });

  it('finds what is rare, and nothing beyond the century, as Temporal', () => {
    expect(nextOf({ crons: ['0 0 29 2 *'] }, '2092-03-01T00:00:00Z', 5)).toEqual([
      '2096-02-29T00:00:00+00:00',
    ]);
  });

  it.each<[TimingText, string, string]>([
    [{}, 'crons', 'nothing says when'],
    [{ crons: [] }, 'crons', 'nothing says when'],
    [{ crons: Array.from({ length: 10_000 }, () => '* * * * *') }, 'crons', 'at most 20'],
    [{ crons: ['* * * * *', '0 0 0 * * *'] }, 'crons[1]', 'not 6'],
    [{ crons: ['0 0 30 2 *'] }, 'crons', 'never ticks'],
    [{ every: '1ns' }, 'every', 'duration'],
    [{ every: '0s' }, 'every', 'at least 1s'],
    [{ every: '500ms' }, 'every', 'whole seconds'],
    [{ every: '1500ms' }, 'every', 'whole seconds'],
    [{ every: '9999999d' }, 'every', 'duration'],
    [{ every: '-1s' }, 'every', 'duration'],
    [{ every: '10m', offset: '10m' }, 'offset', 'shorter'],
    [{ every: 'x', offset: '10m' }, 'every', 'duration'],
    [{ crons: ['* * * * *'], offset: '10m' }, 'offset', 'without'],
    [{ every: '1h', timeZone: 'Mars/Olympus' }, 'timeZone', 'IANA'],
    [{ every: '1h', startsAt: '9999-01-01T00:00:00Z' }, 'startsAt', 'years'],
    [{ every: '1h', startsAt: '0000-01-01T00:00:00Z' }, 'startsAt', 'years'],
    [{ every: '1h', endsAt: '2026-02-30T00:00:00Z' }, 'endsAt', 'RFC 3339'],
    [{ every: '1h', endsAt: '2026-01-15T12:00:00Z' }, 'crons', 'never ticks'],
    [{ every: '1h', startsAt: '2027-01-02T00:00:00Z', endsAt: '2027-01-01T00:00:00Z' }, 'endsAt', 'after'],
    [{ every: '1h', jitter: '2d' }, 'jitter', '24h'],
  ])('%.60j is refused', (text, path, message) => {
    expect(errorsOf(text)).toEqual([{ path, message: expect.stringContaining(message) }]);
  });

  it('tells all that is wrong at once', () => {
    expect(errorsOf({ crons: ['x'], every: 'y', timeZone: 'z' }).map(({ path }) => path)).toEqual([
      'crons[0]',
      'every',
      'timeZone',
    ]);
  });
});

describe('a duration in words', () => {
  it.each([
    [0, '0s'],
    [500, '500ms'],
    [90_000, '90s'],
    [120_000, '2m'],
    [7_200_000, '2h'],
    [86_400_000, '1d'],
  ])('%d is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
