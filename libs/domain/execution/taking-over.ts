import { leaveBlock } from './blocks.js';
import { type Instance, instanceOf } from './instance.js';
import type { Seed, SeededStep, StepState } from './state.js';
import type { Turn } from './turn.js';

/** Takes the result of an earlier run for this step, where there is one. */
export function takeSeed(turn: Turn, instance: Instance, seed: Seed): boolean {
  const seeded = seed[instance.key];
  if (seeded === undefined) return false;
  const step = adopt(turn, instance, seeded);
  const { node, iterations } = instance;
  if (node.kind === 'forEach') adoptTurns(turn, instance, seed);
  else if (node.kind !== 'loop') adoptWithin(turn, { from: node.index + 1, to: node.end, iterations }, seed);
  leaveBlock(turn, instance, step);
  return true;
}

function adopt(turn: Turn, instance: Instance, seeded: SeededStep): StepState {
  const step = turn.create(instance);
  step.status = seeded.status;
  step.endedAt = turn.now;
  step.reused = true;
  if (seeded.output !== undefined) step.output = seeded.output;
  if (seeded.skipped !== undefined) step.skipped = seeded.skipped;
  turn.recording.step(instance, step);
  return step;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly iterations: readonly number[];
}

/**
 * The results of what a container holds, which expressions elsewhere may name; nothing of it begins. Turns of a loop,
 * which no one can name from outside and of which there may be any number, stay behind. False where there were none.
 */
function adoptWithin(turn: Turn, { from, to, iterations }: Range, seed: Seed): boolean {
  let found = false;
  for (let at = from; at < to; ) {
    const inner = instanceOf(turn.plan.nodes[at]!, iterations);
    const seeded = seed[inner.key];
    if (seeded !== undefined) adopt(turn, inner, seeded);
    found ||= seeded !== undefined;
    if (inner.node.kind === 'forEach') adoptTurns(turn, inner, seed);
    at = inner.node.kind === 'forEach' || inner.node.kind === 'loop' ? inner.node.end : at + 1;
  }
  return found;
}

function adoptTurns(turn: Turn, { node, iterations }: Instance, seed: Seed): void {
  const range = { from: node.index + 1, to: node.end };
  for (let index = 0; ; index++) {
    if (!adoptWithin(turn, { ...range, iterations: [...iterations, index] }, seed)) return;
  }
}
