import type { Json } from '../../json.js';
import type { ClosedBlock } from '../behaviour.js';
import { engineError } from '../failures.js';
import type { InstanceOf } from '../instance.js';
import type { StepState } from '../state.js';
import type { Turn } from '../turn.js';
import { blame } from '../verdict.js';

interface FanOut<I> {
  /** Opens as many blocks as may be open. */
  openMore(turn: Turn, instance: I): void;
  collectOutputs(turn: Turn, instance: I): Json;
  /** Blocks in all. */
  count(step: StepState, instance: I): number;
}

/**
 * Of kinds that hold several blocks open at once: the next may open, the first failure counts, the last one settles.
 * With a quorum it is over once so many have succeeded, or can no longer; a block that was rejected has not succeeded.
 */
export function closeOneOf<I extends InstanceOf<'forEach'> | InstanceOf<'parallel'>>(fanOut: FanOut<I>) {
  return (turn: Turn, instance: I, { failure, rejected, output }: ClosedBlock): void => {
    const step = turn.requireState(instance);
    if (output !== undefined && instance.node.kind === 'forEach') step.carried = output;
    const { quorum, failFast } = instance.node;
    step.open!--;
    // What was stopped because the end is decided decides nothing.
    if (failure !== undefined && step.stopping === undefined) step.failure ??= failure;
    if (failure === undefined && !rejected) step.won = (step.won ?? 0) + 1;
    else step.lost = (step.lost ?? 0) + 1;
    const enough = quorum !== undefined && (step.won ?? 0) >= quorum;
    const hopeless = quorum !== undefined && fanOut.count(step, instance) - (step.lost ?? 0) < quorum;
    if (enough || step.ends === true) turn.stop(instance, 'quorum');
    else if (hopeless || (quorum === undefined && failure !== undefined && failFast))
      turn.stop(instance, 'fail-fast');
    // Stopping may have closed the other blocks, and with them this step.
    if (!turn.isRunning(instance) || step.open === undefined) return;
    fanOut.openMore(turn, instance);
    if (step.open !== 0 || !turn.isRunning(instance)) return;
    if (enough) delete step.rejected;
    // Without a failure, it was missed by a rejection, which is none.
    const missed = step.failure !== undefined && quorum !== undefined && !enough;
    turn.settleContainer(
      instance,
      missed && instance.node.dataFlow === undefined ? quorumNotReached(step, instance) : step.failure,
      fanOut.collectOutputs(turn, instance),
    );
  };
}

/** Tells what the first failure was. */
export function quorumNotReached(step: StepState, instance: InstanceOf<'forEach'> | InstanceOf<'parallel'>) {
  const { failure } = step;
  const particulars = `${step.won ?? 0} of ${instance.node.quorum} succeeded.`;
  const error = engineError('quorum-not-reached', particulars);
  return failure === undefined
    ? error
    : blame(
        {
          ...error,
          ...(failure.step === undefined ? {} : { step: failure.step }),
          details: failure as never,
        },
        instance,
      )!;
}
