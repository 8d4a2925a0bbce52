import type { Plan, RunInputs } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import type { Command } from './command.js';
import type { RunEvent } from './event.js';
import { type Instance, instanceOf, parseStepKey } from './instance.js';
import { BEHAVIOURS } from './kinds/table.js';
import { applyOperation } from './operations/table.js';
import type { RunFacts, RunState, Seed, StepKey } from './state.js';
import { Turn } from './turn.js';

/** The state of a run of which nothing has happened yet. `seed`: results of an earlier run that it takes over. */
export function createState(run: RunFacts, inputs: RunInputs, seed?: Seed): RunState {
  return {
    status: 'running',
    run,
    inputs,
    steps: Object.create(null),
    frames: Object.create(null),
    sequence: 0,
    ...(seed === undefined ? {} : { seed: { ...seed } }),
  };
}

export interface Decision {
  readonly state: RunState;
  /** In the order in which they must be carried out. */
  readonly commands: readonly Command[];
}

/**
 * The whole engine: what follows from one event.
 *
 * Deterministic: the same (plan, state, event, now) gives the same answer, in any process and at any time. It takes
 * over `state`, changes it in place and hands it back: an event costs what it changes, not what the run holds.
 * An event for a step that is no longer running, and an operation that does not fit, change nothing.
 *
 * @param now milliseconds since the epoch
 */
export function decide(plan: Plan, state: RunState, event: RunEvent, now: number): Decision {
  const turn = new Turn(plan, state, now, BEHAVIOURS);
  apply(turn, event);
  turn.settleAgenda();
  return { state, commands: turn.commands };
}

function apply(turn: Turn, event: RunEvent): void {
  switch (event.type) {
    case 'run-started':
      return turn.startRun();
    case 'cancel-requested':
      return turn.cancelRun(event);
    case 'breath-taken':
      return turn.resumeAgenda();
    case 'operation':
      return applyOperation(turn, event.operation);
  }
  const instance = findRunning(turn, event.step);
  if (instance === undefined) return;
  if ('attempts' in event) turn.requireState(instance).attempts = event.attempts;
  switch (event.type) {
    case 'action-succeeded':
      return turn.settle(instance, { status: 'succeeded', output: event.output });
    case 'action-failed':
      return turn.fail(instance, event.error);
    case 'claims-refused':
      return turn.claimsRefused(instance, event.error);
    case 'action-canceled':
      return turn.settleStopped(instance);
    case 'timer-fired':
      return turn.fireTimer(instance, event.timer);
    case 'claims-granted':
      return turn.claimsGranted(instance);
  }
}

function findRunning(turn: Turn, key: StepKey): Instance | undefined {
  if (turn.stateOf(key)?.status !== 'running') return undefined;
  const { id, iterations } = parseStepKey(key);
  const node = findNode(turn.plan, id);
  return node === undefined ? undefined : instanceOf(node, iterations);
}
