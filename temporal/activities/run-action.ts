import { CancelledFailure, CompleteAsyncError, Context } from '@temporalio/activity';
import type { ActionDescription } from '#contracts/catalogue/action.js';
import { TIMEOUT_GRACE_MS } from '#contracts/names.js';
import type { Action } from '#contracts/ports.js';
import type { ActionInput, ActionResult } from '#contracts/run.js';
import { toApplicationFailure } from './application-failure.js';
import { type ActionWorld, createAttempts } from './attempt.js';

export type ActionActivity = (input: ActionInput) => Promise<ActionResult>;

/** Makes a Temporal activity of an action, a regular or a local one: heartbeats while an attempt of it is made. */
export function createActionActivity(
  description: ActionDescription,
  action: Action,
  world: ActionWorld,
): ActionActivity {
  const makeAttempt = createAttempts(description, action, world);
  const graceMs = description.quick ? 0 : TIMEOUT_GRACE_MS;
  return async (input) => {
    const activity = Context.current();
    const { info, cancellationSignal: cancellation } = activity;
    const attempt = input.attemptsBefore + info.attempt;
    const stopHeartbeat = startHeartbeat(activity);
    try {
      const outcome = await makeAttempt(input, {
        attempt,
        ...(input.afterLoss === true && info.attempt === 1 ? { followsLost: true } : {}),
        limitMs: info.startToCloseTimeoutMs - graceMs,
        cancellation,
        taskToken: info.taskToken,
        isShutdown: () => isShutdown(cancellation.reason),
        isSuperseded: () => isSuperseded(cancellation.reason),
      });
      if (outcome.status === 'failed') throw toApplicationFailure(outcome.failure, attempt);
      if (outcome.status === 'handed-over') throw new CompleteAsyncError();
      if (outcome.status === 'canceled') throw cancellation.reason;
      return { output: outcome.output, attempts: attempt };
    } finally {
      stopHeartbeat();
    }
  };
}

function isShutdown(reason: unknown): boolean {
  return reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN';
}

/** Temporal has given the attempt up, or wants it no longer, without the step having been canceled. */
function isSuperseded(reason: unknown): boolean {
  return reason instanceof CancelledFailure && reason.message !== 'CANCELLED';
}

function startHeartbeat(activity: Context): () => void {
  const { heartbeatTimeoutMs } = activity.info;
  if (heartbeatTimeoutMs === undefined || heartbeatTimeoutMs === 0) return () => {};
  const timer = setInterval(() => activity.heartbeat(), Math.min(1000, heartbeatTimeoutMs / 4));
  return () => clearInterval(timer);
}
