import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findTrend } from './mann-kendall.js';
import { computeNormalTail } from './normal-tail.js';

describe('findTrend', () => {
  it('agrees with the example of the guidance of the EPA (QA/G-9, 2000, 4.3.4: S = 6, p = 0.117)', () => {
    const test = findTrend([5, 6, 11, 8, 10]);
    expect(test).toMatchObject({ s: 6, method: 'exact' });
    expect(test.p).toBeCloseTo(0.117, 3);
    // Slopes -3, -0.5, 1, 1, 1, 1.25, 1.33, 2, 3, 5.
    expect(test.slope).toBe(1.125);
  });

  // Probabilities of the same guidance, table A-11; M. Hollander and D. A. Wolfe, "Nonparametric statistical methods", A.30.
  it.each([
    [4, 4, 0.167],
    [4, 6, 0.042],
    [5, 8, 0.042],
    [5, 10, 0.0083],
    [8, 16, 0.031],
    [9, 18, 0.038],
    [10, 21, 0.036],
    [10, 23, 0.023],
  ])('%d values with S = %d have the tabled probability', (n, s, p) => {
    expect(findTrend(orderWith(n, s)).p).toBeCloseTo(p, 3);
  });

  it.each([
    [[1, 2, 2, 4, 3, 6]],
    [[1, 1, 2, 2, 2]],
    [[2, 1, 1, 3, 3, 2]],
    [[1, 1, 1, 1, 2, 1]],
    [[3, 1, 2, 3, 1, 2, 3]],
  ])('is exact given the ties of %j', (values) => {
    const orders = permute(values).map((order) => findTrend(order).s);
    const { s, p, method } = findTrend(values);
    expect(method).toBe('exact');
    expect(p).toBeCloseTo(orders.filter((each) => each >= s).length / orders.length, 12);
  });

  it('is never less sure where the last value is greater, below another, equal to it or above', () => {
    const values = fc.uniqueArray(fc.nat({ max: 30 }), { minLength: 4, maxLength: 12 });
    fc.assert(
      fc.property(
        values,
        fc.array(fc.nat({ max: 30 }), { maxLength: 2 }),
        fc.nat(),
        (differing, more, at) => {
          const before = [...differing, ...more];
          const other = before[at % before.length]!;
          const tests = [other - 0.5, other, other + 0.5].map((last) => findTrend([...before, last]));
          for (const [index, { p, slope }] of tests.entries()) {
            const less = tests[index - 1] ?? { p: 1, slope: Number.NEGATIVE_INFINITY };
            expect(p).toBeLessThanOrEqual(less.p + 1e-12);
            expect(slope).toBeGreaterThanOrEqual(less.slope);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('corrects for ties, and for continuity, where there are many values', () => {
    // 42 values, of which each stands twice: variance (42·41·89 - 21·2·1·9) / 18.
    const values = Array.from({ length: 42 }, (_, index) => Math.floor(index / 2));
    const test = findTrend(values);
    expect(test).toMatchObject({ s: 861 - 21, method: 'normal' });
    expect(test.p).toBeCloseTo(computeNormalTail(839 / Math.sqrt((42 * 41 * 89 - 378) / 18)), 12);
  });

  it('sees none in values that are all alike', () => {
    expect(findTrend([3, 3, 3, 3, 3])).toMatchObject({ s: 0, p: 1, slope: 0 });
  });
});

describe('computeNormalTail', () => {
  it.each([
    [0, 0.5],
    [1, 0.158655253931457],
    [1.959963984540054, 0.025],
    [2.999999, 0.001349902465],
    [3, 0.00134989803163],
    [5, 2.866515718791939e-7],
    [-1, 0.841344746068543],
    [8, 6.220960574271785e-16],
  ])('of %d is %d', (z, tail) => {
    expect(computeNormalTail(z) / tail).toBeCloseTo(1, 8);
  });
});

/** An order of 1 to n with that S: swaps of neighbours take two from it. */
function orderWith(n: number, s: number): readonly number[] {
  const values = Array.from({ length: n }, (_, index) => index);
  let swaps = ((n * (n - 1)) / 2 - s) / 2;
  for (let pass = 0; pass < n && swaps > 0; pass++) {
    for (let at = 0; at < n - 1 && swaps > 0; at++) {
      if (values[at]! > values[at + 1]!) continue;
      [values[at], values[at + 1]] = [values[at + 1]!, values[at]!];
      swaps -= 1;
    }
  }
  return values;
}

/** All orders, equal ones as often as they come. */
function permute(values: readonly number[]): readonly (readonly number[])[] {
  if (values.length < 2) return [values];
  return values.flatMap((value, at) => permute(values.toSpliced(at, 1)).map((order) => [value, ...order]));
}
