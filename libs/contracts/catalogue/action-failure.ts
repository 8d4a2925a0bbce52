import { type ErrorInit, isSluiceError, SluiceError } from '#domain/errors.js';
import type { FailureClass } from '#domain/execution/step-error.js';
import type { Json } from '#domain/json.js';

/** What `details` of every error that an action throws holds beside facts of its own. */
export interface ActionFailureDetails {
  readonly class: FailureClass;
  /** Whether the step's retry policy may try again; false where a second attempt cannot end otherwise. */
  readonly retryable: boolean;
  /** Pause that the other side asked for. */
  readonly retryAfterMs?: number;
  readonly [fact: string]: Json;
}

interface ActionFailureInit extends Omit<ErrorInit, 'details'> {
  readonly class: FailureClass;
  readonly retryable: boolean;
  readonly facts?: { readonly [fact: string]: Json };
}

/** The error of an action: a SluiceError that also says its class and whether it is worth another attempt. */
export function createActionFailure(init: ActionFailureInit): SluiceError {
  const { class: failureClass, retryable, facts, ...error } = init;
  const details: ActionFailureDetails = { ...facts, class: failureClass, retryable };
  return new SluiceError({ ...error, details });
}

/** Whether the error says that a second attempt may end otherwise. */
export function isRetryable(error: unknown): error is SluiceError {
  return (
    isSluiceError(error) && (error.details as Partial<ActionFailureDetails> | undefined)?.retryable === true
  );
}

/** The work was stopped because the context's signal asked for it. */
export function createCanceledFailure(what: string, signal: AbortSignal): SluiceError {
  return createActionFailure({
    code: 'canceled',
    fault: 'operational',
    class: 'canceled',
    retryable: false,
    message: `${what} was stopped before its end.`,
    cause: signal.reason,
  });
}
