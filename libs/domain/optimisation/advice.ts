import type { Json } from '../json.js';
import type { Interval } from './statistics.js';

/** Something to change in a definition, with what it would bring and what that rests on. */
export interface Advice {
  /** Stable while the definition is: `timeout:unit`. */
  readonly id: string;
  readonly kind: 'parallel' | 'timeout' | 'retry' | 'order';
  /** What to do, in one sentence. */
  readonly advice: string;
  /** Why, with the figures. */
  readonly because: string;
  readonly steps: readonly string[];
  /** `data`: follows from the definition and what was recorded. `check`: a person must know that `assumes` holds. */
  readonly certainty: 'data' | 'check';
  readonly assumes: readonly string[];
  readonly gain: Gain;
  readonly evidence: Evidence;
  readonly edits: readonly Edit[];
}

export interface Gain {
  /** Milliseconds that a run becomes shorter, on average, and where that lies in 90 of 100 cases; never negative. */
  readonly time: Interval;
  /** Share of the failed runs that would have succeeded; absent where that is not what it is about, or not known. */
  readonly saves?: Interval;
}

export interface Evidence {
  /** Runs that were looked at. */
  readonly runs: number;
  /** Of those, runs that show it; the newest ten. */
  readonly shownBy: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** A change of a definition's text, by the keys from its root down. */
export type Edit =
  | { readonly path: readonly (string | number)[]; readonly value: Json }
  /** Of a map: these entries stand in this order, in the places that they have together. */
  | { readonly path: readonly (string | number)[]; readonly order: readonly string[] };

export const NO_TIME: Interval = { mean: 0, low: 0, high: 0 };

const SHOWN = 10;

/** `runs` newest first. */
export function showRuns(runs: Iterable<{ readonly id: string }>): string[] {
  return [...new Set([...runs].map(({ id }) => id))].slice(0, SHOWN);
}

export function roundInterval({ mean, low, high }: Interval, digits = 0): Interval {
  const factor = 10 ** digits;
  const round = (value: number) => Math.round(value * factor) / factor;
  return { mean: round(mean), low: round(low), high: round(high) };
}
