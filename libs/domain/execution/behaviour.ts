import type { Json } from '../json.js';
import type { NodeKind } from '../plan/plan.js';
import type { TimerPurpose } from './event.js';
import type { InstanceOf } from './instance.js';
import type { StepError } from './step-error.js';
import type { Turn } from './turn.js';

/** How a kind of node behaves. A kind that holds blocks has `blockClosed`. */
export interface Behaviour<K extends NodeKind> {
  /** Its turn has come: needs settled, `if` true, claims granted. */
  start(turn: Turn, instance: InstanceOf<K>): void;
  /** A block that it opened has no unsettled node left. */
  blockClosed?(turn: Turn, instance: InstanceOf<K>, block: ClosedBlock): void;
  /** A timer of its own fired. */
  timerFired?(turn: Turn, instance: InstanceOf<K>, timer: TimerPurpose): void;
  /** Asks what runs outside to stop; it settles when that has. Without this, a running leaf settles at once. */
  stopOutside?(turn: Turn, instance: InstanceOf<K>): void;
  /** It settles: timers of its own that may run are to be canceled. */
  ended?(turn: Turn, instance: InstanceOf<K>): void;
}

export interface ClosedBlock {
  /** Iteration, turn, branch, case or part. */
  readonly number: number;
  /** The first failure in it. */
  readonly failure: StepError | undefined;
  /** An approval in it was not given. */
  readonly rejected: boolean;
  /** Of a sequence. */
  readonly output?: Json;
}

export type Behaviours = { readonly [K in NodeKind]: Behaviour<K> };
