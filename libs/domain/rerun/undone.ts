import { type Instance, stepKey } from '../execution/instance.js';
import type { StepKey } from '../execution/state.js';
import type { Json } from '../json.js';
import type { Plan } from '../plan/plan.js';
import type { EarlierStep } from './earlier-step.js';
import { containersOf, findInstance } from './places.js';

type Steps = ReadonlyMap<StepKey, EarlierStep>;

/**
 * Steps that succeeded and are nevertheless not taken over: what was undone by its compensation, and approvals that were
 * not given. Else a rerun would step over them.
 */
export function findUndone(plan: Plan, steps: Steps): Set<StepKey> {
  const undone = new Set<StepKey>();
  for (const [key, step] of steps) {
    const instance = findInstance(plan, key);
    if (instance === undefined) continue;
    if (wasCompensated(plan, steps, instance) || wasNotApproved(instance, step)) undone.add(key);
  }
  return undone;
}

function wasCompensated(plan: Plan, steps: Steps, { node, iterations }: Instance): boolean {
  if (node.compensate === undefined) return false;
  const compensation = steps.get(stepKey(plan.nodes[node.compensate]!.id, iterations));
  return compensation !== undefined && compensation.status !== 'skipped';
}

function wasNotApproved({ node }: Instance, { status, output }: EarlierStep): boolean {
  return (
    node.kind === 'approval' &&
    node.onReject !== 'continue' &&
    status === 'succeeded' &&
    decisionOf(output) !== 'approved'
  );
}

function decisionOf(output: Json | undefined): Json | undefined {
  return (output as { readonly decision?: Json } | null | undefined)?.decision;
}

/** The keys of what holds these. */
export function holdersOf(plan: Plan, keys: Iterable<StepKey>): Set<StepKey> {
  const holders = new Set<StepKey>();
  for (const key of keys) {
    const instance = findInstance(plan, key);
    if (instance === undefined) continue;
    for (const container of containersOf(plan, instance)) holders.add(container);
  }
  return holders;
}
