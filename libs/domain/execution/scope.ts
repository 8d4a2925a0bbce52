import type { Scope } from '../expressions/evaluate.js';
import type { Json } from '../json.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import { lookUpArgument, lookUpValue } from './arguments.js';
import { stepKey } from './instance.js';
import type { RunState, StepState } from './state.js';
import { lookUpVariable } from './variables.js';

/** Where an expression is evaluated. */
export interface ScopePlace {
  /** Absent for the run's own expressions. */
  readonly node?: PlanNode;
  /** Of the node; with `inside`, its own turn at the end. */
  readonly iterations?: readonly number[];
  /** What the node holds is seen too: the variable of a loop, and the steps of its turn. */
  readonly inside?: boolean;
  /** Outcome of its needs: only for its `if`. */
  readonly needs?: { readonly failed: boolean; readonly rejected: boolean };
  /** The event that a waitFor is asked about. */
  readonly event?: Json;
  /** What an expression of a sequence is asked about; the step's input where absent. */
  readonly value?: Json;
  /** The step's output, for what it exports. */
  readonly output?: Json;
  /** Variables that stand nowhere else yet. */
  readonly variables?: Readonly<Record<string, Json>>;
}

/** The names that an expression sees at that place; that of the run's output, when there is none. */
export function createScope(plan: Plan, state: RunState, place?: ScopePlace): Scope {
  const iterations = place?.iterations ?? [];
  return {
    lookup(name) {
      if (name === 'inputs') return state.inputs;
      if (name === 'run') return state.run as unknown as Json;
      if (name === 'event') return place?.event;
      if (name === '.') return lookUpValue(state, place);
      if (name.startsWith('$')) return lookUpArgument(plan, state, place, name.slice(1));
      return place === undefined ? undefined : lookUpVariable(plan, state, place, name);
    },
    step(id) {
      const node = findNode(plan, id);
      if (node === undefined) return undefined;
      return viewStep(state.steps[stepKey(id, iterations.slice(0, node.loops.length))]);
    },
    ...(place?.needs === undefined ? {} : { needs: place.needs }),
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
