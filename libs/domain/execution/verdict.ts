import type { Retry } from '../plan/plan.js';
import type { Instance } from './instance.js';
import type { StepState } from './state.js';
import type { StepError } from './step-error.js';

/** Whether dependents and the block must take this step for failed. */
export function countsAsFailed(step: StepState): boolean {
  return step.status === 'canceled' || (step.status === 'failed' && step.continued !== true);
}

/** Whether what needs the step must not run unless its own `if` says so. */
export function blocksByFailure(step: StepState): boolean {
  return (
    countsAsFailed(step) ||
    (step.status === 'skipped' && (step.skipped === 'upstream-failed' || step.skipped === 'stopped'))
  );
}

/** Whether what needs the step stands behind an approval that was not given. */
export function blocksByRejection(step: StepState): boolean {
  return step.rejected === true || (step.status === 'skipped' && step.skipped === 'rejected');
}

/** The same error, naming the step in which it arose. */
export function blame(error: StepError | undefined, instance: Instance): StepError | undefined {
  return error === undefined || error.step !== undefined ? error : { ...error, step: instance.key };
}

/** Pause in milliseconds before attempt `failed + 1`. */
export function computeRetryDelay(retry: Retry, failed: number): number {
  return Math.min(retry.delayMs * retry.factor ** (failed - 1), retry.maxDelayMs);
}
