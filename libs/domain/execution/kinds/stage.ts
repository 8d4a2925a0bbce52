import type { Behaviour } from '../behaviour.js';

export const stage: Behaviour<'stage'> = {
  start(turn, instance) {
    turn.openBlock(instance, 0, instance.node.block);
  },
  blockClosed(turn, instance, { failure }) {
    turn.settleContainer(instance, failure);
  },
};
