import type { Graph } from './graph.js';

/**
 * One circle for each group of nodes that wait for one another, `[a, b, a]` where a needs b and b needs a: the shortest
 * through the group's first node in the given order.
 */
export function findCycles<N>(graph: Graph<N>): N[][] {
  const groups = findGroups(graph);
  const found = new Set<number>();
  const cycles: N[][] = [];
  for (const node of graph.nodes) {
    const group = groups.get(node)!;
    if (found.has(group)) continue;
    found.add(group);
    const cycle = findShortestCycle(node, (at) =>
      graph.needs(at).filter((need) => groups.get(need) === group),
    );
    if (cycle !== undefined) cycles.push(cycle);
  }
  return cycles;
}

/** Breadth first from `start` back to it. */
function findShortestCycle<N>(start: N, needs: (node: N) => readonly N[]): N[] | undefined {
  const cameFrom = new Map<N, N>();
  const queue = [start];
  for (let next = 0; next < queue.length; next++) {
    const node = queue[next]!;
    for (const need of needs(node)) {
      if (need === start) return [...trace(node, cameFrom), start];
      if (cameFrom.has(need)) continue;
      cameFrom.set(need, node);
      queue.push(need);
    }
  }
  return undefined;
}

function trace<N>(node: N, cameFrom: ReadonlyMap<N, N>): N[] {
  const path = [node];
  for (let at = cameFrom.get(node); at !== undefined; at = cameFrom.get(at)) path.push(at);
  return path.reverse();
}

interface Visit<N> {
  readonly node: N;
  readonly needs: readonly N[];
  next: number;
}

/** Strongly connected components (Tarjan 1972) with a stack of our own: the number of each node's group. */
function findGroups<N>({ nodes, needs }: Graph<N>): Map<N, number> {
  const known = new Set(nodes);
  const order = new Map<N, number>();
  const low = new Map<N, number>();
  const groups = new Map<N, number>();
  const open: N[] = [];
  const lower = (node: N, to: number) => low.set(node, Math.min(low.get(node)!, to));

  const enter = (node: N): Visit<N> => {
    low.set(node, order.size);
    order.set(node, order.size);
    open.push(node);
    return { node, needs: needs(node), next: 0 };
  };
  const close = (node: N): void => {
    if (low.get(node) !== order.get(node)) return;
    for (let member: N | undefined; member !== node; ) {
      member = open.pop()!;
      groups.set(member, order.get(node)!);
    }
  };

  for (const root of nodes) {
    if (order.has(root)) continue;
    const visits = [enter(root)];
    while (visits.length > 0) {
      const visit = visits.at(-1)!;
      if (visit.next < visit.needs.length) {
        const need = visit.needs[visit.next++]!;
        if (!known.has(need)) continue;
        if (!order.has(need)) visits.push(enter(need));
        else if (!groups.has(need)) lower(visit.node, order.get(need)!);
      } else {
        visits.pop();
        close(visit.node);
        const above = visits.at(-1);
        if (above !== undefined) lower(above.node, low.get(visit.node)!);
      }
    }
  }
  return groups;
}
