import type { Plan } from './plan.js';

/** Steps and stages that a run of the plan has in any case, once each: neither those in loops nor compensations. */
export function countSteps(plan: Plan): number {
  return plan.nodes.filter(
    (node) => node.loops.length === 0 && !(node.kind === 'uses' && node.compensates !== undefined),
  ).length;
}
