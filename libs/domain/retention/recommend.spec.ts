import { describe, expect, it } from '@jest/globals';
import { computeLastNight } from './nightly.js';
import { type KindStatistics, recommend } from './recommend.js';

const MIB = 1 << 20;

function aKind(kind: string, more: Partial<KindStatistics> = {}): KindStatistics {
  return { kind, items: 1_000, bytes: 100 * MIB, bytesPerDay: 0, olderThan: {}, tables: [], ...more };
}

const OLD = { 30: 900, 90: 600, 180: 300, 365: 50 };

describe('recommend', () => {
  it('says nothing where nothing is to be gained', () => {
    expect(recommend([], [])).toEqual([]);
    expect(recommend([aKind('runs', { items: 0 })], [])).toEqual([]);
    expect(recommend([aKind('runs', { olderThan: { 30: 99, 90: 99 } })], [])).toEqual([]);
    expect(recommend([aKind('audit', { olderThan: OLD })], [])).toEqual([]);
  });

  it('names the longest period that frees a tenth', () => {
    expect(recommend([aKind('runs', { olderThan: OLD, bytesPerDay: 2 * MIB })], [])).toEqual([
      {
        code: 'set-period',
        kind: 'runs',
        days: 180,
        frees: { items: 300, bytes: 30 * MIB },
        text: 'Kept for 180 days instead of for ever, runs would free 300 (30.0 MiB) of 1000 (100.0 MiB). They grow by 2.0 MiB a day: at that rate 180 days hold 360.0 MiB.',
      },
    ]);
  });

  it('thinks of parts of runs only where they are most of them, and shorter than the runs', () => {
    const runs = aKind('runs');
    const logs = aKind('logs', { bytes: 71 * MIB, olderThan: OLD });
    expect(recommend([runs, aKind('logs', { bytes: 40 * MIB, olderThan: OLD })], [])).toEqual([]);
    expect(recommend([runs, logs], [])).toMatchObject([
      { kind: 'logs', days: 180, text: expect.stringContaining('71 %') },
    ]);
    const kept = { kind: 'runs', days: 90, archive: true };
    expect(recommend([runs, logs], [kept])).toMatchObject([{ kind: 'logs', days: 30 }]);
  });

  it.each([
    [{ kind: 'runs', days: 365, archive: true }, ['shorten-period']],
    [{ kind: 'runs', days: 100, archive: true }, ['remove-backlog', 'shorten-period']],
    [{ kind: 'runs', days: 30, archive: false }, ['archive-first', 'remove-backlog']],
    [{ kind: 'audit', days: 90, archive: true }, ['keep-audit-longer', 'remove-backlog']],
    [{ kind: 'audit', days: 730, archive: true }, []],
  ])('of %j: %j', (period, codes) => {
    const found = recommend([aKind(period.kind, { olderThan: OLD })], [period]);
    expect(found.map(({ code }) => code)).toEqual(codes);
  });
});

describe('computeLastNight', () => {
  it.each([
    ['2026-01-02T03:00:00.000Z', '03:00', '2026-01-02T03:00:00.000Z'],
    ['2026-01-02T02:59:59.999Z', '03:00', '2026-01-01T03:00:00.000Z'],
    ['2026-01-01T00:00:00.000Z', '23:59', '2025-12-31T23:59:00.000Z'],
    ['2026-03-01T12:00:00.000Z', '00:00', '2026-03-01T00:00:00.000Z'],
  ])('%s, %s: %s', (now, time, night) => {
    expect(computeLastNight(new Date(now), time).toISOString()).toBe(night);
  });
});
