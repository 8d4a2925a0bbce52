import { refuseApprover } from '../approvers.js';
import type { InstanceOf } from '../instance.js';
import { vote } from '../kinds/approval.js';
import type { Refusal } from '../operation.js';
import type { Vote } from '../state.js';
import type { Turn } from '../turn.js';
import type { OperationHandler, OperationOf, Situation } from './operation-handler.js';
import { LIVING, refuseRunState } from './operation-handler.js';
import { refuseStep, requireTarget } from './target.js';

const FITS = 'A step that waits for approval.';

export const approve: OperationHandler<'approve'> = {
  refuse: refuseVote,
  apply: (turn, operation) => decideAs(turn, operation, 'approved'),
};

export const reject: OperationHandler<'reject'> = {
  refuse: refuseVote,
  apply: (turn, operation) => decideAs(turn, operation, 'rejected'),
};

type Decision = OperationOf<'approve'> | OperationOf<'reject'>;

function decideAs(turn: Turn, operation: Decision, decision: Vote['decision']): void {
  const instance = requireTarget(turn, operation.step) as InstanceOf<'approval'>;
  const { by, reason, inputs } = operation;
  vote(turn, instance, {
    by,
    decision,
    at: turn.now,
    ...(reason === undefined ? {} : { reason }),
    ...(inputs === undefined ? {} : { inputs }),
  });
}

function refuseVote(situation: Situation, operation: Decision): Refusal | undefined {
  const refused =
    refuseRunState(situation, LIVING) ??
    refuseStep(situation, operation.step, ({ step }) => step?.waiting === 'approval', FITS);
  if (refused !== undefined) return refused;
  const { run, steps } = situation.state;
  return refuseApprover(steps[operation.step]!.approval!, run.startedBy, operation);
}
