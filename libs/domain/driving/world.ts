import type { Command, FinalStatus, PublishedEvent, Transition } from '../execution/command.js';
import type { RunState } from '../execution/state.js';
import type { StepError } from '../execution/step-error.js';
import type { Json } from '../json.js';
import type { ClaimsDesk } from './claims-desk.js';

export type RunAction = Extract<Command, { type: 'run-action' }>;
export type RunWorkflow = Extract<Command, { type: 'run-workflow' }>;

/** Asks what was begun to stop; its end is still told. Does nothing once it is over. */
export type Stop = () => void;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fire` once, not before this returns; the answer takes it back. */
  after(ms: number, fire: () => void): Stop;
}

/** How one attempt of an action ended. */
export type AttemptEnd =
  | { readonly type: 'succeeded'; readonly output: Json }
  | {
      readonly type: 'failed';
      readonly error: StepError;
      /** Whether another attempt may end otherwise. */
      readonly retryable: boolean;
      /** Pause that the other side asked for. */
      readonly retryAfterMs?: number;
    }
  | { readonly type: 'canceled' };

export type WorkflowEnd =
  | { readonly type: 'succeeded'; readonly output: Json }
  | { readonly type: 'failed'; readonly error: StepError }
  | { readonly type: 'canceled' };

/** What is outside the engine: everything that takes time or has an effect. */
export interface World {
  readonly clock: Clock;
  readonly claims: ClaimsDesk;
  /** @param attempt of the step, from 1; `end` is called once, not before this returns */
  beginAttempt(command: RunAction, attempt: number, end: (end: AttemptEnd) => void): Stop;
  /** A run of another workflow. @param attempt as that of an action */
  beginWorkflow(command: RunWorkflow, attempt: number, end: (end: WorkflowEnd) => void): Stop;
  /** Lets others have their turn, then calls back. */
  breathe(over: () => void): void;
  /** What becomes known of the run, in its order. */
  record(transition: Transition): void;
  publish(event: PublishedEvent): void;
  /** Nothing is left running. */
  finished(status: FinalStatus, state: RunState): void;
}
