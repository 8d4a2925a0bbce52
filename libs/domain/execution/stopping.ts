import { engineError } from './failures.js';
import { type Instance, instanceOf, parseStepKey } from './instance.js';
import { containerOf, finallyNumber, isCompensation, isShielded, keysWithin } from './place.js';
import type { StopReason } from './state.js';
import type { StepError } from './step-error.js';
import type { Turn } from './turn.js';

/** Ends an instance early: what runs in it is stopped, what has not begun never does. */
export function stop(turn: Turn, instance: Instance, reason: StopReason): void {
  const step = turn.requireState(instance);
  if (step.stopping !== undefined) return;
  step.stopping = reason;
  if (step.retrying === true || step.between === true || turn.behaviourOf(instance).blockClosed === undefined)
    return stopAtRest(turn, instance);
  if (step.waiting !== undefined) return settleAtRest(turn, instance);
  stopWithin(turn, instance);
}

/** Stops what runs inside the container, or in the whole run. */
export function stopWithin(turn: Turn, container: Instance | undefined): void {
  const { plan, state } = turn;
  for (const key of keysWithin(plan, state, container)) {
    const step = state.steps[key];
    if (step?.status !== 'running') continue;
    const node = plan.nodes[step.node]!;
    const instance = instanceOf(node, parseStepKey(key).iterations);
    if (isCompensation(node) || isShielded(plan, instance, container)) continue;
    const rests = step.retrying === true || step.between === true || step.waiting !== undefined;
    if (rests || turn.behaviourOf(instance).blockClosed === undefined) stopAtRest(turn, instance);
  }
  // In a paused run, what waits for its turn there is over, too.
  turn.releaseHeld();
}

/** Whether what holds the instance, at any level, is ending early. A `finally` and a compensation go on. */
export function isStopped({ plan, state }: Pick<Turn, 'plan' | 'state'>, instance: Instance): boolean {
  if (isCompensation(instance.node)) return false;
  let { branch } = instance.node;
  for (let at = containerOf(plan, instance); at !== undefined; at = containerOf(plan, at)) {
    if (at.node.kind === 'try' && branch === finallyNumber(at.node)) return false;
    if (state.steps[at.key]?.stopping !== undefined) return true;
    branch = at.node.branch;
  }
  return state.status === 'canceling' || state.status === 'rolling-back';
}

/** Why an instance was made to stop by what holds it. */
export function stopError({ plan, state }: Turn, instance: Instance): StepError {
  for (let at = containerOf(plan, instance); at !== undefined; at = containerOf(plan, at)) {
    const stopping = state.steps[at.key]?.stopping;
    if (stopping === 'timeout') return engineError('step-timeout', `Limit of "${at.key}".`);
    if (stopping === 'quorum') return engineError('stopped-by-quorum');
    if (stopping === 'order') return engineError('stopped-by-operator', `Order for "${at.key}".`);
  }
  if (state.status === 'canceling') return engineError('canceled', state.cancel?.reason);
  if (state.rollback !== undefined) return engineError('stopped-by-rollback');
  return engineError('stopped-by-sibling');
}

/** Of a leaf, or of a container in which nothing is open at the moment. */
function stopAtRest(turn: Turn, instance: Instance): void {
  const step = turn.requireState(instance);
  const behaviour = turn.behaviourOf(instance);
  if (step.waiting === undefined && step.retrying !== true && behaviour.stopOutside !== undefined)
    return behaviour.stopOutside(turn, instance as never);
  settleAtRest(turn, instance);
}

function settleAtRest(turn: Turn, instance: Instance): void {
  const step = turn.requireState(instance);
  if (step.retrying === true) turn.cancelTimer(instance, 'retry');
  else if (step.waiting === undefined) turn.cancelTimer(instance, 'wait');
  for (const key of ['retrying', 'between'] as const) delete step[key];
  turn.settleStopped(instance);
}
