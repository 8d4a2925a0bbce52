import type { Plan, PlanNode } from '../plan/plan.js';
import { type Instance, instanceOf } from './instance.js';
import type { RunState, StepKey } from './state.js';

/** Whether the node runs its block any number of times: what stands in it has one instance per turn. */
function isRepeating(node: PlanNode | undefined): boolean {
  return node?.kind === 'forEach' || node?.kind === 'loop' || node?.kind === 'listen';
}

/** Whether the node stands in no block, and runs only to undo another one. */
export function isCompensation(node: PlanNode): boolean {
  return node.kind === 'uses' && node.compensates !== undefined;
}

/** The instance that holds this one; undefined for a node of the root block. */
export function containerOf(plan: Plan, instance: Instance): Instance | undefined {
  const { parent } = instance.node;
  if (parent === null) return undefined;
  const node = plan.nodes[parent]!;
  return instanceOf(node, instance.iterations.slice(0, node.loops.length));
}

/** Number of the block of its container in which the instance stands: iteration, branch, case or part. */
export function blockNumber(plan: Plan, { node, iterations }: Instance): number {
  const parent = node.parent === null ? undefined : plan.nodes[node.parent];
  return isRepeating(parent) ? iterations[iterations.length - 1]! : node.branch;
}

/** Iterations of what stands in that block of the container. */
export function iterationsWithin(container: Instance | undefined, number: number): readonly number[] {
  if (container === undefined) return [];
  return isRepeating(container.node) ? [...container.iterations, number] : container.iterations;
}

/** Keys of the steps inside a container instance, of all steps without one, in order of creation. */
export function keysWithin(plan: Plan, state: RunState, container: Instance | undefined): StepKey[] {
  const keys = Object.keys(state.steps);
  if (container === undefined) return keys;
  const { index, end } = container.node;
  const prefix = container.iterations.map((iteration) => `[${iteration}]`).join('');
  return keys.filter((key) => {
    const { node } = state.steps[key]!;
    return node > index && node < end && key.startsWith(`${plan.nodes[node]!.id}${prefix}`);
  });
}

/** Number of the block of a try that runs at its end whatever happened. */
export function finallyNumber(node: Extract<PlanNode, { kind: 'try' }>): number {
  return node.catches.length + 1;
}

/**
 * Whether the instance stands in the `finally` of a try, which no end of what is around it stops; `below`: only of a
 * try inside that container, or that it is.
 */
export function isShielded(plan: Plan, instance: Instance, below?: Instance): boolean {
  let { branch } = instance.node;
  for (let at = containerOf(plan, instance); at !== undefined; at = containerOf(plan, at)) {
    if (at.node.kind === 'try' && branch === finallyNumber(at.node)) return true;
    if (at.key === below?.key) return false;
    branch = at.node.branch;
  }
  return false;
}
