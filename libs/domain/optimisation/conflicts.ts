import { analyse } from '../expressions/analyse.js';
import type { Expression, Plan, PlanNode } from '../plan/plan.js';

/** What two nodes of one block must not do side by side, by what the Plan tells of them. */
export interface NodeNature {
  /** Ids of the node and of all within. */
  readonly ids: ReadonlySet<string>;
  /** Steps that its expressions read. */
  readonly reads: ReadonlySet<string>;
  /** Its place in the order means something whatever it reads: people, events, waiting, failing on purpose, undoing. */
  readonly fixed: boolean;
  /** It fills the workspace, which all that use it need. */
  readonly fills: boolean;
  /** Worker pools in whose workspace of the run it works. */
  readonly workspaces: ReadonlySet<string>;
  /** It reads what programs left in the workspace. */
  readonly collects: boolean;
  /** It changes something outside of the run, as far as the action tells. */
  readonly effects: boolean;
}

const FIXED_KINDS: ReadonlySet<PlanNode['kind']> = new Set([
  'approval',
  'wait',
  'waitFor',
  'raise',
  'emit',
  'workflow',
  'try',
  'loop',
]);

export function describeNode(plan: Plan, node: PlanNode): NodeNature {
  const within = plan.nodes.slice(node.index, node.end);
  const reads = new Set<string>();
  let asksStatus = false;
  for (const each of within) {
    for (const expression of expressionsOf(each)) {
      const analysis = analyse(expression);
      if (!analysis.ok) continue;
      for (const id of analysis.references.steps) reads.add(id);
      asksStatus ||= analysis.references.asksStatus || analysis.references.dynamicSteps;
    }
  }
  const uses = within.flatMap((each) => (each.kind === 'uses' ? [each] : []));
  return {
    ids: new Set(within.map(({ id }) => id)),
    reads,
    fixed:
      asksStatus ||
      within.some(
        ({ kind, onFailure, compensate, claims }) =>
          FIXED_KINDS.has(kind) ||
          (onFailure !== 'fail' && onFailure !== 'continue') ||
          compensate !== undefined ||
          claims !== undefined,
      ),
    fills: uses.some(({ fillsWorkspace }) => fillsWorkspace),
    workspaces: new Set(uses.flatMap(({ workspace, pool = '' }) => (workspace ? [pool] : []))),
    collects: uses.some(({ action, workspace }) => workspace && action !== 'command/run'),
    effects: uses.some(changesOutside),
  };
}

/** `shared`: whether what they may do to each other through the workspace counts. */
export function conflict(first: NodeNature, then: NodeNature, shared: boolean): boolean {
  if (first.fixed || then.fixed || first.effects || then.effects) return true;
  if ([...then.reads].some((id) => first.ids.has(id))) return true;
  const together = [...first.workspaces].some((pool) => then.workspaces.has(pool));
  return together && (shared || first.fills || then.fills || first.collects || then.collects);
}

/** Commands work in the workspace, and are taken to do nothing else; requests are taken to do what their method says. */
function changesOutside(node: PlanNode & { readonly kind: 'uses' }): boolean {
  if (node.action !== 'http/request') return false;
  const { with: input } = node;
  const method =
    input.kind === 'literal'
      ? (input.value as { readonly method?: unknown } | null)?.method
      : input.kind === 'map'
        ? literalOf(input.entries.find(([key]) => key === 'method')?.[1])
        : null;
  return method !== undefined && method !== 'GET' && method !== 'HEAD';
}

function literalOf(template: { readonly kind: string; readonly value?: unknown } | undefined): unknown {
  return template === undefined ? undefined : template.kind === 'literal' ? template.value : null;
}

/** Of the node itself, wherever they stand in it. */
function expressionsOf(node: PlanNode): Expression[] {
  const found: Expression[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('dialect' in value && 'source' in value) found.push(value as Expression);
    else for (const member of Object.values(value)) visit(member);
  };
  visit(node);
  return found;
}
