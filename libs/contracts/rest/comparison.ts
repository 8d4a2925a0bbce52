import type { Json } from '#domain/json.js';
import type { RunViewStatus } from './runs.js';

/** GET /runs/{id}/compare/{other}. */
export interface ComparisonView {
  readonly runs: readonly [ComparedRun, ComparedRun];
  readonly inputs: readonly ValueDifference[];
  readonly output: readonly ValueDifference[];
  /** Steps of either, in written order; those alike in everything but time are left out. */
  readonly steps: readonly StepDifference[];
  /** More differs than is shown. */
  readonly more?: true;
}

export interface ComparedRun {
  readonly id: string;
  readonly workflow: string;
  readonly version: number;
  readonly status: RunViewStatus;
  readonly durationMs?: number;
}

/** `path`: JSON pointer (RFC 6901). A value that is absent is left out. */
export interface ValueDifference {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

export interface StepDifference {
  readonly key: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly status?: readonly [string, string];
  readonly durationMs?: readonly [number | null, number | null];
  readonly attempts?: readonly [number, number];
  readonly output?: readonly ValueDifference[];
  readonly error?: readonly [string | null, string | null];
}
