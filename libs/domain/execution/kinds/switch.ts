import type { Behaviour } from '../behaviour.js';

/** The first case whose `if` is true; its block's outputs, or null where no case fits. */
export const switchBehaviour: Behaviour<'switch'> = {
  start(turn, instance) {
    for (const [number, { if: condition, block }] of instance.node.cases.entries()) {
      if (condition !== undefined) {
        const holds = turn.decideCondition(instance, condition);
        if (holds === undefined) return;
        if (!holds) continue;
      }
      return turn.openBlock(instance, number, block);
    }
    turn.settle(instance, {
      status: 'succeeded',
      ...(instance.node.dataFlow === undefined ? { output: null } : {}),
    });
  },
  blockClosed(turn, instance, { number, failure, output }) {
    const { block, then } = instance.node.cases[number]!;
    if (then !== undefined) turn.requireState(instance).then = then;
    if (output !== undefined) return turn.settleContainer(instance, failure, output);
    turn.settleContainer(instance, failure, turn.outputsOf(block, instance.iterations));
  },
};
