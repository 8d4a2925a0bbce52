import { MAX_SAMPLES } from '#contracts/judgement/measurement.js';
import type { Reduction } from '#contracts/judgement/metric-source.js';
import { parseDuration } from '#domain/definition/duration.js';
import { createMetricMissing } from './metric-missing.js';
import type { Reading } from './source.js';

/** One observation. NaN where the service had nothing to say. */
export interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** The time that was asked for, in milliseconds since the epoch, and what one point of it stands for. */
export interface Window {
  readonly start: number;
  readonly end: number;
  readonly stepMs: number;
}

/** How a series is read; as the sources have it. */
export interface SeriesSettings {
  readonly reduce?: Reduction;
  readonly minSamples?: number;
  readonly maxAge?: string;
}

const MAX_AGE_MS = 300_000;
/** Beyond the window: clocks are never quite the same. Zones differ by more. */
const SLACK_MS = 60_000;
/** Clocks of machines that are kept in step differ by less. */
const CLOCK_MS = 300_000;

/** The service's own clock, where its answer tells. Throws SluiceError `metric-clock`. */
export function checkClock(date: number | undefined, now: number): void {
  if (date === undefined || Math.abs(date - now) <= CLOCK_MS) return;
  const minutes = Math.round((date - now) / 60_000);
  throw createMetricMissing(
    'metric-clock',
    `The clock of the service is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}.`,
    'Set the clocks by NTP: what is asked for is not the time that was meant.',
  );
}

/**
 * Finite observations of the window, oldest first. What is no number is left out; an infinite one is none that can be
 * compared. Throws SluiceError `metric-clock`, `metric-empty`, `metric-not-finite`, `metric-stale`, `metric-too-few`,
 * `metric-samples-too-many`.
 */
export function requireSamples(points: readonly Point[], window: Window, settings: SeriesSettings): Point[] {
  const { start, end, stepMs } = window;
  const slack = Math.max(SLACK_MS, stepMs);
  const stray = points.find(({ at }) => !(at >= start - slack && at <= end + slack));
  if (stray) throw createStray(stray.at, window);
  const known = points.filter(({ value }) => !Number.isNaN(value)).toSorted((a, b) => a.at - b.at);
  if (known.some(({ value }) => !Number.isFinite(value))) {
    throw createMetricMissing(
      'metric-not-finite',
      'The query gives an infinite number.',
      'Bound it in the query: of a histogram its last bucket, of a ratio its divisor.',
    );
  }
  if (known.length > MAX_SAMPLES) {
    throw createMetricMissing(
      'metric-samples-too-many',
      `The query gives ${known.length} observations, more than ${MAX_SAMPLES}.`,
      'Ask for a shorter range or larger steps.',
    );
  }
  const last = known.at(-1);
  if (last === undefined) throw createEmpty(points.length);
  const maxAgeMs = Math.max(2 * stepMs, parseDuration(settings.maxAge ?? '') ?? MAX_AGE_MS);
  if (last.at < end - maxAgeMs) {
    throw createMetricMissing(
      'metric-stale',
      `The last observation is of ${new Date(last.at).toISOString()}, too long before ${new Date(end).toISOString()}.`,
      'Check that the service still measures, or raise `maxAge`.',
    );
  }
  const { minSamples = 1 } = settings;
  if (known.length < minSamples) {
    throw createMetricMissing(
      'metric-too-few',
      `There are ${known.length} observations, fewer than ${minSamples}.`,
      'Wait longer, raise `range`, or lower `minSamples`.',
    );
  }
  return known;
}

/** Samples as what the source is to give. */
export function reduceSamples(
  points: readonly Point[],
  reduction: Reduction,
  baseline?: readonly Point[],
): Reading {
  const values = points.map(({ value }) => value);
  const observedAt = points.at(-1)?.at;
  return {
    ...(reduction === 'samples' ? { samples: values } : { value: reduceValues(values, reduction) }),
    ...(baseline === undefined ? {} : { baseline: baseline.map(({ value }) => value) }),
    ...(observedAt === undefined ? {} : { observedAt }),
  };
}

/** One number of at least one. Percentiles lie between the two nearest observations, in proportion. */
export function reduceValues(values: readonly number[], reduction: Exclude<Reduction, 'samples'>): number {
  if (reduction === 'last') return values.at(-1) ?? Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  if (reduction === 'min') return sorted[0] ?? Number.NaN;
  if (reduction === 'max') return sorted.at(-1) ?? Number.NaN;
  if (reduction === 'sum') return values.reduce((sum, value) => sum + value, 0);
  if (reduction === 'average')
    return values.reduce((mean, value, index) => mean + (value - mean) / (index + 1), 0);
  const rank = (Number(reduction.slice(1)) / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}

function createStray(at: number, { start, end }: Window) {
  const told = Number.isFinite(at) && Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : 'no time';
  return createMetricMissing(
    'metric-clock',
    `An observation is of ${told}, outside the time that was asked for: ${new Date(start).toISOString()} to ${new Date(end).toISOString()}.`,
    'Check the clock and the time zone of the service: its times must be UTC.',
  );
}

function createEmpty(points: number) {
  return createMetricMissing(
    'metric-empty',
    points === 0 ? 'The query gives no observation.' : 'The query gives no number, only NaN.',
    'Check the query and its labels, that the service measures this, and that its clock is right.',
  );
}
