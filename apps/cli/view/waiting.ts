import type { StepView } from '#contracts/rest/runs.js';
import type { ApprovalState, Vote } from '#domain/execution/state.js';
import { toPlainText } from './plain-text.js';

/** What a step waits for: `for approval by approver, user:bob (1 of 2)`; empty where it does not wait. */
export function describeWaiting(step: StepView): string {
  switch (step.waitingFor) {
    case undefined:
      return '';
    case 'approval':
      return `for approval${step.approval === undefined ? '' : ` by ${describeApprovers(step.approval)}`}`;
    case 'event':
      return step.event === undefined ? 'for an event' : `for event ${toPlainText(step.event)}`;
    case 'intervention':
      return 'for a person: retry, skip or complete';
    case 'claims':
      return 'for its locks and resources';
    default:
      return `for ${toPlainText(step.waitingFor)}`;
  }
}

/** `approver, user:bob (1 of 2)`: who may decide, and how many of those needed have approved. */
export function describeApprovers(approval: ApprovalState): string {
  const given = approval.votes.filter((vote) => vote.decision === 'approved').length;
  const count = approval.quorum > 1 ? ` (${given} of ${approval.quorum})` : '';
  return toPlainText(approval.by.join(', ')) + count;
}

/** `approved by ann, bob` or `rejected by bob: too late`; empty where nobody has decided. */
export function describeDecision({ votes }: ApprovalState): string {
  const rejection = findRejection(votes);
  if (rejection !== undefined) {
    const reason = rejection.reason === undefined ? '' : `: ${rejection.reason}`;
    return toPlainText(`rejected by ${rejection.by}${reason}`);
  }
  return votes.length === 0 ? '' : toPlainText(`approved by ${votes.map((vote) => vote.by).join(', ')}`);
}

/** One rejection rejects. */
export function findRejection(votes: readonly Vote[]): Vote | undefined {
  return votes.find((vote) => vote.decision === 'rejected');
}
