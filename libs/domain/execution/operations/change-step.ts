import { reopen } from '../blocks.js';
import { exceedsValueLimit } from '../limits.js';
import type { Refusal } from '../operation.js';
import { isCompensation } from '../place.js';
import type { StepOrder } from '../state.js';
import type { Turn } from '../turn.js';
import {
  authorOf,
  LIVING,
  type OperationHandler,
  type OperationOf,
  refuseRunState,
  type Situation,
} from './operation-handler.js';
import { instanceAt, isPending, refuseStep, requireTarget, type Target } from './target.js';
import { refuseUndecided } from './undecided.js';

/** Operations by which a person takes a step in hand. */

const RETRY_FITS = 'A step that waits for a person, or has failed in a block that is still being run.';

const ORDER_FITS =
  'A step that has not begun, is running or waits, or has failed in a block that is still being run.';

/** While a run is paused nothing begins. */
const LIVING_AND_GOING = LIVING.filter((status) => status !== 'paused');

export const retryStep: OperationHandler<'retry-step'> = {
  refuse(situation, operation) {
    const fits = ({ step, failedInOpenBlock }: Target) =>
      step?.waiting === 'intervention' || failedInOpenBlock;
    const refused =
      refuseRunState(situation, LIVING_AND_GOING) ?? refuseStep(situation, operation.step, fits, RETRY_FITS);
    if (refused !== undefined || operation.with === undefined) return refused;
    const { kind } = situation.plan.nodes[situation.state.steps[operation.step]!.node]!;
    if (kind !== 'uses' && kind !== 'workflow') {
      return {
        code: 'operation-invalid',
        message: `A ${kind} step has no input to edit.`,
        fits: 'An input for a step that runs an action or a workflow.',
      };
    }
    return refuseLarge(operation.with, 'input');
  },
  apply(turn, operation) {
    const instance = requireTarget(turn, operation.step);
    const failed = turn.requireState(instance);
    turn.recording.publish({ type: 'step.retried', step: instance.key, ...authorOf(operation) });
    if (failed.status !== 'running') {
      reopen(turn, instance);
      turn.create(instance).attempts = failed.attempts;
    }
    const step = turn.requireState(instance);
    if (operation.with !== undefined) step.input = operation.with;
    turn.beginAgain(instance);
  },
};

export const skipStep: OperationHandler<'skip-step'> = {
  refuse: refuseOrder,
  apply(turn, operation) {
    turn.recording.publish({ type: 'step.skipped', step: operation.step, ...authorOf(operation) });
    carryOut(turn, operation, { type: 'skip' });
  },
};

export const completeStep: OperationHandler<'complete-step'> = {
  refuse: (situation, operation) =>
    refuseOrder(situation, operation) ?? refuseLarge(operation.output, 'output'),
  apply(turn, operation) {
    turn.recording.publish({
      type: 'step.completed',
      step: operation.step,
      ...authorOf(operation),
      data: operation.output,
    });
    carryOut(turn, operation, { type: 'complete', output: operation.output });
  },
};

type Ordered = OperationOf<'skip-step'> | OperationOf<'complete-step'>;

function refuseOrder(situation: Situation, operation: Ordered): Refusal | undefined {
  const { state } = situation;
  const { step: key } = operation;
  const fits = (target: Target) =>
    target.failedInOpenBlock ||
    isPending(situation, target) ||
    (target.step?.status === 'running' && !isCompensation(target.instance.node));
  return (
    refuseRunState(situation, LIVING) ??
    refuseStep(situation, key, fits, ORDER_FITS) ??
    refuseUndecided(situation, instanceAt(situation.plan, key), operation) ??
    (state.orders?.[key] === undefined && state.steps[key]?.order === undefined
      ? undefined
      : { code: 'step-state', message: 'Somebody has decided about the step already.', fits: ORDER_FITS })
  );
}

function carryOut(turn: Turn, { step: key }: Ordered, order: StepOrder): void {
  const instance = requireTarget(turn, key);
  const step = turn.stateOf(key);
  if (step?.status === 'running') return turn.order(instance, order);
  turn.state.orders = { ...turn.state.orders, [key]: order };
  if (step === undefined) return turn.reconsiderHeld(key);
  reopen(turn, instance);
  turn.enqueue(instance);
}

function refuseLarge(value: Parameters<typeof exceedsValueLimit>[0], what: string): Refusal | undefined {
  if (!exceedsValueLimit(value)) return undefined;
  return {
    code: 'operation-invalid',
    message: `The ${what} is larger than 256 KiB of JSON.`,
    fits: 'A smaller one.',
  };
}
