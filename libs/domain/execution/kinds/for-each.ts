import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import type { InstanceOf } from '../instance.js';
import { MAX_LOOP_ITEMS } from '../limits.js';
import type { Turn } from '../turn.js';
import { closeOneOf } from './fan-out.js';

/** The body once per item, at most `limit` at a time, begun in the order of the list. */
export const forEach: Behaviour<'forEach'> = {
  start(turn, instance) {
    const items = turn.resolve(instance, instance.node.in);
    if (items === undefined) return;
    if (!Array.isArray(items)) return turn.fail(instance, engineError('for-each-not-a-list'));
    if (items.length > MAX_LOOP_ITEMS) {
      return turn.fail(instance, engineError('for-each-too-long', `${items.length} elements.`));
    }
    if (items.length === 0) return turn.settle(instance, { status: 'succeeded', output: [] });
    const step = turn.requireState(instance);
    step.loop = { items, next: 0 };
    step.open = 0;
    openMore(turn, instance);
  },
  blockClosed: closeOneOf({ openMore, collectOutputs }),
};

function openMore(turn: Turn, instance: InstanceOf<'forEach'>): void {
  const step = turn.requireState(instance);
  const { node } = instance;
  const loop = step.loop!;
  while (loop.next < loop.items.length && step.open! < (node.limit ?? Infinity) && !turn.isEnding(instance)) {
    step.open!++;
    turn.openBlock(instance, loop.next++, node.block);
  }
}

function collectOutputs(turn: Turn, instance: InstanceOf<'forEach'>) {
  const { block } = instance.node;
  return turn
    .requireState(instance)
    .loop!.items.map((_, iteration) => turn.outputsOf(block, [...instance.iterations, iteration]));
}
