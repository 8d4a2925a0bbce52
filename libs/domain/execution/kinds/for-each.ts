import type { Json } from '../../json.js';
import type { Expression } from '../../plan/plan.js';
import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import type { InstanceOf } from '../instance.js';
import { MAX_LOOP_ITEMS } from '../limits.js';
import type { Turn } from '../turn.js';
import { closeOneOf, quorumNotReached } from './fan-out.js';
import { combine } from './matrix.js';

/** The body once per item, at most `limit` at a time, begun in the order of the list. */
export const forEach: Behaviour<'forEach'> = {
  start(turn, instance) {
    const items = resolveItems(turn, instance);
    if (items === undefined) return;
    if (items.length > MAX_LOOP_ITEMS) {
      return turn.fail(instance, engineError('for-each-too-long', `${items.length} elements.`));
    }
    const step = turn.requireState(instance);
    if (items.length < (instance.node.quorum ?? 0))
      return turn.fail(instance, quorumNotReached(step, instance));
    if (items.length === 0)
      return turn.settle(instance, {
        status: 'succeeded',
        ...(instance.node.dataFlow === undefined ? { output: [] } : {}),
      });
    step.loop = { items, next: 0 };
    step.open = 0;
    openMore(turn, instance);
    if (turn.isRunning(instance) && step.open === 0) turn.settleContainer(instance, undefined);
  },
  blockClosed: closeOneOf({
    openMore,
    collectOutputs,
    count: (step) => step.loop!.items.length,
  }),
};

/** The list, or undefined after the step was failed for it. */
function resolveItems(turn: Turn, instance: InstanceOf<'forEach'>): readonly Json[] | undefined {
  const { node } = instance;
  if ('matrix' in node) {
    const items = combine(turn, instance, node);
    if (items === undefined || !('class' in items)) return items;
    turn.fail(instance, items);
    return undefined;
  }
  const items = turn.resolve(instance, node.in);
  if (items === undefined || Array.isArray(items)) return items;
  turn.fail(instance, engineError('for-each-not-a-list'));
  return undefined;
}

function openMore(turn: Turn, instance: InstanceOf<'forEach'>): void {
  const step = turn.requireState(instance);
  const { node } = instance;
  const loop = step.loop!;
  while (loop.next < loop.items.length && step.open! < (node.limit ?? Infinity) && !turn.isEnding(instance)) {
    if (node.while !== undefined && !goesOn(turn, instance, node.while)) return;
    step.open!++;
    turn.openBlock(instance, loop.next++, node.block);
  }
}

function collectOutputs(turn: Turn, instance: InstanceOf<'forEach'>) {
  const { block, dataFlow } = instance.node;
  const { carried } = turn.requireState(instance);
  if (dataFlow !== undefined) return carried ?? null;
  return turn
    .requireState(instance)
    .loop!.items.map((_, iteration) => turn.outputsOf(block, [...instance.iterations, iteration]));
}

/** Asked inside the turn that would be next; a condition that fails has failed the step. */
function goesOn(turn: Turn, instance: InstanceOf<'forEach'>, condition: Expression): boolean {
  const step = turn.requireState(instance);
  const loop = step.loop!;
  const held = turn.decideCondition(instance, condition, {
    inside: true,
    iterations: [...instance.iterations, loop.next],
    ...(step.carried === undefined && step.data === undefined ? {} : { value: step.carried ?? step.data! }),
  });
  if (held === false) loop.next = loop.items.length;
  return held === true;
}
