import type { ApprovalState } from '#domain/execution/state.js';
import { ADMIN } from '../http/roles.js';

interface Person {
  readonly name: string;
  readonly roles: readonly string[];
}

const PERSON_PREFIX = 'user:';

/**
 * Whether the approval waits for this person's decision: named by name or by role, not the one who started the run unless
 * that is allowed, and not heard yet. `admin` has every role, but is not every person.
 */
export function mayDecide(approval: ApprovalState, startedBy: string, { name, roles }: Person): boolean {
  if (name === startedBy && !approval.selfApproval) return false;
  if (approval.votes.some((vote) => vote.by === name)) return false;
  return approval.by.some((entry) =>
    entry.startsWith(PERSON_PREFIX)
      ? entry.slice(PERSON_PREFIX.length) === name
      : roles.includes(entry) || roles.includes(ADMIN),
  );
}
