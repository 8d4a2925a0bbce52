import type { InstanceOf } from '../instance.js';
import { vote } from '../kinds/approval.js';
import type { Refusal } from '../operation.js';
import type { ApprovalState, Vote } from '../state.js';
import type { Turn } from '../turn.js';
import type { OperationHandler, OperationOf, Situation } from './operation-handler.js';
import { LIVING, refuseRunState } from './operation-handler.js';
import { refuseStep, requireTarget } from './target.js';

/** Whoever has this role holds all others. */
const EVERY_ROLE = 'admin';

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
  const { state } = situation;
  const asked = state.steps[operation.step]!.approval!;
  if (asked.votes.some(({ by }) => by === operation.by)) {
    return notAllowed(`${operation.by} has decided already.`, 'Somebody who has not decided yet.');
  }
  if (!asked.selfApproval && operation.by === state.run.startedBy) {
    const message = `${operation.by} started the run, and this approval is not for oneself.`;
    return notAllowed(message, 'Somebody who did not start the run.');
  }
  if (mayDecide(asked, operation)) return undefined;
  return notAllowed(`${operation.by} is none of those who may decide.`, `One of ${asked.by.join(', ')}.`);
}

/** `by` holds names of roles, and of people as `user:<name>`. */
export function mayDecide(
  { by: asked }: Pick<ApprovalState, 'by'>,
  { by, roles }: { readonly by: string; readonly roles: readonly string[] },
): boolean {
  return asked.some((name) =>
    name.startsWith('user:')
      ? name.slice('user:'.length) === by
      : roles.includes(name) || roles.includes(EVERY_ROLE),
  );
}

function notAllowed(message: string, fits: string): Refusal {
  return { code: 'not-allowed', message, fits };
}
