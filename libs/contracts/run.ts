import type { FinalStatus, Transition } from '#domain/execution/command.js';
import type { TimerPurpose } from '#domain/execution/event.js';
import type { RunFacts, RunState, RunStatus, StepState } from '#domain/execution/state.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';

/** Argument of the interpreter: with it alone a history replays. */
export interface InterpretInput {
  readonly plan: Plan;
  readonly inputs: JsonObject;
  readonly run: RunFacts;
  readonly project: string;
  /** Set where this execution goes on with a run whose history had grown long. */
  readonly continued?: Continuation;
}

/** What one execution of the interpreter hands to the next, when none of its actions is under way. */
export interface Continuation {
  readonly state: RunState;
  /** Actions commanded and not yet begun, in their order. */
  readonly waiting: readonly CarriedAction[];
  readonly timers: readonly CarriedTimer[];
  /** Attempts made of each step. */
  readonly attempts: Readonly<Record<string, number>>;
  /** What filled the workspace, in this order. */
  readonly fillers: readonly CarriedAction[];
  /** Its cancellation came too late to be carried out there. */
  readonly canceled?: true;
}

export interface CarriedAction {
  readonly step: string;
  /** Its index in the plan. */
  readonly node: number;
  readonly with: JsonObject;
}

export interface CarriedTimer {
  readonly step: string;
  readonly timer: TimerPurpose;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What the interpreter returns, and (as details of its failure) what a failed run leaves. */
export interface RunResult {
  readonly status: FinalStatus;
  readonly output?: Json;
  readonly error?: StepError;
}

/** Argument of every action. */
export interface ActionInput {
  readonly run: Pick<RunFacts, 'id' | 'workflow' | 'version'>;
  readonly project: string;
  readonly step: string;
  /** Attempts of this step made under earlier activity executions. */
  readonly attemptsBefore: number;
  /** The same for every attempt of this step of this run. */
  readonly idempotencyKey: string;
  readonly with: JsonObject;
  /** Set when this is not the step's turn but a lost workspace being made anew. */
  readonly rebuild?: true;
}

/** What an action's activity returns. A failed one throws ApplicationFailure: type = code, details = [StepError, attempts]. */
export interface ActionResult {
  readonly output: Json;
  /** Attempts of the step so far, `attemptsBefore` included. */
  readonly attempts: number;
}

/** Transitions on their way to the projection: idempotent by (run, sequence). */
export interface TransitionBatch {
  readonly run: string;
  readonly transitions: readonly Transition[];
}

/** The complete truth of an ended run, on its way to the projection; idempotent. */
export interface FinalRecord {
  readonly run: string;
  readonly result: RunResult;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  /** Number of the last transition. */
  readonly sequence: number;
  readonly steps: Readonly<Record<string, StepState>>;
  /** Action of each step that succeeded by one: its last attempt succeeded, whatever was recorded of it. */
  readonly actions: Readonly<Record<string, string>>;
}

/** Argument and result of `assignWorkspace`. */
export interface WorkspaceRequest {
  readonly run: string;
  /** The queue that no longer answers, when one was assigned before. */
  readonly lost?: string;
}

export interface WorkspaceAssignment {
  readonly queue: string;
  /** False when the earlier worker still lives: nothing has to be made anew. */
  readonly fresh: boolean;
}

/** Answer of the `describe` query. */
export interface RunDescription {
  readonly status: RunStatus;
  readonly sequence: number;
  readonly steps: Readonly<Record<string, { readonly status: string; readonly attempts: number }>>;
}
