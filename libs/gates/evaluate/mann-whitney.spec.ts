import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareRanks } from './mann-whitney.js';

/** Ozone at New York in May and in August 1973 (J. M. Chambers et al., "Graphical methods for data analysis", 1983). */
const MAY = [
  41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37,
];
const AUGUST = [
  39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85,
];

/** Ages at which diabetes was found in men and women. */
const MEN = [19, 22, 16, 29, 24];
const WOMEN = [20, 11, 17, 12];

describe('compareRanks', () => {
  it('agrees with the example in the manual of SciPy (U = 17, exact p of both sides 0.1111)', () => {
    const test = compareRanks(MEN, WOMEN);
    expect(test).toMatchObject({ u: 17, method: 'exact', a12: 0.85 });
    expect(test.p).toBeCloseTo(7 / 126, 12);
    expect(test.delta).toBeCloseTo(0.7, 12);
  });

  it('agrees with the example in the manual of R (W = 127.5, p of both sides 0.0001208, with ties)', () => {
    expect(compareRanks(MAY, AUGUST).u).toBe(127.5);
    const test = compareRanks(AUGUST, MAY);
    expect(test.method).toBe('normal');
    expect(2 * test.p).toBeCloseTo(0.0001208, 7);
  });

  it.each([
    [[4, 5, 6], [1, 2, 3], 1 / 20],
    [[1, 2, 3], [4, 5, 6], 1],
    [[1, 1, 1], [1, 1, 1], 1],
    // Of the six splits of ranks 1, 2.5, 2.5, 4 four have a sum of 5 or more.
    [[2, 2], [1, 3], 4 / 6],
  ])('%j against %j by hand', (first, second, p) => {
    expect(compareRanks(first, second).p).toBeCloseTo(p, 12);
  });

  it('counts every split, as counting them one by one does', () => {
    const values = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(values, values, (first, second) => {
        expect(compareRanks(first, second).p).toBeCloseTo(countSplits(first, second), 10);
      }),
      { numRuns: 200 },
    );
  });

  it('approximates well where it no longer counts', () => {
    const [small, large] = [9, 10].map((size) => {
      const first = Array.from({ length: size + 3 }, (_, index) => index * 2 + 3);
      return compareRanks(
        first,
        Array.from({ length: size }, (_, index) => index * 2 + 0.5),
      );
    });
    expect([small!.method, large!.method]).toEqual(['exact', 'normal']);
    expect(Math.abs(small!.p - large!.p)).toBeLessThan(0.02);
  });

  it('changes sides with its arguments', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (first, second) => {
        const [there, back] = [compareRanks(first, second), compareRanks(second, first)];
        expect(there.u + back.u).toBe(first.length * second.length);
        expect(there.delta).toBeCloseTo(-back.delta, 10);
        for (const { p, delta, a12 } of [there, back]) {
          expect(p >= 0 && p <= 1 && Math.abs(delta) <= 1 && a12 >= 0 && a12 <= 1).toBe(true);
        }
      }),
    );
  });
});

/** Share of the ways to choose the first sample from all values in which its U is as great or greater. */
function countSplits(first: readonly number[], second: readonly number[]): number {
  const all = [...first, ...second];
  const observed = countPairs(first, second);
  let [favourable, splits] = [0, 0];
  for (let chosen = 0; chosen < 2 ** all.length; chosen++) {
    const one = all.filter((_, index) => (chosen >> index) % 2 === 1);
    if (one.length !== first.length) continue;
    splits += 1;
    if (
      countPairs(
        one,
        all.filter((_, index) => (chosen >> index) % 2 === 0),
      ) >= observed
    )
      favourable += 1;
  }
  return favourable / splits;
}

function countPairs(first: readonly number[], second: readonly number[]): number {
  return first
    .flatMap((one) => second.map((other) => (Math.sign(one - other) + 1) / 2))
    .reduce((a, b) => a + b, 0);
}
