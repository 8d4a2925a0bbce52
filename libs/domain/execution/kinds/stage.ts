import type { Behaviour } from '../behaviour.js';

export const stage: Behaviour<'stage'> = {
  start(turn, instance) {
    turn.openBlock(instance, 0, instance.node.block);
  },
  blockClosed(turn, instance, { failure, output }) {
    turn.settleContainer(instance, failure, output);
  },
};
