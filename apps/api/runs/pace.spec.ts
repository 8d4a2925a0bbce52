import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

const LIMITS = { concurrent: 8, perSecond: 10 };

describe('Pace', () => {
  it('lets as many begin as may be under way, then as many as end', () => {
    const pace = new Pace({ concurrent: 3, perSecond: 1_000 }, 0);
    expect(pace.room(0)).toBe(3);
    pace.begin(3);
    expect(pace.room(1_000)).toBe(0);
    pace.end(true);
    expect(pace.room(1_000)).toBe(1);
  });

  it('lets no more begin in an hour than its rate, but for a first few', () => {
    const pace = new Pace(LIMITS, 0);
    let begun = 0;
    for (let now = 0; now <= 3_600_000; now += 50) {
      const room = pace.room(now);
      pace.begin(room);
      for (let index = 0; index < room; index++) pace.end(true);
      begun += room;
    }
    expect(begun).toBeLessThanOrEqual(36_000 + LIMITS.concurrent);
    expect(begun).toBeGreaterThan(35_900);
  });

  it('says how long to wait for the next', () => {
    const pace = new Pace(LIMITS, 0);
    expect(pace.waitMs(0)).toBe(0);
    pace.begin(8);
    expect(pace.waitMs(0)).toBe(100);
    expect(pace.waitMs(60)).toBe(40);
    expect(pace.waitMs(100)).toBe(0);
  });

  it('begins anew with one, and doubles with each success', () => {
    const pace = new Pace({ concurrent: 8, perSecond: 1_000 }, 0);
    pace.startAnew();
    const widths: number[] = [];
    for (let now = 1_000; widths.length < 5; now += 1_000) {
      const room = pace.room(now);
      widths.push(room);
      pace.begin(room);
      for (let index = 0; index < room; index++) pace.end(true);
    }
    expect(widths).toEqual([1, 2, 8, 8, 8]);
  });

  it('halves with each failure, to one and no less', () => {
    const pace = new Pace({ concurrent: 8, perSecond: 1_000 }, 0);
    const widths: number[] = [];
    for (let now = 1_000; widths.length < 5; now += 1_000) {
      widths.push(pace.room(now));
      pace.begin(1);
      pace.end(false);
    }
    expect(widths).toEqual([8, 4, 2, 1, 1]);
  });

  it('is not confused by a clock that stands still', () => {
    const pace = new Pace(LIMITS, 1_000);
    pace.begin(8);
    expect([pace.room(1_000), pace.room(900), pace.room(1_000)]).toEqual([0, 0, 0]);
  });
});
