import { parseStepKey } from '#domain/execution/instance.js';
import type { StepKey } from '#domain/execution/state.js';
import type { Plan, PlanNode } from '#domain/plan/plan.js';
import { findNode } from '#domain/plan/plan-index.js';

/** Ids of the nodes of which there is one instance per turn of a loop; the state keeps those of its last turn only. */
export function idsInLoops(plan: Plan): string[] {
  return plan.nodes.filter((node) => standsInLoop(plan, node)).map(({ id }) => id);
}

export function isInLoop(plan: Plan, step: StepKey): boolean {
  const node = findNode(plan, parseStepKey(step).id);
  return node !== undefined && standsInLoop(plan, node);
}

function standsInLoop({ nodes }: Plan, { loops }: PlanNode): boolean {
  return loops.some((index) => nodes[index]?.kind === 'loop');
}
