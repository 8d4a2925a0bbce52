import type { Json } from '../json.js';
import { leaveBlock } from './blocks.js';
import { releaseClaims, requestClaims } from './claims.js';
import { giveOutput } from './data-flow.js';
import { engineError } from './failures.js';
import { compensationEnded, rememberCompensation, startRollback, stopRun } from './finishing.js';
import type { Instance } from './instance.js';
import { isCompensation, keysWithin } from './place.js';
import type { StepOrder, StepState } from './state.js';
import type { StepError } from './step-error.js';
import { isStopped, stopError } from './stopping.js';
import type { Turn } from './turn.js';
import { blame, computeRetryDelay } from './verdict.js';

/** From the beginning of a step's attempt to its end, and what follows from that. */

export type Outcome =
  | { readonly status: 'succeeded'; readonly output?: Json; readonly rejected?: true }
  /** `final`: another attempt would find the same. */
  | { readonly status: 'failed'; readonly error: StepError; readonly final?: true }
  | { readonly status: 'canceled'; readonly error: StepError };

/** What an attempt of a step leaves in its state, and the next one must not find. */
const OF_ONE_ATTEMPT = [
  'stopping',
  'waiting',
  'approval',
  'event',
  'loop',
  'turn',
  'caught',
  'pending',
  'won',
  'lost',
  'open',
  'nextBranch',
  'failure',
  'rejected',
  'between',
  'carried',
  'heard',
  'then',
  'ends',
] as const;

export function begin(turn: Turn, instance: Instance): void {
  const { node } = instance;
  // The time limit of an action is its worker's and Temporal's business.
  if (node.timeoutMs !== undefined && node.kind !== 'uses')
    turn.startTimer(instance, 'timeout', node.timeoutMs);
  turn.behaviourOf(instance).start(turn, instance as never);
}

/** The next attempt of a step whose state has been cleared of the one before. */
export function beginNext(turn: Turn, instance: Instance, step: StepState): void {
  step.attempts++;
  if (instance.node.claims !== undefined && step.claimed !== true) return requestClaims(turn, instance, step);
  turn.recording.step(instance, step);
  begin(turn, instance);
}

/** The step has what it claims. */
export function beginClaimed(turn: Turn, instance: Instance, step: StepState): void {
  delete step.waiting;
  turn.recording.step(instance, step);
  begin(turn, instance);
}

/** Lets a step that waits for a person, or has failed, begin again. */
export function beginAgain(turn: Turn, instance: Instance): void {
  const step = turn.requireState(instance);
  forgetAttempt(turn, instance, step);
  delete step.error;
  delete step.tried;
  beginNext(turn, instance, step);
}

/** Ends a container by what its blocks left behind. */
export function settleContainer(
  turn: Turn,
  instance: Instance,
  failure: StepError | undefined,
  output?: Json,
): void {
  const { stopping } = turn.requireState(instance);
  if (stopping === 'timeout' || isStopped(turn, instance)) return settleStopped(turn, instance);
  if (failure !== undefined && stopping !== 'quorum') return turn.fail(instance, failure);
  settle(turn, instance, { status: 'succeeded', ...(output === undefined ? {} : { output }) });
}

/** Ends an instance that was made to stop: by its own time limit, or by what holds it. */
export function settleStopped(turn: Turn, instance: Instance): void {
  if (turn.requireState(instance).stopping === 'timeout')
    return turn.fail(instance, engineError('step-timeout'));
  settle(turn, instance, { status: 'canceled', error: stopError(turn, instance) });
}

export function settle(turn: Turn, instance: Instance, given: Outcome): void {
  const step = turn.requireState(instance);
  const outcome = step.order === undefined ? passData(turn, instance, step, given) : given;
  const { node } = instance;
  if (node.timeoutMs !== undefined && node.kind !== 'uses') turn.cancelTimer(instance, 'timeout');
  if (step.waiting !== 'claims' && step.waiting !== 'intervention')
    turn.behaviourOf(instance).ended?.(turn, instance as never);
  if (step.order !== undefined) return concludeByOrder(turn, instance, step.order, step);
  if (outcome.status === 'failed') {
    if (outcome.final !== true && retryContainer(turn, instance, step, outcome.error)) return;
    if (intervene(turn, instance, step, outcome.error)) return;
  }
  conclude(turn, instance, step, outcome);
}

