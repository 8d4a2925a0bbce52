import type { Json } from '../../json.js';
import type { ClosedBlock } from '../behaviour.js';
import type { InstanceOf } from '../instance.js';
import type { Turn } from '../turn.js';

interface FanOut<I> {
  /** Opens as many blocks as may be open. */
  openMore(turn: Turn, instance: I): void;
  collectOutputs(turn: Turn, instance: I): Json;
}

/** Of kinds that hold several blocks open at once: the next may open, the first failure counts, the last one settles. */
export function closeOneOf<I extends InstanceOf<'forEach'> | InstanceOf<'parallel'>>(fanOut: FanOut<I>) {
  return (turn: Turn, instance: I, { failure }: ClosedBlock): void => {
    const step = turn.requireState(instance);
    step.open!--;
    if (failure !== undefined) {
      step.failure ??= failure;
      if (instance.node.failFast) turn.stop(instance, 'fail-fast');
      // Stopping may have closed the other blocks, and with them this step.
      if (!turn.isRunning(instance)) return;
    }
    fanOut.openMore(turn, instance);
    if (step.open === 0) {
      turn.settleContainer(instance, step.failure, fanOut.collectOutputs(turn, instance));
    }
  };
}
