import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import { FAILURE_CLASSES, type FailureClass, type StepError } from '#domain/execution/step-error.js';

export interface StepFailure {
  readonly error: StepError;
  /** Undefined where no attempt could report. */
  readonly attempts: number | undefined;
}

/**
 * What a worker tells of a failed action: ApplicationFailure with type = code, first detail = the StepError.
 * Anything else is a failure of the way there.
 */
export function toStepFailure(error: unknown): StepFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const attempts = cause instanceof ApplicationFailure ? cause.details?.[1] : undefined;
  return { error: toStepError(error), attempts: typeof attempts === 'number' ? attempts : undefined };
}

function toStepError(error: unknown): StepError {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) return timeoutError(cause);
  if (cause instanceof CancelledFailure) {
    return { class: 'canceled', code: 'canceled', message: 'The action was stopped by its worker.' };
  }
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0];
    if (isStepError(detail)) return detail;
    return { class: 'unknown', code: cause.type ?? 'action-failed', message: cause.message };
  }
  return {
    class: 'unknown',
    code: 'action-failed',
    message: error instanceof Error ? error.message : String(error),
  };
}

function timeoutError(failure: TimeoutFailure): StepError {
  if (failure.timeoutType === 'HEARTBEAT' || failure.timeoutType === 'SCHEDULE_TO_START') {
    return {
      class: 'infrastructure',
      code: 'worker-lost',
      message: 'The workers that ran this step vanished again and again.',
      hint: 'See whether the step itself brings its worker down (memory, disk), and look at the logs of the workers.',
    };
  }
  return {
    class: 'timeout',
    code: 'step-timeout',
    message: 'Did not end within its time limit.',
    hint: 'Raise `timeout`, or find out what it waited for.',
  };
}

function isStepError(value: unknown): value is StepError {
  if (typeof value !== 'object' || value === null) return false;
  const { class: failureClass, code, message } = value as Partial<StepError>;
  return (
    FAILURE_CLASSES.includes(failureClass as FailureClass) &&
    typeof code === 'string' &&
    typeof message === 'string'
  );
}
