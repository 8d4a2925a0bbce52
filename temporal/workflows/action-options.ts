import {
  ActivityCancellationType,
  ActivityFailure,
  type ActivityOptions,
  ApplicationFailure,
  type LocalActivityOptions,
  type RetryPolicy,
  TimeoutFailure,
} from '@temporalio/workflow';
import { ANSWERED_ELSEWHERE, TIMEOUT_GRACE_MS } from '#contracts/names.js';
import { attemptLimitOf, attemptPolicyOf } from '#domain/execution/attempt-policy.js';
import type { StepKey } from '#domain/execution/state.js';
import type { RunAction } from './action-dispatch.js';

/** A longer pause between attempts is a timer: while the worker itself waits, the run hears of nothing else. */
const INLINE_PAUSE_MS = 1_000;

/** A worker that is silent for this long is taken for lost. */
const HEARTBEAT_MS = 10_000;

/** For whoever looks after work that goes on without its worker is not told in seconds. */
const UNATTENDED_HEARTBEAT_MS = 60_000;

/** How long a step waits for the one worker that holds its workspace before somebody looks whether it lives. */
const WORKSPACE_WAIT_MS = 20_000;
const MAX_WORKSPACE_WAIT_MS = 5 * 60 * 1000;

/**
 * Names the step, so that a replay in which another one comes at its place is refused, though it takes the same
 * action; and the attempts before, because a step may be begun anew.
 */
export function activityIdOf(step: StepKey, attemptsBefore: number): string {
  return attemptsBefore === 0 ? step : `${step}~${attemptsBefore}`;
}

/** Whether the step's action runs in the worker that interprets: a pool, where one is named, is another worker. */
export function runsInline(node: RunAction['node']): boolean {
  return node.inline === true && node.pool === undefined && !node.workspace;
}

/** Options of a step's action that runs in the worker that interprets. */
export function chooseInlineOptions({ node, step }: RunAction): LocalActivityOptions {
  return {
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: summarize(node, step),
    startToCloseTimeout: limitOf(node),
    localRetryThreshold: INLINE_PAUSE_MS,
    retry: retryOf(node),
  };
}

/** What went before one execution of a step's action. */
export interface Before {
  /** Executions that a vanished worker cut off. */
  readonly losses: number;
  /** Attempts of those that its retry policy allows. */
  readonly attempts: number;
  /** Attempts of the step before it was begun this time. */
  readonly begunAfter: number;
}

/** @param begunAfter attempts of the step that were made before */
export function untried(begunAfter: number): Before {
  return { losses: 0, attempts: 0, begunAfter };
}

/** Options of one execution of the step's action. */
export function chooseOptions({ node, step }: RunAction, queue: string, before: Before): ActivityOptions {
  const quick = isQuick(node);
  return {
    taskQueue: queue,
    // A step is over when its work is: nothing of a canceled command may go on after its run has ended.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: summarize(node, step),
    startToCloseTimeout: limitOf(node),
    ...(quick ? {} : { heartbeatTimeout: node.unattended ? UNATTENDED_HEARTBEAT_MS : HEARTBEAT_MS }),
    ...(node.workspace
      ? { scheduleToStartTimeout: Math.min(WORKSPACE_WAIT_MS * 2 ** before.losses, MAX_WORKSPACE_WAIT_MS) }
      : {}),
    retry: retryOf(node, before.attempts),
    ...(node.priority === undefined ? {} : { priority: { priorityKey: node.priority } }),
  };
}

function summarize({ name }: RunAction['node'], step: StepKey): string {
  return name === undefined ? step : `${step}: ${name}`;
}

function isQuick({ quick, timeoutMs }: RunAction['node']): boolean {
  return quick && timeoutMs === undefined;
}

/** With the grace that the worker takes off again, to stop the work in good order; what is quick needs none. */
function limitOf(node: RunAction['node']): number {
  return attemptLimitOf(node) + (node.quick ? 0 : TIMEOUT_GRACE_MS);
}

function retryOf(node: RunAction['node'], made = 0): RetryPolicy {
  const { attempts: allowed, firstPauseMs, factor, longestPauseMs } = attemptPolicyOf(node);
  const attempts = Math.max(1, allowed - made);
  if (attempts === 1) return { maximumAttempts: 1 };
  return {
    maximumAttempts: attempts,
    initialInterval: firstPauseMs,
    backoffCoefficient: factor,
    maximumInterval: longestPauseMs,
  };
}

/**
 * Whether the failure says nothing about the step, only that its worker vanished: then it is begun anew, however
 * few attempts its author allowed.
 */
export function isWorkerLoss(command: RunAction, error: unknown): boolean {
  if (isShutdown(error)) return true;
  // One that shares its worker with the interpreter does not vanish alone: it was too slow.
  if (runsInline(command.node)) return false;
  const timeout = timeoutOf(error);
  if (timeout === 'HEARTBEAT' || timeout === 'SCHEDULE_TO_START') return true;
  return timeout === 'START_TO_CLOSE' && isQuick(command.node);
}

/** The attempt whose answer has come while no worker held it: it is to be taken up again, by any. */
export function answeredAttemptOf(error: unknown): number | undefined {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return undefined;
  const { type, details } = error.cause;
  const attempt = details?.[0];
  return type === ANSWERED_ELSEWHERE && typeof attempt === 'number' ? attempt : undefined;
}

/** Attempts that the activity has made at most, so that the next one's number is free. */
export function attemptsUsed({ node }: RunAction, error: unknown): number {
  const allowed = node.retry?.attempts ?? 1;
  return timeoutOf(error) === 'SCHEDULE_TO_START' ? allowed - 1 : allowed;
}

function isShutdown(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'worker-shutdown'
  );
}

function timeoutOf(error: unknown): TimeoutFailure['timeoutType'] | undefined {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof TimeoutFailure)) return undefined;
  return error.cause.timeoutType;
}
