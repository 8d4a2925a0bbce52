import { EVERY_ROLE, refuseApprover } from '../execution/approvers.js';
import type { OperationAuthor } from '../execution/operation.js';
import type { ApprovalState } from '../execution/state.js';

const PERSON = 'user:';

/** More than an approval can ask for. */
const MOST_TRIED = 1_000;

/**
 * Somebody whose decision the approval waits for: a person that it names, else one made up who has every role. Undefined
 * where only people are named and each has decided, or may not.
 */
export function findVoter(
  approval: Pick<ApprovalState, 'by' | 'selfApproval' | 'votes'>,
  startedBy: string,
): OperationAuthor | undefined {
  const named = approval.by
    .filter((name) => name.startsWith(PERSON))
    .map((name) => name.slice(PERSON.length));
  const candidates = [
    ...named,
    ...Array.from({ length: approval.votes.length + 1 }, (_, at) => `approver-${at + 1}`),
  ];
  for (const by of candidates.slice(0, MOST_TRIED)) {
    const author = { by, roles: [EVERY_ROLE] };
    if (refuseApprover(approval, startedBy, author) === undefined) return author;
  }
  return undefined;
}
