import { type Instance, stepKey } from '../execution/instance.js';
import type { StepKey } from '../execution/state.js';
import { isJsonObject, type Json } from '../json.js';
import type { Plan } from '../plan/plan.js';
import type { EarlierStep } from './earlier-step.js';
import { containersOf, findInstance } from './places.js';

type Steps = ReadonlyMap<StepKey, EarlierStep>;

/** What the approvals of the earlier run were not asked about. */
export interface Unapproved {
  /** The new run has other inputs or another plan. */
  readonly differs: boolean;
  /** Of the new run. */
  readonly startedBy: string | undefined;
}

/**
 * Steps that succeeded and are nevertheless not taken over: what was undone by its compensation, and approvals that were
 * not given, or do not hold for the new run. Else a rerun would step over them.
 */
export function findUndone(plan: Plan, steps: Steps, unapproved: Unapproved): Set<StepKey> {
  const undone = new Set<StepKey>();
  for (const [key, step] of steps) {
    const instance = findInstance(plan, key);
    if (instance === undefined) continue;
    if (wasCompensated(plan, steps, instance) || wasNotApproved(instance, step, unapproved)) undone.add(key);
  }
  return undone;
}

function wasCompensated(plan: Plan, steps: Steps, { node, iterations }: Instance): boolean {
  if (node.compensate === undefined) return false;
  const compensation = steps.get(stepKey(plan.nodes[node.compensate]!.id, iterations));
  return compensation !== undefined && compensation.status !== 'skipped';
}

/** Also where it was given for something else, or by who runs it again now. */
function wasNotApproved(
  { node }: Instance,
  { status, output }: EarlierStep,
  { differs, startedBy }: Unapproved,
): boolean {
  if (node.kind !== 'approval' || status !== 'succeeded') return false;
  const { decision, by } = isJsonObject(output) ? output : {};
  if (decision !== 'approved') return node.onReject !== 'continue' || differs;
  const names: readonly Json[] = Array.isArray(by) ? by : [];
  return differs || (!node.selfApproval && startedBy !== undefined && names.includes(startedBy));
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
