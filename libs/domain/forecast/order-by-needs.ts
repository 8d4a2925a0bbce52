import type { Block, NodeIndex, Plan, PlanNode } from '../plan/plan.js';

/** The same steps with their order said by needs alone: of a sequence, each waits for the one above it. */
export function orderByNeeds(plan: Plan): Plan {
  const before = new Map<NodeIndex, NodeIndex>();
  const after = new Map<NodeIndex, NodeIndex>();
  const settle = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(settle);
    if (!isSequence(value))
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, settle(each)]));
    for (const [at, index] of value.nodes.entries()) {
      const next = value.nodes[at + 1];
      if (next === undefined) continue;
      after.set(index, next);
      before.set(next, index);
    }
    return { flow: 'needs', nodes: value.nodes } satisfies Block;
  };
  const root = settle(plan.root) as Block;
  const nodes = plan.nodes.map((node) => withBlocks(node, settle));
  if (after.size === 0 && root.flow === plan.root.flow) return plan;
  return {
    ...plan,
    root,
    nodes: nodes.map((node) => {
      const [above, below] = [before.get(node.index), after.get(node.index)];
      return {
        ...node,
        needs: above === undefined ? node.needs : [above],
        dependents: below === undefined ? node.dependents : [below],
      };
    }),
  };
}

function withBlocks(node: PlanNode, settle: (value: unknown) => unknown): PlanNode {
  const parts = ['block', 'branches', 'cases', 'catches', 'finally', 'each'] as const;
  const changed = parts.flatMap((part) =>
    part in node ? [[part, settle(node[part as keyof PlanNode])] as const] : [],
  );
  return { ...node, ...Object.fromEntries(changed) };
}

function isSequence(value: object): value is Block {
  return 'flow' in value && value.flow === 'sequence';
}
