import type { Plan } from '../../plan/plan.js';
import type { Operation, OperationType, Refusal } from '../operation.js';
import type { RunState } from '../state.js';
import type { Turn } from '../turn.js';
import { cancel } from './cancel.js';
import { completeStep, retryStep, skipStep } from './change-step.js';
import { checkpoint } from './checkpoint.js';
import { approve, reject } from './decide-approval.js';
import type { OperationHandler } from './operation-handler.js';
import { pause, resume } from './pause.js';
import { sendEvent } from './send-event.js';

const HANDLERS: { readonly [T in OperationType]: OperationHandler<T> } = {
  pause,
  resume,
  cancel,
  approve,
  reject,
  'send-event': sendEvent,
  'retry-step': retryStep,
  'skip-step': skipStep,
  'complete-step': completeStep,
  checkpoint,
};

/** Why the operation does not fit the run as it is; undefined where it does. Changes nothing. */
export function refuseOperation(plan: Plan, state: RunState, operation: Operation): Refusal | undefined {
  return handlerOf(operation).refuse({ plan, state }, operation as never);
}

/** Does the operation; one that does not fit changes nothing. */
export function applyOperation(turn: Turn, operation: Operation): void {
  if (refuseOperation(turn.plan, turn.state, operation) !== undefined) return;
  handlerOf(operation).apply(turn, operation as never);
}

function handlerOf({ type }: Operation): OperationHandler<OperationType> {
  return HANDLERS[type] as OperationHandler<OperationType>;
}
