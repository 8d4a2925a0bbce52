import type { Json, JsonObject } from '../json.js';
import type { Amounts, NodeOf } from '../plan/plan.js';
import type { TimerPurpose } from './event.js';
import type { ApprovalState, RunStatus, SkipReason, StepKey, StepStatus, Waiting } from './state.js';
import type { StepError } from './step-error.js';

/** What the interpreter must do. */
export type Command =
  | {
      readonly type: 'run-action';
      readonly step: StepKey;
      readonly node: NodeOf<'uses'>;
      readonly with: JsonObject;
    }
  | { readonly type: 'cancel-action'; readonly step: StepKey }
  /** Ends by the same events as an action; `cancel-action` stops it. */
  | {
      readonly type: 'run-workflow';
      readonly step: StepKey;
      readonly node: NodeOf<'workflow'>;
      readonly inputs: JsonObject;
    }
  /** Answered by `claims-granted` or `claims-refused`. */
  | { readonly type: 'acquire-claims'; readonly step: StepKey; readonly claims: ResolvedClaims }
  /** Gives back what was granted, or asks no longer. */
  | { readonly type: 'release-claims'; readonly step: StepKey }
  | {
      readonly type: 'start-timer';
      readonly step: StepKey;
      readonly timer: TimerPurpose;
      readonly ms: number;
    }
  | { readonly type: 'cancel-timer'; readonly step: StepKey; readonly timer: TimerPurpose }
  /** So much was done at once that other runs must have their turn; answered by `breath-taken`. */
  | { readonly type: 'take-breath' }
  | { readonly type: 'record'; readonly transition: Transition }
  | { readonly type: 'publish'; readonly event: PublishedEvent }
  /** Last of all: nothing is left running. */
  | { readonly type: 'finish-run'; readonly status: FinalStatus };

export type FinalStatus = Extract<RunStatus, 'succeeded' | 'rejected' | 'failed' | 'canceled'>;

export interface ResolvedClaims {
  readonly locks: readonly string[];
  readonly resources?: { readonly pool: string; readonly amounts: Amounts };
  /** 1 first, 5 last. */
  readonly priority: number;
}

/** Something that happened in a run and that others may want to hear of; numbered together with the transitions. */
export interface PublishedEvent {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: PublishedEventType;
  readonly step?: StepKey;
  readonly by?: string;
  readonly reason?: string;
  /** Of an emitted or received event, or of a checkpoint. */
  readonly name?: string;
  readonly data?: Json;
}

export type PublishedEventType =
  | 'run.paused'
  | 'run.resumed'
  | 'run.cancel-requested'
  | 'run.rollback-started'
  | 'run.checkpointed'
  | 'event.emitted'
  | 'event.received'
  | 'approval.requested'
  | 'approval.reminded'
  | 'approval.escalated'
  | 'approval.approved'
  | 'approval.rejected'
  | 'approval.expired'
  | 'step.intervention-needed'
  | 'step.retried'
  | 'step.skipped'
  | 'step.completed';

/** One change of a step or (without `step`) of the run, numbered without gaps; the projection is made of these. */
export interface Transition {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly step?: StepKey;
  readonly status: StepStatus | RunStatus;
  readonly attempt?: number;
  readonly output?: Json;
  readonly error?: StepError;
  readonly skipped?: SkipReason;
  readonly waiting?: Waiting;
  readonly approval?: ApprovalState;
  /** Name of the event that is waited for. */
  readonly event?: string;
  readonly reused?: true;
}
