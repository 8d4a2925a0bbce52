import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  TerminatedFailure,
} from '@temporalio/workflow';
import type { RunResult } from '#contracts/run.js';
import type { StepError } from '#domain/execution/step-error.js';

/** Runs above one another at most: a workflow that starts itself would never end. */
export const MAX_DEPTH = 10;

export const TOO_DEEP: StepError = {
  class: 'configuration',
  code: 'workflow-nesting-too-deep',
  message: `More than ${MAX_DEPTH} workflows run in one another.`,
  hint: 'See whether a workflow runs itself.',
};

/** A form in which `toStepFailure` finds the error. */
export function toChildFailure(error: StepError): ApplicationFailure {
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: true,
    details: [error],
  });
}

/** What the end of a run that did not end well means for the step that started it. */
export function explainChildFailure(run: string, error: unknown): unknown {
  if (!(error instanceof ChildWorkflowFailure)) {
    return isCancellation(error) ? error : toChildFailure(startError(run, error));
  }
  const { cause } = error;
  const result = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  const failed = isFailedResult(result) ? result : undefined;
  if (cause instanceof CancelledFailure || failed?.status === 'canceled') {
    // Where the step was canceled, this confirms it.
    if (CancellationScope.current().consideredCancelled) return new CancelledFailure('Canceled.');
    return toChildFailure(stoppedError(run, false));
  }
  if (cause instanceof TerminatedFailure) return toChildFailure(stoppedError(run, true));
  return toChildFailure(
    failed === undefined ? startError(run, cause ?? error) : inheritError(run, failed.error),
  );
}

function isFailedResult(value: unknown): value is RunResult & { readonly error: StepError } {
  return typeof value === 'object' && value !== null && 'status' in value && 'error' in value;
}

/** The run's own error, class and code kept; its step is none of the parent's, so it stands among the facts. */
function inheritError(run: string, { step, details, ...error }: StepError): StepError {
  return {
    ...error,
    message: `${step === undefined ? `Run ${run}` : `Step "${step}" of run ${run}`}: ${error.message}`,
    details: { run, ...(step === undefined ? {} : { step }), ...(details === undefined ? {} : { details }) },
  };
}

/** A rejection is no failure of the run that ended by it, but its parent lacks what it asked for. */
export function rejectedError(run: string): StepError {
  return {
    class: 'unknown',
    code: 'workflow-rejected',
    message: `Run ${run} ended because an approval in it was rejected.`,
    hint: 'Give the approval `onReject: continue` where the rejection itself is a result.',
    details: { run },
  };
}

function stoppedError(run: string, terminated: boolean): StepError {
  return {
    class: 'canceled',
    code: terminated ? 'workflow-terminated' : 'workflow-canceled',
    message: `Run ${run} was ${terminated ? 'terminated in Temporal' : 'canceled'}.`,
    details: { run },
  };
}

function startError(run: string, error: unknown): StepError {
  return {
    class: 'infrastructure',
    code: 'workflow-start-failed',
    message: `Run ${run} did not run: ${error instanceof Error ? error.message : String(error)}`,
    details: { run },
  };
}
