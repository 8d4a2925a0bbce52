import type { Plan } from './plan.js';

/** Steps that have one instance for sure: not those in loops, nor compensations. */
export function countSteps(plan: Plan): number {
  return plan.nodes.filter((node) => node.loops.length === 0 && !isCompensation(node)).length;
}

export function isCompensation(node: Plan['nodes'][number]): boolean {
  return node.kind === 'uses' && node.compensates !== undefined;
}
