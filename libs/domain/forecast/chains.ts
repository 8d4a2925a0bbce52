import { computeCriticalPath } from '../graph/critical-path.js';
import type { Graph } from '../graph/graph.js';
import { orderTopologically } from '../graph/order.js';
import { isCompensation } from '../plan/count-steps.js';
import type { Block, Plan, PlanNode } from '../plan/plan.js';

/** A leaf, or the beginning or the end of a container. */
type Point = number;

export interface Chains {
  /** By index of a leaf: its wave, from 1: one more than the latest of those that it waits for. */
  readonly waves: ReadonlyMap<number, number>;
  /** Ids of the longest chain of steps that wait for one another. */
  readonly longest: readonly string[];
}

/** Waves and the longest chain, of a Plan in which every block is opened. */
export function computeChains(plan: Plan): Chains {
  const graph = graphOf(plan);
  const weight = (point: Point) => (point % 2 === 0 && !isContainer(plan.nodes[point / 2]!) ? 1 : 0);
  const waves = new Map<Point, number>();
  for (const point of orderTopologically(graph)) {
    let before = 0;
    for (const need of graph.needs(point)) before = Math.max(before, waves.get(need) ?? 0);
    waves.set(point, before + weight(point));
  }
  const { path } = computeCriticalPath(graph, weight);
  const leaves = plan.nodes.filter((node) => !isContainer(node) && !isCompensation(node));
  return {
    waves: new Map(leaves.map(({ index }) => [index, waves.get(2 * index) ?? 1])),
    longest: path.filter((point) => weight(point) === 1).map((point) => plan.nodes[point / 2]!.id),
  };
}

/** A leaf is the point 2i; a container begins at 2i and ends at 2i + 1. So edges are as many as those of the Plan. */
function graphOf(plan: Plan): Graph<Point> {
  const needs = new Map<Point, Point[]>();
  const endOf = (index: number): Point => (isContainer(plan.nodes[index]!) ? 2 * index + 1 : 2 * index);
  for (const node of plan.nodes) {
    if (isCompensation(node)) continue;
    const own = node.needs.map(endOf);
    needs.set(2 * node.index, own);
    if (!isContainer(node)) continue;
    needs.set(2 * node.index + 1, [
      2 * node.index,
      ...blocksOf(node).flatMap(({ nodes }) => nodes.map(endOf)),
    ]);
  }
  for (const node of plan.nodes) {
    for (const block of blocksOf(node))
      for (const index of block.nodes)
        if (plan.nodes[index]!.needs.length === 0) needs.get(2 * index)!.push(2 * node.index);
    if (node.kind !== 'try') continue;
    // The body first, whatever comes of it; `finally` last.
    const later = [
      ...node.catches.map(({ block }) => block),
      ...(node.finally === undefined ? [] : [node.finally]),
    ];
    for (const block of later)
      for (const index of block.nodes) needs.get(2 * index)!.push(...node.block.nodes.map(endOf));
  }
  return { nodes: [...needs.keys()], needs: (point) => needs.get(point) ?? [] };
}

function blocksOf(node: PlanNode): readonly Block[] {
  switch (node.kind) {
    case 'stage':
    case 'forEach':
    case 'loop':
      return [node.block];
    case 'parallel':
      return node.branches.map(({ block }) => block);
    case 'switch':
      return node.cases.map(({ block }) => block);
    case 'try':
      return [
        node.block,
        ...node.catches.map(({ block }) => block),
        ...(node.finally === undefined ? [] : [node.finally]),
      ];
    default:
      return [];
  }
}

function isContainer(node: PlanNode): boolean {
  return blocksOf(node).length > 0;
}
