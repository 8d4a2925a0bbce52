import type { Graph } from './graph.js';

/**
 * The nodes, each after those it needs, otherwise in the given order as far as possible (Kahn). Nodes that wait for one
 * another, and those behind them, are left out.
 */
export function orderTopologically<N>({ nodes, needs }: Graph<N>): N[] {
  const missing = new Map<N, number>(nodes.map((node) => [node, 0]));
  const dependents = new Map<N, N[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) {
    for (const need of needs(node)) {
      const waiting = dependents.get(need);
      if (waiting === undefined) continue;
      waiting.push(node);
      missing.set(node, missing.get(node)! + 1);
    }
  }
  const ordered = nodes.filter((node) => missing.get(node) === 0);
  for (let next = 0; next < ordered.length; next++) {
    for (const dependent of dependents.get(ordered[next]!)!) {
      const left = missing.get(dependent)! - 1;
      missing.set(dependent, left);
      if (left === 0) ordered.push(dependent);
    }
  }
  return ordered;
}
