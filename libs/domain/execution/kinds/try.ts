import type { Json } from '../../json.js';
import type { Behaviour } from '../behaviour.js';
import { type InstanceOf } from '../instance.js';
import { finallyNumber } from '../place.js';
import { fitsFilter } from '../problem.js';
import type { StepError } from '../step-error.js';
import type { Turn } from '../turn.js';
import { asksAbout, planRetry } from './try-again.js';

/**
 * The body; where it fails, the first catch that names the error's class or code; at the end `finally`, whatever
 * happened before it, in a run that is being canceled too. Its own failure counts where nothing failed before.
 */
export const tryBehaviour: Behaviour<'try'> = {
  start(turn, instance) {
    turn.openBlock(instance, 0, instance.node.block);
  },
  blockClosed(turn, instance, { number, failure, output }) {
    const { node, iterations } = instance;
    if (number === finallyNumber(node)) return finish(turn, instance, failure);
    const block = number === 0 ? node.block : node.catches[number - 1]!.block;
    if (failure === undefined)
      return enterFinally(turn, instance, { output: output ?? turn.outputsOf(block, iterations) });
    const taken = number === 0 && !turn.isEnding(instance) ? findCatch(turn, instance, failure) : -1;
    if (taken === undefined) return;
    if (taken === -1) return enterFinally(turn, instance, { failure });
    const { retry, then } = node.catches[taken]!;
    const pause = retry === undefined ? undefined : planRetry(turn, instance, retry, failure, taken);
    if (!turn.isRunning(instance)) return;
    if (pause !== undefined) return turn.retryLater(instance, failure, pause);
    if (retry?.failsAfter === true) return enterFinally(turn, instance, { failure });
    const step = turn.requireState(instance);
    step.caught = { error: failure };
    if (then !== undefined) step.then = then;
    turn.openBlock(instance, taken + 1, node.catches[taken]!.block);
  },
};

/** Undefined after the step was failed because a condition of a catch could not be evaluated. */
function findCatch(turn: Turn, instance: InstanceOf<'try'>, failure: StepError): number | undefined {
  const { problem } = failure;
  const names = namesOf(failure);
  for (const [number, { errors, filter, as, when, exceptWhen }] of instance.node.catches.entries()) {
    if (errors !== undefined && !names.some((name) => errors.includes(name))) continue;
    if (filter !== undefined && (problem === undefined || !fitsFilter(problem, filter))) continue;
    const verdict = asksAbout(turn, instance, { as, when, exceptWhen }, failure);
    if (verdict === undefined) return undefined;
    if (verdict) return number;
  }
  return -1;
}

/** By what a catch may call it. A diagnosis counts only where the action itself could name no class. */
function namesOf({ class: failureClass, code, diagnosis }: StepError): readonly string[] {
  const told = [failureClass, code];
  if (failureClass !== 'unknown' || diagnosis === undefined) return told;
  return [...told, diagnosis.class];
}

function enterFinally(
  turn: Turn,
  instance: InstanceOf<'try'>,
  pending: { readonly failure?: StepError; readonly output?: Json },
): void {
  const last = instance.node.finally;
  if (last === undefined) return turn.settleContainer(instance, pending.failure, pending.output);
  turn.requireState(instance).pending = pending;
  turn.openBlock(instance, finallyNumber(instance.node), last);
}

function finish(turn: Turn, instance: InstanceOf<'try'>, failure: StepError | undefined): void {
  const { pending } = turn.requireState(instance);
  turn.settleContainer(instance, pending?.failure ?? failure, pending?.output);
}
