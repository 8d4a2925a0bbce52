import type { Graph } from './graph.js';
import { orderTopologically } from './order.js';

export interface CriticalPath<N> {
  /** First to last. */
  readonly path: readonly N[];
  readonly ms: number;
}

/**
 * The chain of needs that takes longest, which no further parallelism would shorten. Weights are milliseconds, not
 * negative. Nodes in a circle, and behind one, do not count; of no nodes the path is empty.
 */
export function computeCriticalPath<N>(graph: Graph<N>, weightMs: (node: N) => number): CriticalPath<N> {
  const ends = new Map<N, { readonly ms: number; readonly after: N | undefined }>();
  let last: N | undefined;
  for (const node of orderTopologically(graph)) {
    let start = 0;
    let after: N | undefined;
    for (const need of graph.needs(node)) {
      const end = ends.get(need)?.ms;
      if (end === undefined || (after !== undefined && end <= start)) continue;
      start = end;
      after = need;
    }
    ends.set(node, { ms: start + weightMs(node), after });
    if (last === undefined || ends.get(node)!.ms > ends.get(last)!.ms) last = node;
  }
  const path: N[] = [];
  for (let at = last; at !== undefined; at = ends.get(at)!.after) path.push(at);
  return { path: path.reverse(), ms: last === undefined ? 0 : ends.get(last)!.ms };
}
