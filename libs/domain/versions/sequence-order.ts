import type { NodeIndex, Plan } from '../plan/plan.js';

const orders = new WeakMap<Plan, ReadonlyMap<NodeIndex, NodeIndex>>();

/** The node that stands before this one, where the order of their block is that in which they are written. */
export function findPredecessor(plan: Plan, node: NodeIndex): NodeIndex | undefined {
  let order = orders.get(plan);
  if (order === undefined) {
    order = readOrder(plan);
    orders.set(plan, order);
  }
  return order.get(node);
}

function readOrder(plan: Plan): ReadonlyMap<NodeIndex, NodeIndex> {
  const order = new Map<NodeIndex, NodeIndex>();
  for (const { flow, nodes } of [
    ...blocksIn(plan.root),
    ...plan.nodes.flatMap((node) => [...blocksIn(node)]),
  ]) {
    // There the nodes say what they wait for.
    if (flow === 'needs') continue;
    for (const [at, node] of nodes.entries()) if (at > 0) order.set(node, nodes[at - 1]!);
  }
  return order;
}

interface AnyBlock {
  readonly flow: string;
  readonly nodes: readonly NodeIndex[];
}

export function isBlock(value: object): value is AnyBlock {
  return 'flow' in value && typeof value.flow === 'string' && 'nodes' in value && Array.isArray(value.nodes);
}

/** Blocks stand in a node, in lists of it (cases, catches, branches), or in a map of it. */
function* blocksIn(value: unknown, depth = 0): Generator<AnyBlock> {
  if (typeof value !== 'object' || value === null || depth > 3) return;
  if (isBlock(value)) yield value;
  else for (const member of Object.values(value)) yield* blocksIn(member, depth + 1);
}
