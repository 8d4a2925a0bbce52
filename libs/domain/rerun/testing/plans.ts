import type { Block, NodeCommon, NodeIndex, NodeKind, Plan, PlanNode } from '#domain/plan/plan.js';

/** A step of a plan for tests; without `needs` it waits for the one above it. */
export interface StepSketch {
  readonly id: string;
  readonly kind?: NodeKind;
  readonly needs?: readonly string[];
  /** Of its blocks: one, or its branches, cases, or body, catch and finally. */
  readonly blocks?: readonly (readonly StepSketch[])[];
  readonly compensated?: true;
  /** What is peculiar to its kind. */
  readonly more?: object;
}

/** A plan as the compiler would make it, of any shape. */
export function sketchPlan(stages: readonly StepSketch[], digest = 'sha256:00'): Plan {
  const nodes: PlanNode[] = [];
  const root = addBlock(nodes, stages, { parent: null, branch: 0, loops: [] });
  return { format: 1, name: 'sketch', nodes, root, digest };
}

type Place = Pick<NodeCommon, 'parent' | 'branch' | 'loops'>;

function addBlock(nodes: PlanNode[], steps: readonly StepSketch[], place: Place): Block {
  const indexes = new Map<string, NodeIndex>();
  for (const step of steps) indexes.set(step.id, addNode(nodes, step, place));
  for (const [position, step] of steps.entries()) {
    const above = steps[position - 1];
    const needs = (step.needs ?? (above === undefined ? [] : [above.id])).map((id) => indexes.get(id)!);
    const index = indexes.get(step.id)!;
    nodes[index] = { ...nodes[index]!, needs };
    for (const need of needs) {
      nodes[need] = { ...nodes[need]!, dependents: [...nodes[need]!.dependents, index] };
    }
  }
  return { flow: 'needs', nodes: [...indexes.values()] };
}

function addNode(nodes: PlanNode[], step: StepSketch, place: Place): NodeIndex {
  const index = nodes.length;
  const kind = step.kind ?? 'uses';
  const common: NodeCommon = {
    index,
    end: index + 1,
    id: step.id,
    ...place,
    needs: [],
    dependents: [],
    onFailure: 'fail',
  };
  nodes.push({ ...common, kind } as PlanNode);
  const loops = kind === 'forEach' || kind === 'loop' ? [...place.loops, index] : place.loops;
  const blocks = (step.blocks ?? []).map((block, branch) =>
    addBlock(nodes, block, { parent: index, branch, loops }),
  );
  const end = nodes.length;
  if (step.compensated) {
    nodes.push({
      ...common,
      kind: 'uses',
      index: end,
      end: end + 1,
      id: `${step.id}:compensate`,
      compensates: index,
    } as unknown as PlanNode);
  }
  nodes[index] = {
    ...nodes[index]!,
    ...(step.compensated ? { compensate: end } : {}),
    end,
    ...blocksOf(kind, blocks),
    ...step.more,
  } as PlanNode;
  return index;
}

function blocksOf(kind: NodeKind, blocks: readonly Block[]): object {
  const empty: Block = { flow: 'needs', nodes: [] };
  switch (kind) {
    case 'stage':
    case 'loop':
      return { block: blocks[0] ?? empty };
    case 'forEach':
      return { block: blocks[0] ?? empty, in: { kind: 'literal', value: [] } };
    case 'parallel':
      return { branches: blocks.map((block, number) => ({ name: `b${number}`, block })) };
    case 'switch':
      return { cases: blocks.map((block) => ({ block })) };
    case 'try':
      return {
        block: blocks[0] ?? empty,
        catches: blocks.slice(1, 2).map((block) => ({ as: 'error', block })),
        ...(blocks[2] === undefined ? {} : { finally: blocks[2] }),
      };
    default:
      return {};
  }
}
