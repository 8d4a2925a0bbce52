import type { Amounts } from '#domain/plan/plan.js';
import type { ReasonRequest } from './operations.js';

/** GET /pools and /pools/{name}; PUT /pools/{name} takes a PoolRequest, DELETE is refused while something is held. */
export interface PoolView {
  readonly name: string;
  /** What it does not name is not limited. */
  readonly capacity: Amounts;
  /** What steps hold of it. */
  readonly used: Amounts;
  /** Steps that hold something of it, and steps that wait for it. */
  readonly held: number;
  readonly waiting: number;
  /** The oldest 100. */
  readonly leases: readonly LeaseView[];
}

export interface LeaseView {
  readonly run: string;
  readonly step: string;
  readonly amounts: Amounts;
  readonly since: string;
}

/** PUT /pools/{name}: sets it up (201) or changes it (200); answers with a PoolView. */
export interface PoolRequest extends ReasonRequest {
  readonly capacity: Amounts;
}

/** GET /locks: those that are held or waited for, by name. */
export interface LockView {
  readonly name: string;
  /** Absent for the moment between two holders. */
  readonly holder?: { readonly run: string; readonly step: string; readonly since: string };
  /** Steps that wait for it. */
  readonly queue: number;
  /** The first 100, in the order in which they are served. */
  readonly waiting: readonly {
    readonly run: string;
    readonly step: string;
    readonly since: string;
    /** 1 first, 5 last. */
    readonly priority: number;
  }[];
}
