import type { StepKey } from '../execution/state.js';
import type { Json } from '../json.js';
import { compareValues, type Difference } from './compare-values.js';

/** What is compared of a step. */
export interface ComparedStep {
  readonly status: string;
  readonly durationMs: number | null;
  readonly attempts: number;
  readonly output?: Json;
  /** Code of its error. */
  readonly error: string | null;
}

/** How one step differs between two runs; `before` is of the first of them. */
export interface ComparedDifference {
  readonly key: StepKey;
  readonly change: 'added' | 'removed' | 'changed';
  readonly status?: readonly [string, string];
  readonly durationMs?: readonly [number | null, number | null];
  readonly attempts?: readonly [number, number];
  readonly output?: readonly Difference[];
  readonly error?: readonly [string | null, string | null];
}

/** Steps that differ in more than time, in the order of `keys`; undefined where the step is not in a run. */
export function compareSteps(
  keys: Iterable<StepKey>,
  before: (key: StepKey) => ComparedStep | undefined,
  after: (key: StepKey) => ComparedStep | undefined,
): ComparedDifference[] {
  const differences: ComparedDifference[] = [];
  for (const key of keys) {
    const difference = compareStep(key, before(key), after(key));
    if (difference !== undefined) differences.push(difference);
  }
  return differences;
}

function compareStep(
  key: StepKey,
  before: ComparedStep | undefined,
  after: ComparedStep | undefined,
): ComparedDifference | undefined {
  if (before === undefined) return after === undefined ? undefined : { key, change: 'added' };
  if (after === undefined) return { key, change: 'removed' };
  const output = compareValues(before.output, after.output);
  const differs =
    before.status !== after.status ||
    before.attempts !== after.attempts ||
    before.error !== after.error ||
    output.length > 0;
  if (!differs) return undefined;
  return {
    key,
    change: 'changed',
    ...(before.status === after.status ? {} : { status: [before.status, after.status] }),
    ...(before.durationMs === after.durationMs ? {} : { durationMs: [before.durationMs, after.durationMs] }),
    ...(before.attempts === after.attempts ? {} : { attempts: [before.attempts, after.attempts] }),
    ...(output.length === 0 ? {} : { output }),
    ...(before.error === after.error ? {} : { error: [before.error, after.error] }),
  };
}
