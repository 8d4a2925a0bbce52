import type { Json, JsonObject } from '../json.js';
import type { Directive } from '../plan/plan.js';
import type { StepError } from './step-error.js';

export type StepStatus = 'running' | 'succeeded' | 'failed' | 'skipped' | 'canceled';

/**
 * `rolling-back`: all work has stopped, compensations run. `rejected`: ended well, by an approval that was not given.
 */
export type RunStatus =
  | 'running'
  | 'paused'
  | 'canceling'
  | 'rolling-back'
  | 'succeeded'
  | 'rejected'
  | 'failed'
  | 'canceled';

/** Why a step did not run: its own `if`, a failure or a rejection above it, the end of what holds it, or a person. */
export type SkipReason = 'condition' | 'upstream-failed' | 'rejected' | 'stopped' | 'operator';

/** What a running step waits for. */
export type Waiting = 'approval' | 'event' | 'intervention' | 'claims';

/**
 * Names one instance of a node: its id, and the iteration of each enclosing forEach, outermost first.
 * `deploy`, `deploy[2]`, `check[0][7]`.
 */
export type StepKey = string;

/** Names one opened block: the container's key and the block's (branch's, case's, iteration's) number. */
export type FrameKey = string;

export interface StepState {
  node: number;
  status: StepStatus;
  /** Activations of this instance; a container's own retries count here, an action's are its worker's. */
  attempts: number;
  startedAt: number;
  endedAt?: number;
  output?: Json;
  error?: StepError;
  skipped?: SkipReason;
  /** A failure that its `onFailure: continue` swallowed. */
  continued?: true;
  waiting?: Waiting;
  /** Held by a rejection in it, or rejected itself: what needs it is skipped. */
  rejected?: true;
  /** Holds what it claims. */
  claimed?: true;
  /** Taken over from an earlier run. */
  reused?: true;
  /** A person took it for done: no attempt of it succeeded. */
  ordered?: true;
  /** What a person ordered to become of it, while what runs of it is being stopped. */
  order?: StepOrder;
  /** Input of the action in place of what the definition says. */
  input?: JsonObject;
  approval?: ApprovalState;
  /** Of a waitFor: the event's name. */
  event?: string;
  /** Of a listen: what it heard. */
  heard?: Heard;
  /** Of a loop: the turn under way, and the outputs of the one before. */
  turn?: { index: number; previous: Json };
  /** Of a step in a sequence, while it runs: its input. */
  data?: Json;
  /** Of a forEach of sequences: the output of its latest turn. */
  carried?: Json;
  /** Where the sequence goes on, where the step itself chose. */
  then?: Directive;
  /** The run ends after it. */
  ends?: true;
  /** Of a try: the error that one of its catches took. */
  caught?: { error: StepError };
  /** Of a try in its `finally`: what comes of it then. */
  pending?: { failure?: StepError; output?: Json };
  /** Branches or items that succeeded, and that did not. */
  won?: number;
  lost?: number;
  /** Set while a container ends early: its open children are being stopped. */
  stopping?: StopReason;
  /** A forEach's list and its next item. */
  loop?: { items: readonly Json[]; next: number };
  /** Of a loop: between two turns. */
  between?: true;
  /** Between two attempts of a container. */
  retrying?: true;
  /** Attempts gone by of those that its `retry` allows; `attempts` also counts those ordered by people. */
  tried?: number;
  /** Blocks of this container not yet closed, and the next branch to open. */
  open?: number;
  nextBranch?: number;
  /** First child failure that makes this container fail. */
  failure?: StepError;
}

export interface Heard {
  /** What is kept of the events taken; null once their turn of `each` is over. */
  events: Json[];
  /** Filters that have had their event. */
  matched: number[];
  untilMatched: number[];
  /** Values by which events belong together. */
  correlation: Record<string, Json>;
  /** No more events are taken. */
  over?: true;
  /** Of `each`: the event whose turn it is or comes next, and what the turns put out. */
  next: number;
  open?: true;
  outputs: Json[];
}

