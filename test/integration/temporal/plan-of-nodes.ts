import type { Block, NodeKind, NodeOf, Plan, PlanNode, Template } from '#domain/plan/plan.js';

/** A node without what follows from its place. `body`: of a loop. */
export type NodeDraft<K extends NodeKind = NodeKind> = { readonly id: string; readonly kind: K } & Partial<
  Omit<NodeOf<K>, 'id' | 'kind' | 'needs'>
> & { readonly needs?: readonly string[]; readonly body?: readonly NodeDraft[] };

/** A Plan of these nodes, each after the one before it unless it names its needs. */
export function planOfNodes(drafts: readonly NodeDraft[], more: Partial<Plan> = {}): Plan {
  const nodes: PlanNode[] = [];
  const root = addBlock(nodes, drafts, { parent: null, loops: [] });
  return { format: 1, name: 'test', nodes, root, digest: 'sha256:00', ...more };
}

interface Place {
  readonly parent: number | null;
  readonly loops: readonly number[];
}

function addBlock(nodes: PlanNode[], drafts: readonly NodeDraft[], { parent, loops }: Place): Block {
  const indexes: Record<string, number> = {};
  for (const [at, { body, needs, ...draft }] of drafts.entries()) {
    const index = nodes.length;
    indexes[draft.id] = index;
    const wanted = needs ?? drafts.slice(Math.max(0, at - 1), at).map(({ id }) => id);
    const place = {
      index,
      parent,
      branch: 0,
      loops,
      needs: wanted.map((id) => indexes[id]!),
      dependents: [],
    };
    nodes.push({ onFailure: 'fail', ...place, ...draft } as never);
    const block = body && addBlock(nodes, body, { parent: index, loops: [...loops, index] });
    Object.assign(nodes[index]!, { end: nodes.length, ...(block === undefined ? {} : { block }) });
    for (const need of nodes[index]!.needs) (nodes[need]!.dependents as number[]).push(index);
  }
  return { flow: 'needs', nodes: Object.values(indexes) };
}

/** A step that does `test/do` with the interpreter's own workers. */
export function act(id: string, more: Partial<NodeDraft<'uses'>> = {}): NodeDraft<'uses'> {
  return {
    id,
    kind: 'uses',
    action: 'test/do',
    with: literal({}),
    queue: 'orchestration',
    workspace: false,
    fillsWorkspace: false,
    quick: true,
    ...more,
  };
}

export function approval(id: string, more: Partial<NodeDraft<'approval'>> = {}): NodeDraft<'approval'> {
  return {
    id,
    kind: 'approval',
    by: literal(['approver']),
    quorum: 1,
    onExpiry: 'fail',
    onReject: 'stop',
    selfApproval: false,
    ...more,
  };
}

export function workflow(id: string, more: Partial<NodeDraft<'workflow'>> = {}): NodeDraft<'workflow'> {
  return { id, kind: 'workflow', workflow: 'child', version: 1, inputs: literal({}), ...more };
}

export function literal(value: Extract<Template, { kind: 'literal' }>['value']): Template {
  return { kind: 'literal', value };
}
