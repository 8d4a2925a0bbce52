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
 * 13(3), 1945; M. G. Kendall, "Rank correlation methods", 1975 (the variance with ties, chapter 4). Exact up to 40 values,
 * ties included, by counting orders by their inversions; else normal with correction for ties and continuity. Exact with
 * ties, a later value that is greater never makes it less sure, also not where it comes to equal another. The slope is the
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
  const exact = n <= EXACT_LENGTH;
  return {
    s,
    p: exact ? computeExact(n, s, groups) : computeApproximate(n, s, groups),
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

/** By length, without ties: the share of orders with at most so many inversions. There are 39 of them at most. */
const TABLES = new Map<number, Float64Array>();

/** Share of the orders of such values whose S is `s` or more. Of an order with k inversions, S is the pairs that differ less 2k. */
function computeExact(n: number, s: number, groups: readonly number[]): number {
  const known = groups.length === 0 ? TABLES.get(n) : undefined;
  const table = known ?? countInversions(n, groups);
  if (groups.length === 0) TABLES.set(n, table);
  const differing = groups.reduce((pairs, count) => pairs - countPairs(count), countPairs(n));
  return table[(differing - s) / 2]!;
}

/**
 * Equal values, a group after another, and those of no group as groups of one: the j-th of a group to come to `length` others
 * takes the shares times (1 - q^(length + j)) / (1 - q^j), where the power of q counts inversions (R. P. Stanley, "Enumerative
 * combinatorics" 1, 1.7: q-multinomial coefficients).
 */
function countInversions(n: number, groups: readonly number[]): Float64Array {
  const singles = n - groups.reduce((sum, count) => sum + count, 0);
  let shares = Float64Array.of(1);
  let length = 0;
  for (const count of [...new Array<number>(singles).fill(1), ...groups]) {
    for (let j = 1; j <= count; j++) {
      const more = new Float64Array(shares.length + length);
      for (let inversions = 0; inversions < more.length; inversions++) {
        const before = (more[inversions - j] ?? 0) + (shares[inversions] ?? 0);
        more[inversions] = before - (shares[inversions - length - j] ?? 0);
      }
      shares = more.map((share) => (share * j) / (length + j));
    }
    length += count;
  }
  let sum = 0;
  return shares.map((share) => {
    sum += share;
    return Math.min(1, sum);
  });
}

function countPairs(count: number): number {
  return (count * (count - 1)) / 2;
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
