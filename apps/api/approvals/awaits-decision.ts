import { mayDecide } from '#domain/execution/operations/decide-approval.js';
import type { ApprovalState } from '#domain/execution/state.js';

interface Person {
  readonly name: string;
  readonly roles: readonly string[];
}

/** Whether the approval waits for this person: named in it, not heard yet, and not deciding about a run of their own. */
export function awaitsDecision(approval: ApprovalState, startedBy: string, { name, roles }: Person): boolean {
  if (name === startedBy && !approval.selfApproval) return false;
  if (approval.votes.some((vote) => vote.by === name)) return false;
  return mayDecide(approval, { by: name, roles });
}
