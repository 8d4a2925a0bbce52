import type { Json } from '../json.js';
import type { NodeIndex, Plan, PlanNode } from '../plan/plan.js';
import { stepKey } from './instance.js';
import type { ScopePlace } from './scope.js';
import type { RunState } from './state.js';

/** Variables of what holds the place, the innermost first. */
export function lookUpVariable(
  plan: Plan,
  state: RunState,
  place: ScopePlace,
  name: string,
): Json | undefined {
  const { node, iterations = [] } = place;
  if (node === undefined) return undefined;
  let { branch } = node;
  let at: NodeIndex | null = place.inside === true ? node.index : node.parent;
  while (at !== null) {
    const holder: PlanNode = plan.nodes[at]!;
    const depth = holder.loops.length;
    const stateOf = () => state.steps[stepKey(holder.id, iterations.slice(0, depth))];
    if (holder.kind === 'forEach' && holder.as === name) return stateOf()?.loop?.items[iterations[depth]!];
    if (holder.kind === 'forEach' && holder.at === name) return iterations[depth];
    if (holder.kind === 'listen' && holder.each?.as === name)
      return stateOf()?.heard?.events[iterations[depth]!];
    if (holder.kind === 'listen' && holder.each?.at === name) return iterations[depth];
    if (holder.kind === 'loop' && holder.as === name) return stateOf()?.turn;
    if (holder.kind === 'try' && holder.catches[branch - 1]?.as === name) {
      const error = stateOf()?.caught?.error;
      return (holder.dataFlow === undefined ? error : error?.problem) as Json | undefined;
    }
    branch = holder.branch;
    at = holder.parent;
  }
  return undefined;
}
