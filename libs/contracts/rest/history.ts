import type { AdviceReport } from '#domain/optimisation/advise.js';
import type { Estimate, Remaining } from '#domain/optimisation/estimate.js';
import type { RunViewStatus } from './runs.js';

/** GET /workflows/{id}/estimate: what a run of the latest version may be expected to take, by the runs before. */
export interface EstimateView extends Estimate {
  readonly workflow: string;
  readonly version: number;
}

/** GET /runs/{id}/estimate: how much of its time is over, and how much is left. */
export interface RemainingView extends Remaining {
  readonly run: string;
  readonly status: RunViewStatus;
  /** When it may be over; absent where too few runs tell, and of a run that is. */
  readonly expectedEnd?: string;
}

/** GET /workflows/{id}/advice: what to change in the latest version, by the runs that were recorded. */
export interface AdviceView extends AdviceReport {
  readonly workflow: string;
  readonly version: number;
}
