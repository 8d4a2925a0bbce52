import type { Plan } from '../../plan/plan.js';
import type { Operation, OperationAuthor, OperationRequest, OperationType, Refusal } from '../operation.js';
import type { RunState } from '../state.js';
import type { Turn } from '../turn.js';

export type OperationOf<T extends OperationType> = OperationAuthor &
  Extract<OperationRequest, { readonly type: T }>;

/** What the run is, for who asks whether an operation fits. */
export interface Situation {
  readonly plan: Plan;
  readonly state: RunState;
}

/** One operation on a living run. */
export interface OperationHandler<T extends OperationType> {
  /** Undefined where it fits. Changes nothing. */
  refuse(situation: Situation, operation: OperationOf<T>): Refusal | undefined;
  /** Does what was not refused. */
  apply(turn: Turn, operation: OperationOf<T>): void;
}

/** Who asked, and why, for what is published of it. */
export function authorOf({ by, reason }: Operation): { readonly by: string; readonly reason?: string } {
  return { by, ...(reason === undefined ? {} : { reason }) };
}

/** What has not ended: in one that is ending too, what must still be done (`finally`) may wait for people. */
export const LIVING = ['running', 'paused', 'canceling', 'rolling-back'] as const;

/** Refuses in a run that is in none of these states. */
export function refuseRunState(
  { state }: Situation,
  states: readonly RunState['status'][],
): Refusal | undefined {
  if (states.includes(state.status)) return undefined;
  return {
    code: 'run-state',
    message: `The run is ${state.status}.`,
    fits: `A run that is ${states.join(' or ')}.`,
  };
}
