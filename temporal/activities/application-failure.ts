import { ApplicationFailure } from '@temporalio/activity';
import type { AttemptFailure } from './attempt-failure.js';

/** The form in which the interpreter expects it (see ActionResult in contracts). */
export function toApplicationFailure(failure: AttemptFailure, attempts: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: failure.error.message,
    type: failure.error.code,
    nonRetryable: !failure.retryable,
    details: [failure.error, attempts],
    ...(failure.retryAfterMs === undefined ? {} : { nextRetryDelay: failure.retryAfterMs }),
  });
}
