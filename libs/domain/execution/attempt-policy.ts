import type { NodeOf } from '../plan/plan.js';

/** How often an action is tried, how long each time and after which pauses: the same whoever carries it out. */

type ActionNode = NodeOf<'uses'>;

/** Limit of one attempt where the definition gives none. */
const DEFAULT_TIMEOUT_MS = 60 * 60 * 1000;
const QUICK_TIMEOUT_MS = 10_000;

/** Limit of the work of one attempt, in milliseconds. */
export function attemptLimitOf({ quick, timeoutMs }: Pick<ActionNode, 'quick' | 'timeoutMs'>): number {
  return timeoutMs ?? (quick ? QUICK_TIMEOUT_MS : DEFAULT_TIMEOUT_MS);
}

export interface AttemptPolicy {
  /** In all, the first included. */
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly factor: number;
  readonly longestPauseMs: number;
}

export function attemptPolicyOf({ retry }: Pick<ActionNode, 'retry'>): AttemptPolicy {
  if (retry === undefined) return { attempts: 1, firstPauseMs: 1, factor: 1, longestPauseMs: 1 };
  return {
    attempts: retry.attempts,
    firstPauseMs: Math.max(1, retry.delayMs),
    factor: retry.factor,
    longestPauseMs: Math.max(1, retry.delayMs, retry.maxDelayMs),
  };
}

/** Pause in milliseconds after `failed` attempts, unless the other side asked for one of its own. */
export function computePause(
  { firstPauseMs, factor, longestPauseMs }: AttemptPolicy,
  failed: number,
): number {
  return Math.min(firstPauseMs * factor ** (failed - 1), longestPauseMs);
}