/** What the step gives to its sequence: its output, or an error in the form that sequences speak of. */
function passData(turn: Turn, instance: Instance, step: StepState, outcome: Outcome): Outcome {
  const { node } = instance;
  if (node.dataFlow === undefined) return outcome;
  if (outcome.status !== 'succeeded') return { ...outcome, error: turn.describe(outcome.error, node) };
  const given = giveOutput(turn, instance, step, outcome.output);
  if ('value' in given) return { ...outcome, output: given.value };
  return { status: 'failed', error: turn.describe(given.error, node), final: true };
}

/** Ends a step as a person ordered. */
export function concludeByOrder(turn: Turn, instance: Instance, order: StepOrder, step: StepState): void {
  delete step.order;
  delete step.rejected;
  step.ordered = true;
  if (order.type === 'complete')
    return conclude(turn, instance, step, { status: 'succeeded', output: order.output });
  step.skipped = 'operator';
  end(turn, instance, step, 'skipped');
}

function conclude(turn: Turn, instance: Instance, step: StepState, outcome: Outcome): void {
  const { node } = instance;
  if (outcome.status === 'succeeded') {
    delete step.error;
    if (outcome.output !== undefined) step.output = outcome.output;
    if (outcome.rejected === true) step.rejected = true;
    return end(turn, instance, step, 'succeeded');
  }
  step.error = outcome.error;
  if (outcome.status === 'failed' && node.onFailure === 'continue') step.continued = true;
  const undoes =
    outcome.status === 'failed' &&
    node.onFailure === 'rollback' &&
    startRollback(turn, blame(outcome.error, instance)!);
  end(turn, instance, step, outcome.status);
  if (undoes) stopRun(turn);
}

function end(turn: Turn, instance: Instance, step: StepState, status: StepState['status']): void {
  const { node } = instance;
  if (node.claims !== undefined) releaseClaims(turn, instance, step);
  step.status = status;
  step.endedAt = turn.now;
  delete step.waiting;
  delete step.input;
  if (status === 'succeeded' && node.compensate !== undefined) rememberCompensation(turn, instance);
  turn.recording.step(instance, step);
  if (isCompensation(node)) return compensationEnded(turn, instance, step);
  leaveBlock(turn, instance, step);
}

/** True when the container will be run again after a pause: what it did is forgotten. */
function retryContainer(turn: Turn, instance: Instance, step: StepState, error: StepError): boolean {
  const { retry, kind } = instance.node;
  const tried = (step.tried ?? 0) + 1;
  if (retry === undefined || kind === 'uses' || tried >= retry.attempts) return false;
  if (isStopped(turn, instance)) return false;
  forgetAttempt(turn, instance, step);
  step.tried = tried;
  step.retrying = true;
  step.error = error;
  turn.startTimer(instance, 'retry', computeRetryDelay(retry, tried));
  return true;
}

/** Runs what the container holds once more after a pause. */
export function retryLater(turn: Turn, instance: Instance, error: StepError, ms: number): void {
  const step = turn.requireState(instance);
  const tried = (step.tried ?? 0) + 1;
  forgetAttempt(turn, instance, step);
  step.tried = tried;
  step.retrying = true;
  step.error = error;
  turn.startTimer(instance, 'retry', ms);
}

/** True when the failed step waits for a person now. */
function intervene(turn: Turn, instance: Instance, step: StepState, error: StepError): boolean {
  if (instance.node.onFailure !== 'intervene' || isStopped(turn, instance)) return false;
  for (const key of OF_ONE_ATTEMPT) delete step[key];
  step.waiting = 'intervention';
  step.error = error;
  turn.recording.step(instance, step);
  turn.recording.publish({
    type: 'step.intervention-needed',
    step: instance.key,
    data: error as unknown as Json,
  });
  return true;
}

function forgetAttempt(turn: Turn, instance: Instance, step: StepState): void {
  for (const key of keysWithin(turn.plan, turn.state, instance)) delete turn.state.steps[key];
  for (const key of OF_ONE_ATTEMPT) delete step[key];
}
