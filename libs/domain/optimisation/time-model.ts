import { computeCriticalPath } from '../graph/critical-path.js';
import type { Graph } from '../graph/graph.js';
import type { NodeIndex, Plan, PlanNode } from '../plan/plan.js';
import type { RecordedRun } from './recorded-run.js';
import { computeQuantile } from './statistics.js';

/** What a node waits for, where that differs from the Plan. */
export type NeedsOf = (node: PlanNode) => readonly NodeIndex[];

/**
 * How long a run takes when its steps take so long: the heaviest chain of needs through the Plan. Stages and unlimited
 * `parallel` steps are looked into; every other step, a loop included, is one piece with a time of its own. Queues,
 * limits of workers, and the moments between two steps are not part of it.
 */
export interface TimeModel {
  /** Pieces, in written order. */
  readonly pieces: readonly PlanNode[];
  computeTime(msOf: (piece: PlanNode) => number): ModelledTime;
}

interface ModelledTime {
  readonly ms: number;
  /** Pieces of the heaviest chain that take time, first to last. */
  readonly path: readonly PlanNode[];
}

export function createTimeModel(plan: Plan, needsOf: NeedsOf = (node) => node.needs): TimeModel {
  const marks: number[] = [];
  const pieces: PlanNode[] = [];
  const needs = new Map<number, number[]>();
  const visit = (index: NodeIndex, container: NodeIndex | undefined): void => {
    const node = plan.nodes[index]!;
    const begin = beginOf(index);
    marks.push(begin);
    needs.set(begin, [
      ...needsOf(node).map((need) => endOf(plan.nodes[need]!)),
      ...(container === undefined ? [] : [beginOf(container)]),
    ]);
    const inside = blocksOf(node);
    if (inside === undefined) {
      pieces.push(node);
      return;
    }
    for (const child of inside) visit(child, index);
    marks.push(endOf(node));
    needs.set(endOf(node), [begin, ...inside.map((child) => endOf(plan.nodes[child]!))]);
  };
  for (const index of plan.root.nodes) visit(index, undefined);
  const graph: Graph<number> = { nodes: marks, needs: (mark) => needs.get(mark)! };
  return {
    pieces,
    computeTime(msOf) {
      const { ms, path } = computeCriticalPath(graph, (mark) => {
        const node = plan.nodes[mark >> 1]!;
        return (mark & 1) === 0 && blocksOf(node) === undefined ? msOf(node) : 0;
      });
      const taking = path.filter((mark) => (mark & 1) === 0).map((mark) => plan.nodes[mark >> 1]!);
      return { ms, path: taking.filter((node) => blocksOf(node) === undefined && msOf(node) > 0) };
    },
  };
}

/** The times that the pieces took in a recorded run; what an older version did not have takes what it usually does. */
export function timesOf(
  run: RecordedRun,
  version: number,
  usual: ReadonlyMap<string, number>,
): (piece: PlanNode) => number {
  return ({ id }) => run.steps.get(id)?.ms ?? (run.version === version ? 0 : (usual.get(id) ?? 0));
}

/** Median of what each step took when it was not skipped. */
export function computeUsualTimes(
  runs: readonly RecordedRun[],
  pieces: readonly PlanNode[],
): ReadonlyMap<string, number> {
  return new Map(
    pieces.map(({ id }) => {
      const times = runs.flatMap(({ steps }) => {
        const step = steps.get(id);
        return step === undefined || step.status === 'skipped' ? [] : [step.ms];
      });
      return [id, computeQuantile(times, 0.5)] as const;
    }),
  );
}

/** Nodes within, of what is looked into. */
function blocksOf(node: PlanNode): readonly NodeIndex[] | undefined {
  if (node.kind === 'stage') return node.block.nodes;
  if (node.kind === 'parallel' && node.limit === undefined && node.quorum === undefined) {
    return node.branches.flatMap(({ block }) => block.nodes);
  }
  return undefined;
}

function beginOf(index: NodeIndex): number {
  return index * 2;
}

function endOf(node: PlanNode): number {
  return blocksOf(node) === undefined ? beginOf(node.index) : beginOf(node.index) + 1;
}
