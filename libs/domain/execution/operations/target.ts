import type { NodeIndex, Plan } from '../../plan/plan.js';
import { findNode } from '../../plan/plan-index.js';
import { frameOf } from '../blocks.js';
import { type Instance, instanceOf, parseStepKey, stepKey } from '../instance.js';
import { MAX_LOOP_ITEMS } from '../limits.js';
import type { Refusal } from '../operation.js';
import { containerOf, isCompensation } from '../place.js';
import type { RunState, StepKey, StepState } from '../state.js';
import { isStopped } from '../stopping.js';
import type { Turn } from '../turn.js';
import type { Situation } from './operation-handler.js';

/** The step that an operation is about. */
export interface Target {
  readonly instance: Instance;
  /** Undefined where its turn has not come. */
  readonly step: StepState | undefined;
  /** Whether it has failed in a block that is still being run, so that it can be taken back. */
  readonly failedInOpenBlock: boolean;
}

/** Refuses where there is no such step, or where it is in a state that does not fit. */
export function refuseStep(
  situation: Situation,
  key: StepKey,
  fitsState: (target: Target) => boolean,
  fits: string,
): Refusal | undefined {
  const target = findTarget(situation, key);
  if (target === undefined) {
    return {
      code: 'step-unknown',
      message: `The run has no step ${key}.`,
      fits: 'A step of its plan, with the number of its turn where it stands in a loop: deploy, deploy[2].',
    };
  }
  if (fitsState(target)) return undefined;
  return { code: 'step-state', message: `The step ${describe(situation, target)}.`, fits };
}

export function requireTarget(turn: Turn, key: StepKey): Instance {
  return turn.requireInstance(key);
}

/** Of a key that `refuseStep` did not refuse. */
export function instanceAt(plan: Plan, key: StepKey): Instance {
  const { id, iterations } = parseStepKey(key);
  return instanceOf(findNode(plan, id)!, iterations);
}

/** Whether its turn may still come: what holds it is not over. */
export function isPending(situation: Situation, { instance, step }: Target): boolean {
  if (step !== undefined || isCompensation(instance.node)) return false;
  if (isStopped(situation, instance)) return false;
  const { plan, state } = situation;
  for (let at = containerOf(plan, instance); at !== undefined; at = containerOf(plan, at)) {
    const holder = state.steps[at.key];
    if (holder !== undefined && holder.status !== 'running') return false;
    if ((holder?.turn?.index ?? 0) > (instance.iterations[at.iterations.length] ?? 0)) return false;
  }
  return true;
}

function findTarget({ plan, state }: Situation, key: StepKey): Target | undefined {
  const { id, iterations } = parseStepKey(key);
  const node = findNode(plan, id);
  if (node === undefined || node.loops.length !== iterations.length || stepKey(id, iterations) !== key)
    return undefined;
  if (!node.loops.every((loop, depth) => mayHaveTurn(plan, state, loop, iterations.slice(0, depth + 1))))
    return undefined;
  const instance = instanceOf(node, iterations);
  const step = state.steps[key];
  const failed = step?.status === 'failed' || step?.status === 'canceled';
  return {
    instance,
    step,
    failedInOpenBlock:
      failed &&
      !isCompensation(node) &&
      frameOf({ plan, state }, instance) !== undefined &&
      !isStopped({ plan, state }, instance),
  };
}

/** Whether the loop may ever come to that turn, the last of these iterations. */
function mayHaveTurn(plan: Plan, state: RunState, loop: NodeIndex, iterations: readonly number[]): boolean {
  const turn = iterations.at(-1)!;
  const node = plan.nodes[loop]!;
  const items = state.steps[stepKey(node.id, iterations.slice(0, -1))]?.loop?.items;
  const most = node.kind === 'loop' ? node.max : (items?.length ?? MAX_LOOP_ITEMS);
  return Number.isInteger(turn) && turn >= 0 && turn < most;
}

function describe(situation: Situation, target: Target): string {
  const { step } = target;
  if (step === undefined) return isPending(situation, target) ? 'has not begun' : 'will not run any more';
  if (step.waiting === 'intervention') return 'has failed and waits for a person';
  if (step.waiting !== undefined) return `waits for ${step.waiting === 'event' ? 'an event' : step.waiting}`;
  if (step.status === 'running') return 'is running';
  const gone = step.status === 'failed' && !target.failedInOpenBlock ? ', and what holds it has ended' : '';
  return `is ${step.status}${gone}`;
}
