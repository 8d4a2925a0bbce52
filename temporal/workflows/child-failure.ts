import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  TerminatedFailure,
} from '@temporalio/workflow';
import type { RunResult } from '#contracts/run.js';
import { inheritError, stoppedError } from '#domain/execution/child-failures.js';
import type { StepError } from '#domain/execution/step-error.js';

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

function startError(run: string, error: unknown): StepError {
  return {
    class: 'infrastructure',
    code: 'workflow-start-failed',
    message: `Run ${run} did not run: ${error instanceof Error ? error.message : String(error)}`,
    details: { run },
  };
}
