import { evaluateTemplate } from '../expressions/evaluate.js';
import { isJsonObject } from '../json.js';
import { giveRunOutput } from './data-flow.js';
import { engineError } from './failures.js';
import { type Instance, instanceOf, parseStepKey } from './instance.js';
import { exceedsValueLimit } from './limits.js';
import { withProblem } from './problem.js';
import type { Compensation, FrameState, StepKey, StepState } from './state.js';
import type { StepError } from './step-error.js';
import { stopWithin } from './stopping.js';
import type { Turn } from './turn.js';

/** How a run comes to its end: by its result, or by undoing what it did. */

/** From now on nothing begins; when all is over, what was done is undone. False where the run is ending already. */
export function startRollback(turn: Turn, error: StepError): boolean {
  const { state } = turn;
  if (state.rollback !== undefined || state.status === 'canceling') return false;
  state.rollback = { error };
  state.status = 'rolling-back';
  turn.recording.run();
  turn.recording.publish({
    type: 'run.rollback-started',
    ...(error.step === undefined ? {} : { step: error.step }),
  });
  return true;
}

/** Stops what is under way in a run that is ending. */
export function stopRun(turn: Turn): void {
  stopWithin(turn, undefined);
}

/** Notes how to undo a step that has just succeeded. */
export function rememberCompensation(turn: Turn, { node, iterations }: Instance): void {
  const compensation = turn.plan.nodes[node.compensate!]!;
  if (compensation.kind !== 'uses') throw new Error(`node ${node.compensate} is no compensation`);
  const { key } = instanceOf(compensation, iterations);
  const scope = turn.scopeAt({ node: compensation, iterations });
  const input = evaluateTemplate(compensation.with, scope);
  turn.state.compensations ??= [];
  const known = turn.state.compensations;
  const earlier = known.findIndex(({ step }) => step === key);
  if (earlier !== -1) known.splice(earlier, 1);
  known.push({ step: key, with: toInput(input) });
}

function toInput(input: ReturnType<typeof evaluateTemplate>): Compensation['with'] {
  if (!input.ok) return { error: engineError(input.code, input.message) };
  if (!isJsonObject(input.value)) throw new Error('`with` must be a map');
  if (exceedsValueLimit(input.value)) return { error: engineError('input-too-large') };
  return { input: input.value };
}

/** All nodes are over. */
export function rootClosed(turn: Turn, frame: FrameState): void {
  const { state } = turn;
  if (frame.failure !== undefined) state.failure = frame.failure;
  if (frame.rejected === true) state.rejected = true;
  if (frame.data !== undefined && frame.failure === undefined) state.output = frame.data;
  if (state.rollback === undefined && state.cancel?.compensate !== true) return finishRun(turn);
  if (state.status !== 'rolling-back') {
    state.status = 'rolling-back';
    turn.recording.run();
  }
  compensateNext(turn);
}

/** A compensation is over; the next one begins, or the run ends. */
export function compensationEnded(turn: Turn, instance: Instance, step: StepState): void {
  if (step.status === 'failed' || step.status === 'canceled') {
    noteUncompensated(turn, instance.key, step.error!);
  }
  compensateNext(turn);
}

function compensateNext(turn: Turn): void {
  for (
    let next = turn.state.compensations?.pop();
    next !== undefined;
    next = turn.state.compensations?.pop()
  ) {
    const { id, iterations } = parseStepKey(next.step);
    const instance = turn.instanceAt(id, iterations)!;
    if (instance.node.kind !== 'uses') throw new Error(`${next.step} is no compensation`);
    const step = turn.create(instance);
    turn.recording.step(instance, step);
    if ('input' in next.with) {
      const { node, key } = instance;
      return void turn.commands.push({ type: 'run-action', step: key, node, with: next.with.input });
    }
    // Those that cannot even be begun are noted, and the rest still undone.
    step.status = 'failed';
    step.endedAt = turn.now;
    step.error = next.with.error;
    turn.recording.step(instance, step);
    noteUncompensated(turn, next.step, next.with.error);
  }
  finishRun(turn);
}

function noteUncompensated({ state }: Turn, step: StepKey, error: StepError): void {
  state.uncompensated = [...(state.uncompensated ?? []), { step, error }];
}

function finishRun(turn: Turn): void {
  const { state } = turn;
  conclude(turn);
  turn.recording.run();
  turn.commands.push({
    type: 'finish-run',
    status: state.status as 'succeeded' | 'rejected' | 'failed' | 'canceled',
  });
}

function conclude(turn: Turn): void {
  const { state } = turn;
  const { uncompensated = [], rollback, cancel } = state;
  const cause =
    rollback?.error ?? (cancel === undefined ? state.failure : engineError('canceled', cancel.reason));
  if (uncompensated.length > 0) {
    const names = uncompensated.map(({ step }) => step.replace(':compensate', '')).join(', ');
    state.status = 'failed';
    state.error = {
      ...engineError('compensation-failed', `Not undone: ${names}.`),
      step: uncompensated[0]!.step,
      details: { cause: (cause ?? null) as never, failed: uncompensated as never },
    };
  } else if (rollback === undefined && cancel !== undefined) {
    state.status = 'canceled';
    state.error = cause!;
  } else if (cause !== undefined) {
    state.status = 'failed';
    state.error = cause;
  } else computeOutput(turn);
}

function computeOutput(turn: Turn): void {
  const { state, plan } = turn;
  state.status = state.rejected === true ? 'rejected' : 'succeeded';
  if (plan.data !== undefined) return passOutput(turn);
  if (plan.output === undefined) return;
  const result = evaluateTemplate(plan.output, turn.scopeAt());
  if (result.ok && !exceedsValueLimit(result.value)) {
    state.output = result.value;
    return;
  }
  // What it is made of may not have come about.
  if (state.status === 'rejected') return;
  state.status = 'failed';
  state.error = result.ok
    ? engineError('output-too-large', 'In `output` of the definition.')
    : engineError(result.code, `In \`output\` of the definition: ${result.message}`);
}

/** The output of a sequence is that of its last step. */
function passOutput(turn: Turn): void {
  const { state } = turn;
  const given = giveRunOutput(turn, state.output ?? null);
  if ('value' in given) {
    state.output = given.value;
    return;
  }
  delete state.output;
  state.status = 'failed';
  state.error = withProblem(given.error, '/');
}
