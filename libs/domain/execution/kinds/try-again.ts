import type { Json } from '../../json.js';
import type { CatchRetry, Expression } from '../../plan/plan.js';
import type { InstanceOf } from '../instance.js';
import { MAX_WAIT_MS } from '../limits.js';
import type { StepError } from '../step-error.js';
import type { Turn } from '../turn.js';

interface Conditions {
  readonly as: string;
  readonly when: Expression | undefined;
  readonly exceptWhen: Expression | undefined;
}

/** Whether the conditions take the error; undefined after the step was failed for one of them. */
export function asksAbout(
  turn: Turn,
  instance: InstanceOf<'try'>,
  { as, when, exceptWhen }: Conditions,
  error: StepError,
): boolean | undefined {
  const variables = { [as]: (error.problem ?? error) as unknown as Json };
  for (const [condition, wanted] of [
    [when, true],
    [exceptWhen, false],
  ] as const) {
    if (condition === undefined) continue;
    const verdict = turn.decideCondition(instance, condition, { variables });
    if (verdict === undefined) return undefined;
    if (verdict !== wanted) return false;
  }
  return true;
}

/** Milliseconds before the body is run again; undefined where it is not, or the step was failed. */
export function planRetry(
  turn: Turn,
  instance: InstanceOf<'try'>,
  retry: CatchRetry,
  error: StepError,
  taken: number,
): number | undefined {
  const step = turn.requireState(instance);
  const failed = (step.tried ?? 0) + 1;
  if (retry.attempts !== undefined && failed >= retry.attempts) return undefined;
  const { as } = instance.node.catches[taken]!;
  const asked = asksAbout(turn, instance, { as, when: retry.when, exceptWhen: retry.exceptWhen }, error);
  if (asked !== true) return undefined;
  const factor = { constant: 1, linear: failed, exponential: 2 ** (failed - 1) }[retry.backoff];
  const pause = Math.min(retry.delayMs * factor + jitter(turn, instance, retry, failed), MAX_WAIT_MS);
  if (retry.limitMs !== undefined && turn.now + pause - step.startedAt > retry.limitMs) return undefined;
  return pause;
}

/** As good as random between runs, and the same at every replay of one. */
function jitter(
  { state }: Turn,
  { key }: InstanceOf<'try'>,
  { jitterMs }: CatchRetry,
  failed: number,
): number {
  if (jitterMs === undefined) return 0;
  const { from, to } = jitterMs;
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (const character of `${state.run.id} ${key} ${failed}`)
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return from + ((hash >>> 0) / 2 ** 32) * Math.max(0, to - from);
}
