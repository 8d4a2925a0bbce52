import type { NodeIndex, Plan, PlanNode } from './plan.js';

const indexes = new WeakMap<Plan, ReadonlyMap<string, NodeIndex>>();

/** Node by its id, or undefined. Built once per Plan object. */
export function findNode(plan: Plan, id: string): PlanNode | undefined {
  let index = indexes.get(plan);
  if (index === undefined) {
    index = new Map(plan.nodes.map((node) => [node.id, node.index]));
    indexes.set(plan, index);
  }
  const found = index.get(id);
  return found === undefined ? undefined : plan.nodes[found];
}