export type StopReason = 'timeout' | 'fail-fast' | 'quorum' | 'order';

export type StepOrder = { readonly type: 'skip' } | { readonly type: 'complete'; readonly output: Json };

/** An approval that is being waited for; people see all of it. */
export interface ApprovalState {
  by: readonly string[];
  quorum: number;
  selfApproval: boolean;
  message?: string;
  /** Milliseconds since the epoch. */
  expiresAt?: number;
  /** JSON Schemas of what is asked of the approver. */
  inputs?: Readonly<Record<string, JsonObject>>;
  votes: readonly Vote[];
  reminders: number;
}

export interface Vote {
  readonly by: string;
  readonly decision: 'approved' | 'rejected';
  readonly at: number;
  readonly reason?: string;
  readonly inputs?: JsonObject;
}

/** An event from outside, as `waitFor` sees it. */
export interface ReceivedEvent {
  readonly name: string;
  readonly data: Json;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

/** Undoing one step that succeeded. Its input was computed when the step was over. */
export interface Compensation {
  /** Key of the compensation: `deploy:compensate[2]`. */
  readonly step: StepKey;
  readonly with: { readonly input: JsonObject } | { readonly error: StepError };
}

/** Result of a step in an earlier run, taken over where the step's turn comes. */
export interface SeededStep {
  readonly status: 'succeeded' | 'skipped';
  readonly output?: Json;
  readonly skipped?: SkipReason;
}

export type Seed = Readonly<Record<StepKey, SeededStep>>;

/** A block being run. */
export interface FrameState {
  /** Children not yet settled. */
  open: number;
  /** Needs not yet settled, of the nodes that have seen at least one settle. */
  missing: Record<number, number>;
  /** Of a sequence: what its next node is handed, and at its end its output. */
  data?: Json;
  /** The run ends with it. */
  ended?: true;
  failure?: StepError;
  rejected?: true;
}

/**
 * The whole truth of a run between two events; JSON throughout, so that it can be carried, stored and compared.
 * `decide` owns it: what was passed in must not be used after the call.
 */
export interface RunState {
  status: RunStatus;
  run: RunFacts;
  inputs: JsonObject;
  steps: Record<StepKey, StepState>;
  frames: Record<FrameKey, FrameState>;
  /** Number of the last transition recorded. */
  sequence: number;
  output?: Json;
  error?: StepError;
  cancel?: { by?: string; reason?: string; compensate?: true };
  /** Nodes whose turn came while the run was paused. */
  held?: StepKey[];
  /** Nodes whose turn came after too much had been done at once; there while a breath is being taken. */
  agenda?: StepKey[];
  /** What was done at the latest moment at which anything was. */
  effort?: { at: number; spent: number };
  /** Events that nobody has waited for yet. */
  inbox?: ReceivedEvent[];
  /** What would be undone, in the order in which it was done. */
  compensations?: Compensation[];
  /** The failure that set off a rollback. */
  rollback?: { error: StepError };
  /** Compensations that failed. */
  uncompensated?: { step: StepKey; error: StepError }[];
  /** What the nodes left behind, once all are over. */
  failure?: StepError;
  rejected?: true;
  /** Orders of people for steps whose turn has not come. */
  orders?: Record<StepKey, StepOrder>;
  /** Results of an earlier run whose turn has not come. */
  seed?: Record<StepKey, SeededStep>;
  /** Of a run of sequences: what its steps exported. */
  context?: Json;
  /** Input of its first step. */
  input?: Json;
  /** Times that a sequence went back. */
  revisits?: number;
  /** Names of the checkpoints made. */
  checkpoints?: string[];
}

/** What expressions see as `run`. */
export interface RunFacts {
  readonly id: string;
  readonly workflow: string;
  readonly version: number;
  readonly trigger: string;
  readonly startedBy: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
}
