import { describe, expect, it } from '@jest/globals';
import { refuseApprover } from './approvers.js';
import type { ApprovalState } from './state.js';

describe('who may decide', () => {
  const approval = (more: Partial<ApprovalState> = {}): ApprovalState => ({
    by: ['approver', 'user:cid'],
    quorum: 2,
    selfApproval: false,
    votes: [],
    reminders: 0,
    ...more,
  });
  const vote = (by: string) => ({ by, decision: 'approved' as const, at: 0 });

  it.each<[string, Partial<ApprovalState>, string, readonly string[], boolean]>([
    ['by role', {}, 'ann', ['approver'], true],
    ['by name', {}, 'cid', [], true],
    ['without either', {}, 'bob', ['viewer'], false],
    ['a role of the name of a person', {}, 'bob', ['user:cid'], false],
    ['an admin, for a role', {}, 'bob', ['admin'], true],
    ['an admin, where only people are named', { by: ['user:cid'] }, 'bob', ['admin'], false],
    ['who started the run', {}, 'starter', ['approver'], false],
    ['who started the run, where that is allowed', { selfApproval: true }, 'starter', ['approver'], true],
    ['who started the run, in other letters', {}, 'Starter', ['approver'], false],
    ['who was heard, in other letters', { votes: [vote('ann')] }, 'ANN', ['approver'], false],
    ['who was heard', { votes: [vote('ann')] }, 'ann', ['approver'], false],
    ['who was not heard', { votes: [vote('ann')] }, 'bob', ['approver'], true],
  ])('%s', (_, more, name, roles, expected) => {
    const refusal = refuseApprover(approval(more), 'starter', { by: name, roles });
    expect(refusal === undefined).toBe(expected);
    if (!expected) expect(refusal).toMatchObject({ code: 'not-allowed' });
  });
});
