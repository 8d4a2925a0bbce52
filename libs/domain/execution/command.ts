import type { Json, JsonObject } from '../json.js';
import type { NodeOf } from '../plan/plan.js';
import type { TimerPurpose } from './event.js';
import type { RunStatus, SkipReason, StepKey, StepStatus } from './state.js';
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
  | {
      readonly type: 'start-timer';
      readonly step: StepKey;
      readonly timer: TimerPurpose;
      readonly ms: number;
    }
  | { readonly type: 'cancel-timer'; readonly step: StepKey; readonly timer: TimerPurpose }
  | { readonly type: 'record'; readonly transition: Transition }
  /** Last of all: nothing is left running. */
  | { readonly type: 'finish-run'; readonly status: FinalStatus };

export type FinalStatus = Extract<RunStatus, 'succeeded' | 'failed' | 'canceled'>;

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
}
