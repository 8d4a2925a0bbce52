import type { Retry } from '../plan/plan.js';
import type { Instance } from './instance.js';
import type { StepState } from './state.js';
import type { StepError } from './step-error.js';

/** Whether dependents and the block must take this step for failed. */
export function countsAsFailed(step: StepState): boolean {
  return step.status === 'canceled' || (step.status === 'failed' && step.continued !== true);
}

/** The same error, naming the step in which it arose. */
export function blame(error: StepError | undefined, instance: Instance): StepError | undefined {
  return error === undefined || error.step !== undefined ? error : { ...error, step: instance.key };
}

/** Pause in milliseconds before attempt `failed + 1`. */
export function computeRetryDelay(retry: Retry, failed: number): number {
  return Math.min(retry.delayMs * retry.factor ** (failed - 1), retry.maxDelayMs);
}
