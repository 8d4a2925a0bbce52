import type { Comparison } from '#contracts/judgement/gate.js';
import type { EarlierRun } from '../gate/read-history.js';
import { convert } from '../gate/units.js';
import { computeMean, type World } from './world.js';

/** The earlier runs as one number; without it, there were fewer than the criterion asks for. */
export interface Base {
  readonly value?: number;
  readonly runs: number;
}

const OUTCOMES: Readonly<Record<Comparison['of'], readonly EarlierRun['outcome'][]>> = {
  passed: ['pass'],
  'passed-or-warned': ['pass', 'warn'],
  all: ['pass', 'warn', 'fail', 'inconclusive'],
};

/** Of the last runs with such an outcome, those that measured the metric; each value in `unit`. */
export function computeBase(
  metric: string,
  unit: string | undefined,
  compare: Comparison,
  world: World,
): Base {
  const runs = selectCompared(world.history, compare);
  const values = listValues(runs, metric, unit);
  if (values.length === 0 || values.length < compare.atLeast) return { runs: values.length };
  const percentiles = { p50: 0.5, p90: 0.9, p95: 0.95 } as const;
  return {
    value:
      compare.with === 'average' ? computeMean(values) : computePercentile(values, percentiles[compare.with]),
    runs: values.length,
  };
}

/** Those that count, whether they measured the metric or not. */
export function selectCompared(
  history: readonly EarlierRun[],
  { of, last }: Pick<Comparison, 'of' | 'last'>,
): readonly EarlierRun[] {
  return history.filter(({ outcome }) => OUTCOMES[of].includes(outcome)).slice(0, last);
}

/** What the runs measured, in `unit` and in their order; what cannot be compared is left out. */
export function listValues(
  runs: readonly EarlierRun[],
  metric: string,
  unit: string | undefined,
): readonly number[] {
  const listed: number[] = [];
  for (const { values } of runs) {
    const earlier = values.get(metric);
    const value = earlier && convert(earlier.value, earlier.unit, unit);
    if (value !== undefined) listed.push(value);
  }
  return listed;
}

/**
 * The value at rank `share * (n + 1)`, between two ranks in proportion: definition 6 of Hyndman and Fan, "Sample quantiles
 * in statistical packages", The American Statistician 50(4), 1996; also what lighthouse-service computes.
 */
export function computePercentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = share * (sorted.length + 1);
  if (rank < 1) return sorted[0]!;
  if (rank >= sorted.length) return sorted.at(-1)!;
  const [lower, upper] = [sorted[Math.floor(rank) - 1]!, sorted[Math.floor(rank)]!];
  return lower + (rank - Math.floor(rank)) * (upper - lower);
}
