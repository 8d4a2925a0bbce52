import type { NodeCommon, NodeKind, NodeOf, PlanNode } from '../plan/plan.js';
import type { FrameKey, StepKey } from './state.js';

/** One node at one combination of iterations of its enclosing loops, outermost first. */
export interface Instance<N extends NodeCommon = PlanNode> {
  readonly node: N;
  readonly key: StepKey;
  readonly iterations: readonly number[];
}

export type InstanceOf<K extends NodeKind> = Instance<NodeOf<K>>;

export function instanceOf<N extends NodeCommon>(node: N, iterations: readonly number[]): Instance<N> {
  return { node, key: stepKey(node.id, iterations), iterations };
}

/** `deploy`, `deploy[2]`, `check[0][7]`. */
export function stepKey(id: string, iterations: readonly number[]): StepKey {
  return iterations.length === 0 ? id : `${id}[${iterations.join('][')}]`;
}

/** The inverse of `stepKey`. */
export function parseStepKey(key: StepKey): { readonly id: string; readonly iterations: readonly number[] } {
  const bracket = key.indexOf('[');
  if (bracket === -1) return { id: key, iterations: [] };
  return {
    id: key.slice(0, bracket),
    iterations: key
      .slice(bracket + 1, -1)
      .split('][')
      .map(Number),
  };
}

const ROOT_FRAME: FrameKey = '';

/** The block numbered `number` (branch, case, iteration) of a container; the root block has no container. */
export function frameKey(container: Instance | undefined, number: number): FrameKey {
  return container === undefined ? ROOT_FRAME : `${container.key}#${number}`;
}
