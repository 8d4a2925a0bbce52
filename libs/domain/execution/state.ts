import type { Json, JsonObject } from '../json.js';
import type { StepError } from './step-error.js';

export type StepStatus = 'running' | 'succeeded' | 'failed' | 'skipped' | 'canceled';

export type RunStatus = 'running' | 'canceling' | 'succeeded' | 'failed' | 'canceled';

/** Why a step did not run: its own `if`, a failure above it, or the end of what holds it. */
export type SkipReason = 'condition' | 'upstream-failed' | 'stopped';

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
  /** Set while a container ends early: its open children are being stopped. */
  stopping?: StopReason;
  /** A forEach's list and its next item. */
  loop?: { items: readonly Json[]; next: number };
  /** Between two attempts of a container. */
  retrying?: true;
  /** Blocks of this container not yet closed, and the next branch to open. */
  open?: number;
  nextBranch?: number;
  /** First child failure that makes this container fail. */
  failure?: StepError;
}

export type StopReason = 'timeout' | 'fail-fast';

/** A block being run. */
export interface FrameState {
  /** Children not yet settled. */
  open: number;
  /** Needs not yet settled, of the nodes that have seen at least one settle. */
  missing: Record<number, number>;
  failure?: StepError;
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
  cancel?: { by?: string; reason?: string };
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
