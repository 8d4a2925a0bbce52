import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  defineQuery,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { QUERIES, SEARCH_ATTRIBUTES } from '#contracts/names.js';
import type { Continuation, FinalRecord, InterpretInput, RunDescription, RunResult } from '#contracts/run.js';
import { createState, decide } from '#domain/execution/decide.js';
import type { RunEvent } from '#domain/execution/event.js';
import type { RunState } from '#domain/execution/state.js';
import type { Plan } from '#domain/plan/plan.js';
import { CommandCarrier } from './command-carrier.js';
import { HandOver } from './hand-over.js';
import { idsInLoops } from './loops.js';
import { OperationDesk } from './operation-desk.js';
import { recordFinal } from './projection.js';

/**
 * Runs a Plan: asks `decide` what follows from each event, carries it out, and turns what comes back into events.
 * It decides nothing itself, so a change here cannot change the meaning of a definition.
 *
 * Fails (type = the error's code, details = RunResult) where the run failed; ends canceled where Temporal was asked to
 * cancel it. Where an operation canceled it, it fails by `canceled`: Temporal lets only what it was asked for end so.
 */
export async function interpret(input: InterpretInput): Promise<RunResult> {
  const { plan, continued } = input;
  let state = continued?.state ?? createState(input.run, input.inputs, input.seed);
  setHandler(defineQuery<RunDescription>(QUERIES.describe), () => describe(state), {
    description: 'Status of the run and of each step so far.',
  });
  const desk = new OperationDesk(continued?.operations);
  const root = CancellationScope.current();
  let cancelTaken = false;
  const next = await CancellationScope.nonCancellable(
    () =>
      new Promise<Continuation | undefined>((resolve) => {
        let over = false;
        const end = (carried?: Continuation): void => {
          over = true;
          resolve(carried);
        };
        const take = oneByOne(
          (event: RunEvent) => {
            // What comes after the state was carried away comes again, or is asked for, in the next execution.
            if (over) return;
            if (event.type === 'cancel-requested') cancelTaken = true;
            const decision = decide(plan, state, event, Date.now());
            state = decision.state;
            for (const command of decision.commands) carrier.carryOut(command);
            carrier.flush();
          },
          () => {
            if (carrier.finished) return end();
            if (over) return;
            const carried = handOver.consider(state);
            if (carried === undefined) carrier.dispatch();
            else end(carried);
          },
        );
        const carrier = new CommandCarrier(input, take);
        const handOver = new HandOver(carrier);
        root.cancelRequested.catch(() => take({ type: 'cancel-requested' }));
        if (continued === undefined) take({ type: 'run-started' });
        else carrier.resume(continued);
        if (continued?.canceled === true) take({ type: 'cancel-requested' });
        if (!over) carrier.dispatch();
        // Last, for operations that came with the first task are done here and now.
        desk.open({
          plan,
          get state() {
            return state;
          },
          get leaving() {
            return over && !carrier.finished;
          },
          take: (operation) => take({ type: 'operation', operation }),
        });
      }),
  );
  // Their answers must stand before the end.
  if (!allHandlersFinished()) await condition(allHandlersFinished);
  if (next === undefined) return finish(plan, state, root.consideredCancelled);
  const canceled = root.consideredCancelled && !cancelTaken ? { canceled: true as const } : {};
  return continueAsNew<typeof interpret>({ ...input, continued: { ...next, ...desk.carry(), ...canceled } });
}

/** Handles what comes while something is being handled after it. Each promise spared here is felt in every run. */
function oneByOne<T>(handle: (item: T) => void, rest: () => void): (item: T) => void {
  const waiting: T[] = [];
  let busy = false;
  return (item) => {
    waiting.push(item);
    if (busy) return;
    busy = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) handle(next);
    } finally {
      busy = false;
    }
    rest();
  };
}

/** @param canceled whether Temporal was asked to cancel this execution */
function finish(plan: Plan, state: RunState, canceled: boolean): RunResult {
  const result = resultOf(state);
  const forgotten = idsInLoops(plan);
  upsertSearchAttributes({ [SEARCH_ATTRIBUTES.status]: [result.status] });
  recordFinal({
    run: state.run.id,
    result,
    endedAt: Date.now(),
    sequence: state.sequence,
    steps: state.steps,
    actions: actionsOf(plan, state),
    ...(forgotten.length === 0 ? {} : { forgotten }),
  });
  if (result.status === 'succeeded' || result.status === 'rejected') return result;
  const message = result.error?.step === undefined ? '' : `Step "${result.error.step}": `;
  if (result.status === 'canceled' && canceled)
    throw new CancelledFailure(result.error?.message ?? 'Canceled.', [result]);
  throw ApplicationFailure.create({
    message: `${message}${result.error?.message ?? 'The run failed.'}`,
    type: result.error?.code ?? 'run-failed',
    nonRetryable: true,
    details: [result],
  });
}

function actionsOf(plan: Plan, state: RunState): FinalRecord['actions'] {
  const actions: Record<string, string> = {};
  for (const [key, step] of Object.entries(state.steps)) {
    const node = plan.nodes[step.node];
    if (step.status !== 'succeeded' || step.reused === true || step.ordered === true) continue;
    if (node?.kind === 'uses') actions[key] = node.action;
  }
  return actions;
}

function resultOf(state: RunState): RunResult {
  return {
    status: state.status as RunResult['status'],
    ...(state.output === undefined ? {} : { output: state.output }),
    ...(state.error === undefined ? {} : { error: state.error }),
  };
}

function describe(state: RunState): RunDescription {
  return {
    status: state.status,
    sequence: state.sequence,
    steps: Object.fromEntries(
      Object.entries(state.steps).map(([key, { status, attempts }]) => [key, { status, attempts }]),
    ),
  };
}
