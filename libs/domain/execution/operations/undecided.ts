import { evaluateTemplate } from '../../expressions/evaluate.js';
import type { NodeOf } from '../../plan/plan.js';
import { EVERY_ROLE, refuseApprover } from '../approvers.js';
import { type Instance, instanceOf, parseStepKey } from '../instance.js';
import type { OperationAuthor, Refusal } from '../operation.js';
import { keysWithin } from '../place.js';
import { createScope } from '../scope.js';
import type { StepState } from '../state.js';
import type { Situation } from './operation-handler.js';

/**
 * Refuses those whose word would not be enough for an approval that the step is, or holds, and that was not given: to do
 * without the step is to do without the approval.
 */
export function refuseUndecided(
  situation: Situation,
  instance: Instance,
  author: OperationAuthor,
): Refusal | undefined {
  for (const approval of findUndecided(situation, instance)) {
    const step = situation.state.steps[approval.key];
    const { selfApproval, quorum } = approval.node;
    const { by = namesOf(situation, approval) } = step?.approval ?? {};
    const votes = step?.waiting === 'approval' ? step.approval!.votes : [];
    const refusal =
      refuseApprover({ by, selfApproval, votes }, situation.state.run.startedBy, author) ??
      (votes.length + 1 < quorum ? refuseAlone(quorum) : undefined);
    if (refusal !== undefined)
      return { ...refusal, message: `${refusal.message} The approval ${approval.key} was not given.` };
  }
  return undefined;
}

function refuseAlone(quorum: number): Refusal {
  return {
    code: 'not-allowed',
    message: `One alone cannot do without an approval that takes ${quorum} people.`,
    fits: 'Whoever would be the last to approve.',
  };
}

type Approval = Instance<NodeOf<'approval'>>;

function findUndecided({ plan, state }: Situation, { node: target, key, iterations }: Instance): Approval[] {
  const found: Approval[] = [];
  for (const node of plan.nodes.slice(target.index, target.end)) {
    if (node.kind !== 'approval') continue;
    const known = [key, ...keysWithin(plan, state, { node: target, key, iterations })].filter(
      (candidate) => state.steps[candidate]?.node === node.index,
    );
    for (const one of known) {
      if (!isGiven(state.steps[one]!)) found.push(instanceOf(node, parseStepKey(one).iterations));
    }
    // Of turns to come, all are like the first.
    const turns = node.loops.length - iterations.length;
    if (known.length === 0 || turns > 0)
      found.push(instanceOf(node, [...iterations, ...Array<number>(turns).fill(0)]));
  }
  return found;
}

/** Approved, or not wanted: by its own condition, or by somebody who may say so. */
function isGiven({ status, rejected, skipped }: StepState): boolean {
  if (status === 'skipped') return skipped === 'condition' || skipped === 'operator';
  return status === 'succeeded' && rejected !== true;
}

/** Nobody, where it cannot be told yet; then those are left who hold every role. */
function namesOf({ plan, state }: Situation, approval: Approval): readonly string[] {
  const names = evaluateTemplate(approval.node.by, createScope(plan, state, approval));
  if (!names.ok || !Array.isArray(names.value)) return [EVERY_ROLE];
  return names.value.flat().filter((name) => typeof name === 'string');
}
