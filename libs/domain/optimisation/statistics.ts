/** The `share` quantile by linear interpolation (type 7 of Hyndman and Fan 1996); 0 of nothing. */
export function computeQuantile(values: readonly number[], share: number): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

export function computeMean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 500;

/** The mean and where it lies in 90 of 100 cases, by resampling (Efron 1979). The same values give the same answer. */
export function computeMeanInterval(values: readonly number[]): Interval {
  const mean = computeMean(values);
  if (values.length < 2) return { mean, low: mean, high: mean };
  const random = createRandom(values.length);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let drawn = 0; drawn < values.length; drawn++) sum += values[Math.floor(random() * values.length)]!;
    return sum / values.length;
  });
  return { mean, low: computeQuantile(means, 0.05), high: computeQuantile(means, 0.95) };
}

/** Where a share of `hits` in `of` lies in 90 of 100 cases (Wilson 1927). */
export function computeShareInterval(hits: number, of: number): Interval {
  if (of === 0) return { mean: 0, low: 0, high: 1 };
  const z = 1.645;
  const share = hits / of;
  const centre = (share + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of);
  return { mean: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Numbers from 0 to 1, always the same ones for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
