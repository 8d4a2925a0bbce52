import type { Json } from '../../json.js';
import type { Behaviour } from '../behaviour.js';
import { type InstanceOf, stepKey } from '../instance.js';
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
  while (
    step.ends !== true &&
    step.nextBranch! < branches.length &&
    step.open! < limit &&
    !turn.isEnding(instance)
  ) {
    step.open!++;
    const number = step.nextBranch!++;
    turn.openBlock(instance, number, branches[number]!.block);
  }
}

function collectOutputs(turn: Turn, instance: InstanceOf<'parallel'>) {
  if (instance.node.dataFlow !== undefined) return collectInOrder(turn, instance);
  return Object.fromEntries(
    instance.node.branches.map(({ name, block }) => [name, turn.outputsOf(block, instance.iterations)]),
  );
}

/** Branches of one step each: their outputs in order; with a quorum of one, that of the first that succeeded. */
function collectInOrder(turn: Turn, instance: InstanceOf<'parallel'>): Json {
  const { branches, quorum } = instance.node;
  const handed = turn.requireState(instance).data ?? null;
  const steps = branches.map(({ block: { nodes } }) => {
    const node = turn.plan.nodes[nodes[0] ?? -1];
    return node === undefined ? undefined : turn.stateOf(stepKey(node.id, instance.iterations));
  });
  if (quorum !== 1)
    return steps.map((step) => (step?.status === 'succeeded' ? (step.output ?? null) : handed));
  const first = steps.find((step) => step?.status === 'succeeded');
  return first?.output ?? handed;
}
