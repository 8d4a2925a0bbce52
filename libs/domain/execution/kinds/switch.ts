import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';

/** The first case whose `if` is true; its block's outputs, or null where no case fits. */
export const switchBehaviour: Behaviour<'switch'> = {
  start(turn, instance) {
    for (const [number, { if: condition, block }] of instance.node.cases.entries()) {
      if (condition !== undefined) {
        const result = turn.evaluate(instance, condition);
        if (!result.ok) return turn.fail(instance, engineError(result.code, result.message));
        if (typeof result.value !== 'boolean')
          return turn.fail(instance, engineError('condition-not-boolean'));
        if (!result.value) continue;
      }
      return turn.openBlock(instance, number, block);
    }
    turn.settle(instance, { status: 'succeeded', output: null });
  },
  blockClosed(turn, instance, { number, failure }) {
    const { block } = instance.node.cases[number]!;
    turn.settleContainer(instance, failure, turn.outputsOf(block, instance.iterations));
  },
};
