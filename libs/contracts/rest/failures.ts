import type { FailureClass, StepError } from '#domain/execution/step-error.js';

/** GET /failures?workflow=&class=&category=&step=&from=&to=: attempts that failed, newest first. */
export interface FailureView {
  readonly run: string;
  readonly workflow: string;
  /** Key of the step. */
  readonly step: string;
  readonly attempt: number;
  readonly action?: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly error: StepError;
}

/**
 * GET /failures/statistics?workflow=&from=&to=: attempts that failed in that time (the last 30 days when absent), counted.
 * The class is that of the diagnosis where there is one.
 */
export interface FailureStatisticsView {
  readonly from: string;
  readonly to: string;
  readonly total: number;
  /** Most frequent first, as in the other lists. */
  readonly classes: readonly { readonly class: FailureClass; readonly count: number }[];
  /** The 50 most frequent. */
  readonly categories: readonly {
    readonly category: string;
    readonly class: FailureClass;
    readonly count: number;
    /** The latest run with it. */
    readonly latest: { readonly run: string; readonly step: string; readonly at: string };
  }[];
  /** By id, over all instances of a loop; the 50 most frequent. */
  readonly steps: readonly {
    readonly workflow: string;
    readonly step: string;
    readonly class: FailureClass;
    readonly count: number;
  }[];
  /** The 50 most frequent. */
  readonly workflows: readonly { readonly workflow: string; readonly count: number; readonly runs: number }[];
}
