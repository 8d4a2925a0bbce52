import type { SecretsDefinition } from '#domain/definition/definition.js';
import type { FinalStatus, PublishedEvent, ResolvedClaims, Transition } from '#domain/execution/command.js';
import type { TimerPurpose } from '#domain/execution/event.js';
import type { Refusal } from '#domain/execution/operation.js';
import type { RunFacts, RunState, RunStatus, Seed, StepState } from '#domain/execution/state.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import type { RunOrigin } from './trace-context.js';

/** Argument of the interpreter: with it alone a history replays. */
export interface InterpretInput {
  readonly plan: Plan;
  readonly inputs: JsonObject;
  readonly run: RunFacts;
  readonly project: string;
  /** Results of an earlier run that this one takes over. */
  readonly seed?: Seed;
  /** Set in a run that a step of another one started. */
  readonly parent?: ParentRun;
  readonly origin?: RunOrigin;
  /** Set where this execution goes on with a run whose history had grown long. */
  readonly continued?: Continuation;
}

/** The run whose step started this one. */
export interface ParentRun {
  readonly run: string;
  readonly step: string;
  /** Runs above this one. */
  readonly depth: number;
  /** Steps above this run hold locks, resources or a concurrency group: it may take none of its own. */
  readonly holdsClaims: boolean;
}

/** Argument of `prepareRun`: a run started by a step of another; the same answer for the same parent and step. */
export interface ChildRunRequest {
  readonly project: string;
  readonly workflow: string;
  readonly version: number;
  readonly inputs: JsonObject;
  readonly startedBy: string;
  readonly parent: ParentRun;
  /** Attempts of the step before this one. */
  readonly attemptsBefore: number;
  /** Of the run whose step it is. */
  readonly origin?: RunOrigin;
}

/** Argument of `acquireClaims`; fails with code `claims-busy`, to be tried again, until all is granted at once. */
export interface ClaimsRequest {
  readonly run: string;
  readonly project: string;
  readonly step: string;
  readonly claims: ResolvedClaims;
}

/** Argument of `releaseClaims`; may be repeated. */
export interface ClaimsRelease {
  readonly run: string;
  readonly step: string;
}

/** Answer of the `operate` update. A refused one is refused by its validator and leaves no event. */
export interface OperationResult {
  readonly status: RunStatus;
  /** Of the step that it was about. */
  readonly step?: { readonly key: string; readonly status: string };
}

/** Details of the failure by which the validator of `operate` refuses. */
export type OperationRefusal = Refusal;

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
  readonly claims?: CarriedClaims;
  /** Answers to the latest operations by their ids, so that one that is sent again is not done again. */
  readonly operations?: Readonly<Record<string, OperationResult>>;
  /** Its cancellation came too late to be carried out there. */
  readonly canceled?: true;
}

/** An action, or a step that runs another workflow: then `with` holds that one's inputs. */
export interface CarriedAction {
  readonly step: string;
  /** Its index in the plan. */
  readonly node: number;
  readonly with: JsonObject;
}

/** Steps that wait for what they claim, and steps that still have to give it back. */
export interface CarriedClaims {
  readonly asked: readonly { readonly step: string; readonly claims: ResolvedClaims }[];
  readonly returned: readonly string[];
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
  /** As many of those belong to earlier goes: a person had the step done anew since. */
  readonly begunAfter?: number;
  /** The last attempt was cut off with its worker. */
  readonly afterLoss?: true;
  /** The same for every attempt of this step of this run. */
  readonly idempotencyKey: string;
  readonly with: JsonObject;
  readonly secrets?: SecretsDefinition;
  /** JSON Schema that the output must fit. */
  readonly outputSchema?: JsonObject;
  /** Set when this is not the step's turn but a lost workspace being made anew. */
  readonly rebuild?: true;
  /** Of the run. */
  readonly origin?: RunOrigin;
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
  readonly events?: readonly PublishedEvent[];
}

/** The complete truth of an ended run, on its way to the projection; idempotent. */
export interface FinalRecord {
  readonly run: string;
  readonly result: RunResult;
  /** Milliseconds since the epoch; where it is absent, what was recorded of it before holds. */
  readonly startedAt?: number;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  /** Number of the last transition. */
  readonly sequence: number;
  readonly steps: Readonly<Record<string, StepState>>;
  /** Action of each step that succeeded by one: its last attempt succeeded, whatever was recorded of it. */
  readonly actions: Readonly<Record<string, string>>;
  /** Ids of steps of which earlier instances are in the projection only: those of a loop's turns gone by. */
  readonly forgotten?: readonly string[];
}

/** Argument and result of `assignWorkspace`. */
export interface WorkspaceRequest {
  readonly run: string;
  /** Worker pool in which it lies; a run has one workspace in each. */
  readonly pool?: string;
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
