import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import { type InstanceOf, stepKey } from '../instance.js';
import { keysWithin } from '../place.js';
import type { Turn } from '../turn.js';

/**
 * The body again and again, one turn at a time, while `while` and until `until` say so. Of a turn that is over only its
 * outputs are kept, as `previous` of the next one, so that a run may take any number of turns.
 */
export const loop: Behaviour<'loop'> = {
  start(turn, instance) {
    turn.requireState(instance).turn = { index: 0, previous: null };
    begin(turn, instance);
  },
  blockClosed(turn, instance, { failure }) {
    const step = turn.requireState(instance);
    const { index } = step.turn!;
    const outputs = turn.outputsOf(instance.node.block, [...instance.iterations, index]);
    if (failure !== undefined || turn.isEnding(instance))
      return turn.settleContainer(instance, failure, outputs);
    const { until, delayMs } = instance.node;
    if (until !== undefined) {
      const over = turn.decideCondition(instance, until, inside(instance, index));
      if (over === undefined) return;
      if (over) return turn.settleContainer(instance, undefined, outputs);
    }
    forgetTurn(turn, instance, index);
    step.turn = { index: index + 1, previous: outputs };
    if (index + 1 >= instance.node.max) return end(turn, instance);
    if (delayMs === 0) return begin(turn, instance);
    step.between = true;
    turn.startTimer(instance, 'wait', delayMs);
  },
  timerFired(turn, instance) {
    const step = turn.requireState(instance);
    if (step.between === undefined) return;
    delete step.between;
    begin(turn, instance);
  },
};

function begin(turn: Turn, instance: InstanceOf<'loop'>): void {
  const { index, previous } = turn.requireState(instance).turn!;
  const goesOn = asks(turn, instance, index);
  if (goesOn === undefined) return;
  if (!goesOn) return turn.settleContainer(instance, undefined, previous);
  turn.openBlock(instance, index, instance.node.block);
}

/** All turns are gone: that is the end that `while` asked for, or one too early. */
function end(turn: Turn, instance: InstanceOf<'loop'>): void {
  const { index, previous } = turn.requireState(instance).turn!;
  const goesOn = instance.node.while === undefined ? true : asks(turn, instance, index);
  if (goesOn === undefined) return;
  if (!goesOn) return turn.settleContainer(instance, undefined, previous);
  turn.fail(instance, engineError('loop-exhausted', `${instance.node.max} turns.`));
}

function asks(turn: Turn, instance: InstanceOf<'loop'>, index: number): boolean | undefined {
  const condition = instance.node.while;
  return condition === undefined ? true : turn.decideCondition(instance, condition, inside(instance, index));
}

function inside(instance: InstanceOf<'loop'>, index: number) {
  return { inside: true, iterations: [...instance.iterations, index] };
}

function forgetTurn({ plan, state }: Turn, { node, iterations }: InstanceOf<'loop'>, index: number): void {
  const turn = [...iterations, index];
  let nested = false;
  for (let at = node.index + 1; at < node.end; at++) {
    const inner = plan.nodes[at]!;
    if (inner.loops.length === turn.length) delete state.steps[stepKey(inner.id, turn)];
    else nested = true;
  }
  if (!nested) return;
  for (const key of keysWithin(plan, state, { node, iterations, key: stepKey(node.id, iterations) })) {
    delete state.steps[key];
  }
}
