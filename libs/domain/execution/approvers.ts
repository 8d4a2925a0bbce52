import type { OperationAuthor, Refusal } from './operation.js';
import type { ApprovalState } from './state.js';

/** Whoever has this role holds all others. */
export const EVERY_ROLE = 'admin';

const PERSON_PREFIX = 'user:';

/**
 * Why the approval does not wait for this person's decision; undefined where it does: named by name or by role, not
 * the one who started the run unless that is allowed, and not heard yet.
 */
export function refuseApprover(
  approval: Pick<ApprovalState, 'by' | 'selfApproval' | 'votes'>,
  startedBy: string,
  { by, roles }: Pick<OperationAuthor, 'by' | 'roles'>,
): Refusal | undefined {
  if (approval.votes.some((vote) => isSame(vote.by, by)))
    return refuse(`${by} has decided already.`, 'Somebody who has not decided yet.');
  if (isSame(by, startedBy) && !approval.selfApproval) {
    const message = `${by} started the run, and this approval is not for oneself.`;
    return refuse(message, 'Somebody who did not start the run.');
  }
  const named = approval.by.some((name) =>
    name.startsWith(PERSON_PREFIX)
      ? name.slice(PERSON_PREFIX.length) === by
      : roles.includes(name) || roles.includes(EVERY_ROLE),
  );
  if (named) return undefined;
  return refuse(`${by} is none of those who may decide.`, `One of ${approval.by.join(', ')}.`);
}

/** A name in other letters makes nobody another person. */
function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function refuse(message: string, fits: string): Refusal {
  return { code: 'not-allowed', message, fits };
}
