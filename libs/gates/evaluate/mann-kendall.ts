import { computePercentile } from './earlier.js';
import { computeNormalTail } from './normal-tail.js';

export interface TrendTest {
  /** Pairs that rise less pairs that fall: Mann and Kendall's S. */
  readonly s: number;
  /** One-sided: how often chance alone makes values rise as steadily. */
  readonly p: number;
  /** The least that `p` could be with so many values. */
  readonly least: number;
  readonly method: 'exact' | 'normal';
  /** For one step of the series: Theil and Sen's estimate. */
  readonly slope: number;
}

const EXACT_LENGTH = 40;

/**
 * Whether values rise from first to last, and how fast. H. B. Mann, "Nonparametric tests against trend", Econometrica
 * 13(3), 1945; M. G. Kendall, "Rank correlation methods", 1975 (the variance with ties, chapter 4). Exact without ties
 * up to 40 values, by counting orders by their inversions; else normal with correction for continuity. The slope is the
 * median of the slopes of all pairs: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau",
 * Journal of the American Statistical Association 63(324), 1968.
 */
export function findTrend(values: readonly number[]): TrendTest {
  const n = values.length;
  const slopes: number[] = [];
  let s = 0;
  for (let later = 1; later < n; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      const rise = values[later]! - values[earlier]!;
      s += Math.sign(rise);
      slopes.push(rise / (later - earlier));
    }
  }
  const groups = countTies(values);
  const exact = groups.length === 0 && n <= EXACT_LENGTH;
  return {
    s,
    p: exact ? computeExact(n, s) : computeApproximate(n, s, groups),
    least: 1 / factorial(n),
    method: exact ? 'exact' : 'normal',
    slope: computePercentile(slopes, 0.5),
  };
}

/** Sizes of the groups of equal values. */
function countTies(values: readonly number[]): readonly number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1);
}

/** By length: the share of orders with at most so many inversions. There are 39 of them at most. */
const TABLES = new Map<number, Float64Array>();

/** Share of the orders of n values whose S is `s` or more. Of an order with k inversions, S is n(n-1)/2 - 2k. */
function computeExact(n: number, s: number): number {
  const table = TABLES.get(n) ?? countInversions(n);
  TABLES.set(n, table);
  return table[((n * (n - 1)) / 2 - s) / 2]!;
}

/** A value more comes to stand before none to all of the others, each as often. */
function countInversions(n: number): Float64Array {
  let shares = Float64Array.of(1);
  for (let length = 2; length <= n; length++) {
    const more = new Float64Array((length * (length - 1)) / 2 + 1);
    let window = 0;
    for (let inversions = 0; inversions < more.length; inversions++) {
      window += shares[inversions] ?? 0;
      if (inversions >= length) window -= shares[inversions - length] ?? 0;
      more[inversions] = window / length;
    }
    shares = more;
  }
  let sum = 0;
  return shares.map((share) => {
    sum += share;
    return Math.min(1, sum);
  });
}

function computeApproximate(n: number, s: number, groups: readonly number[]): number {
  const term = (count: number) => count * (count - 1) * (2 * count + 5);
  const variance = (term(n) - groups.reduce((sum, count) => sum + term(count), 0)) / 18;
  return variance <= 0 ? 1 : computeNormalTail((s - 1) / Math.sqrt(variance));
}

function factorial(n: number): number {
  let product = 1;
  for (let each = 2; each <= Math.min(n, 100); each++) product *= each;
  return product;
}
