import type { JsonObject } from '../json.js';
import { canonicalJson } from '../plan/canonical-json.js';
import { isCompensation } from '../plan/count-steps.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { describeStep } from './describe-step.js';

/** Stages and steps, without the nodes that undo them, which are part of them here. */
export function stepsOf(plan: Plan): PlanNode[] {
  return plan.nodes.filter((node) => !isCompensation(node));
}

/**
 * New ids by old ones of steps that are there under another id: all that they say is the same, with what they say of
 * others that were renamed; only what they wait for may differ. Containers are recognised by the steps in them.
 */
export function findRenames(before: Plan, after: Plan): Map<string, string> {
  const known = idsOf(before);
  const kept = idsOf(after);
  const added = new Map<string, string[]>();
  for (const node of stepsOf(after)) {
    if (known.has(node.id)) continue;
    const mark = markOf(after, node, new Map());
    const same = added.get(mark);
    if (same === undefined) added.set(mark, [node.id]);
    else same.push(node.id);
  }
  const renames = new Map<string, string>();
  if (added.size === 0) return renames;
  for (const node of stepsOf(before)) {
    if (kept.has(node.id)) continue;
    const now = added.get(markOf(before, node, renames))?.shift();
    if (now !== undefined) renames.set(node.id, now);
  }
  return renames;
}

function idsOf(plan: Plan): ReadonlySet<string> {
  return new Set(plan.nodes.map(({ id }) => id));
}

/** Equal of two steps that are the same but for their ids. */
function markOf(plan: Plan, node: PlanNode, renames: ReadonlyMap<string, string>): string {
  const { needs: _, ...said }: JsonObject = describeStep(plan, node, renames);
  const inner: string[] = [];
  for (let at = node.index + 1; at < node.end; at = plan.nodes[at]!.end) {
    const child = plan.nodes[at]!;
    if (!isCompensation(child)) inner.push(child.id);
  }
  return canonicalJson({ said, inner: inner.sort() });
}
