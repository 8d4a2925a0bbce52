import type { FinalStatus } from '#domain/execution/command.js';
import type { RunOrigin } from './trace-context.js';

/** An attempt at a step, as those see it who count, measure and trace. */
export interface ObservedAttempt {
  readonly run: string;
  readonly workflow: string;
  readonly step: string;
  /** From 1. */
  readonly attempt: number;
  readonly action: string;
  readonly origin: RunOrigin | undefined;
}

export interface AttemptEnding {
  readonly status: 'succeeded' | 'failed' | 'canceled';
  /** Code of the error of a failed one. */
  readonly code?: string;
}

/** Told of each attempt when it begins; answers with whom to tell when it is over. Never throws. */
export type ObserveAttempt = (attempt: ObservedAttempt) => (ending: AttemptEnding) => void;

/** A run that came to its end in the interpreter. */
export interface ObservedRun {
  readonly run: string;
  readonly workflow: string;
  readonly status: FinalStatus;
  readonly code?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly origin: RunOrigin;
}
