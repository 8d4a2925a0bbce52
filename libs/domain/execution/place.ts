import type { Plan } from '../plan/plan.js';
import { type Instance, instanceOf } from './instance.js';
import type { RunState, StepKey } from './state.js';

/** The instance that holds this one; undefined for a node of the root block. */
export function containerOf(plan: Plan, instance: Instance): Instance | undefined {
  const { parent } = instance.node;
  if (parent === null) return undefined;
  const node = plan.nodes[parent]!;
  return instanceOf(node, instance.iterations.slice(0, node.loops.length));
}

/** Number of the block of its container in which the instance stands: iteration, branch or case. */
export function blockNumber(plan: Plan, { node, iterations }: Instance): number {
  const parent = node.parent === null ? undefined : plan.nodes[node.parent];
  return parent?.kind === 'forEach' ? iterations[iterations.length - 1]! : node.branch;
}

/** Iterations of what stands in that block of the container. */
export function iterationsWithin(container: Instance | undefined, number: number): readonly number[] {
  if (container === undefined) return [];
  return container.node.kind === 'forEach' ? [...container.iterations, number] : container.iterations;
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
