import type { NodeIndex, Plan } from './plan.js';

/** Whether the node, or one that holds it, takes locks or resources. */
export function isClaimed(plan: Plan, index: NodeIndex): boolean {
  for (let at: NodeIndex | null = index; at !== null; at = plan.nodes[at]!.parent) {
    if (plan.nodes[at]!.claims !== undefined) return true;
  }
  return false;
}
