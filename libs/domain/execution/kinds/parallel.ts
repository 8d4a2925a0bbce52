import type { Behaviour } from '../behaviour.js';
import type { InstanceOf } from '../instance.js';
import type { Turn } from '../turn.js';
import { closeOneOf } from './fan-out.js';

/** All branches, at most `limit` at a time, begun in written order. */
export const parallel: Behaviour<'parallel'> = {
  start(turn, instance) {
    const step = turn.requireState(instance);
    step.open = 0;
    step.nextBranch = 0;
    openMore(turn, instance);
  },
  blockClosed: closeOneOf({
    openMore,
    collectOutputs,
    count: (_, instance) => instance.node.branches.length,
  }),
};

function openMore(turn: Turn, instance: InstanceOf<'parallel'>): void {
  const step = turn.requireState(instance);
  const { branches, limit = Infinity } = instance.node;
  while (step.nextBranch! < branches.length && step.open! < limit && !turn.isEnding(instance)) {
    step.open!++;
    const number = step.nextBranch!++;
    turn.openBlock(instance, number, branches[number]!.block);
  }
}

function collectOutputs(turn: Turn, instance: InstanceOf<'parallel'>) {
  return Object.fromEntries(
    instance.node.branches.map(({ name, block }) => [name, turn.outputsOf(block, instance.iterations)]),
  );
}
