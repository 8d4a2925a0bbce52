import type { ActionFailureDetails } from '#contracts/catalogue/action-failure.js';
import { isSluiceError } from '#domain/errors.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { JsonObject } from '#domain/json.js';
import { maskJson } from './mask-json.js';

export interface AttemptFailure {
  readonly error: StepError;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

export const TIMED_OUT: AttemptFailure = {
  error: {
    class: 'timeout',
    code: 'step-timeout',
    message: 'Did not end within its time limit.',
    hint: 'Raise `timeout`, or find out what it waited for.',
  },
  retryable: true,
};

/** The worker goes down in good order: no fault of the step, which is begun anew elsewhere or after the restart. */
export const SHUT_DOWN: AttemptFailure = {
  error: { class: 'infrastructure', code: 'worker-shutdown', message: 'The worker was shut down.' },
  retryable: true,
};

/** What an action threw, as the run will know it. `mask` takes secrets out of the texts. */
export function describeFailure(thrown: unknown, mask: (text: string) => string): AttemptFailure {
  if (!isSluiceError(thrown)) {
    const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return { error: { class: 'unknown', code: 'action-crashed', message: mask(message) }, retryable: true };
  }
  const {
    class: failureClass,
    retryable,
    retryAfterMs,
    ...facts
  } = (thrown.details ?? {}) as Partial<ActionFailureDetails>;
  return {
    error: {
      class: failureClass ?? 'unknown',
      code: thrown.code,
      message: mask(thrown.message),
      ...(thrown.hint === undefined ? {} : { hint: mask(thrown.hint) }),
      ...(Object.keys(facts).length === 0 ? {} : { details: maskJson(facts as JsonObject, mask) }),
    },
    retryable: retryable ?? thrown.fault !== 'user',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The pause that a rate limit names in a log is kept, where the action itself asked for none: an attempt before it is lost. */
export function withLimitsPause(failure: AttemptFailure): AttemptFailure {
  const strategy = failure.error.diagnosis?.strategy;
  if (failure.retryAfterMs !== undefined || strategy?.kind !== 'wait' || strategy.named !== true)
    return failure;
  return { ...failure, retryAfterMs: strategy.delayMs };
}
