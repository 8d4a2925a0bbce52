import type { RunViewStatus } from './rest/runs.js';

/** What becomes of a tick while the run of an earlier one goes on. */
export const OVERLAPS = ['skip', 'buffer-one', 'buffer-all', 'cancel-other', 'allow-all'] as const;

export type Overlap = (typeof OVERLAPS)[number];

/** Argument of the workflow that Temporal starts at each tick. What it runs, Postgres knows. */
export interface TickInput {
  readonly schedule: string;
  /** Of the schedule, when Temporal was told of it last. */
  readonly revision: number;
  /** Set where it goes on after its history had grown long: milliseconds since the epoch. */
  readonly at?: number;
}

/** Argument of `noteTick`; may be repeated. */
export interface TickNote {
  readonly schedule: string;
  /** The moment that the tick stands for, in milliseconds since the epoch. */
  readonly at: number;
  /** Temporal's id of the tick. */
  readonly workflowId: string;
  /** Its run is to end. */
  readonly canceled: boolean;
}

/** What came of a tick. `gone`: there is no such schedule; `paused`: it was not to tick any more. */
export interface TickEnd {
  readonly outcome: TickOutcome;
}

export type TickOutcome =
  | Extract<RunViewStatus, 'succeeded' | 'rejected' | 'failed' | 'canceled'>
  | TickFailure;

type TickFailure = 'not-started' | 'gone' | 'paused';
