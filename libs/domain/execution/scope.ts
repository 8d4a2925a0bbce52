import type { Scope } from '../expressions/evaluate.js';
import type { Json } from '../json.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import { stepKey } from './instance.js';
import type { RunState, StepState } from './state.js';

/**
 * The names that an expression of `node` sees in the given iterations; of the run's output, when there is no node.
 * @param needsFailed whether a need of the node failed: only for its `if`
 */
export function createScope(
  plan: Plan,
  state: RunState,
  place?: { readonly node: PlanNode; readonly iterations: readonly number[]; readonly needsFailed?: boolean },
): Scope {
  const loops = place?.node.loops ?? [];
  const iterations = place?.iterations ?? [];
  return {
    lookup(name) {
      if (name === 'inputs') return state.inputs;
      if (name === 'run') return state.run as unknown as Json;
      for (let depth = loops.length - 1; depth >= 0; depth--) {
        const loop = plan.nodes[loops[depth]!]!;
        if (loop.kind !== 'forEach' || loop.as !== name) continue;
        return state.steps[stepKey(loop.id, iterations.slice(0, depth))]?.loop?.items[iterations[depth]!];
      }
      return undefined;
    },
    step(id) {
      const node = findNode(plan, id);
      if (node === undefined) return undefined;
      return viewStep(state.steps[stepKey(id, iterations.slice(0, node.loops.length))]);
    },
    ...(place?.needsFailed === undefined ? {} : { needs: { failed: place.needsFailed } }),
  };
}

const views = new WeakMap<StepState, { readonly status: string; readonly view: Json }>();

/** A step that never came to its turn reads as skipped: validation allows only references to what is over. */
function viewStep(step: StepState | undefined): Json {
  if (step === undefined) return { status: 'skipped', output: null, error: null, attempts: 0 };
  const known = views.get(step);
  if (known?.status === step.status) return known.view;
  const view = {
    status: step.status,
    output: step.output ?? null,
    error: (step.error ?? null) as Json,
    attempts: step.attempts,
  };
  views.set(step, { status: step.status, view });
  return view;
}
