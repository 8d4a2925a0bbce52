import { type Instance, instanceOf, parseStepKey, stepKey } from '../execution/instance.js';
import type { StepKey } from '../execution/state.js';
import type { Plan } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import type { EarlierStep } from './earlier-step.js';

/** The instance of a key; undefined where the plan has no such node, or the key does not name one instance of it. */
export function findInstance(plan: Plan, key: StepKey): Instance | undefined {
  const { id, iterations } = parseStepKey(key);
  const node = findNode(plan, id);
  if (node === undefined || iterations.length !== node.loops.length) return undefined;
  return stepKey(id, iterations) === key ? instanceOf(node, iterations) : undefined;
}

/** Keys of what holds the instance, the nearest first. */
export function* containersOf(plan: Plan, { node, iterations }: Instance): Generator<StepKey> {
  for (let { parent } = node; parent !== null; parent = plan.nodes[parent]!.parent) {
    const container = plan.nodes[parent]!;
    yield stepKey(container.id, iterations.slice(0, container.loops.length));
  }
}

/** Numbers of the turns of each loop instance of which anything is known, ascending. */
export function collectTurns(
  plan: Plan,
  steps: ReadonlyMap<StepKey, EarlierStep>,
): ReadonlyMap<StepKey, readonly number[]> {
  const turns = new Map<StepKey, Set<number>>();
  for (const key of steps.keys()) {
    const instance = findInstance(plan, key);
    for (const [depth, loop] of (instance?.node.loops ?? []).entries()) {
      const { iterations } = instance!;
      const loopKey = stepKey(plan.nodes[loop]!.id, iterations.slice(0, depth));
      const known = turns.get(loopKey) ?? new Set();
      turns.set(loopKey, known.add(iterations[depth]!));
    }
  }
  return new Map([...turns].map(([key, numbers]) => [key, [...numbers].sort((a, b) => a - b)]));
}
