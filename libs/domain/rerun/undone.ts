import { type Instance, stepKey } from '../execution/instance.js';
import type { StepKey } from '../execution/state.js';
import type { Json } from '../json.js';
import type { Plan } from '../plan/plan.js';
import type { EarlierStep } from './earlier-step.js';
import { containersOf, findInstance } from './places.js';

type Steps = ReadonlyMap<StepKey, EarlierStep>;

/**
 * Steps that succeeded and are nevertheless not taken over: what was undone by its compensation, approvals that were not
 * given, and runs of other workflows that were rejected. Else a rerun would step over them.
 */
export function findUndone(plan: Plan, steps: Steps): Set<StepKey> {
  const undone = new Set<StepKey>();
  const instances = [...steps.keys()].flatMap((key) => findInstance(plan, key) ?? []);
  const runs = instances.filter(({ node }) => node.kind === 'workflow');
  for (const instance of instances) {
    const step = steps.get(instance.key)!;
    if (wasCompensated(plan, steps, instance) || wasNotApproved(instance, step)) undone.add(instance.key);
    if (step.skipped !== 'rejected') continue;
    for (const run of runs) if (isNeeded(plan, instance, run)) undone.add(run.key);
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

/** Whether the instance stands in something that `by` needed: which of those was rejected is not known. */
function isNeeded(plan: Plan, by: Instance, { node, iterations }: Instance): boolean {
  const within = by.node.needs.some(
    (need) => plan.nodes[need]!.index <= node.index && node.index < plan.nodes[need]!.end,
  );
  return within && by.iterations.every((iteration, depth) => iterations[depth] === iteration);
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
