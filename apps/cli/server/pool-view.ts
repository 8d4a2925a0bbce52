/** Cores, bytes, bytes, and what the name of the pool says. */
export interface PoolCapacity {
  readonly cpu?: number;
  readonly memory?: number;
  readonly disk?: number;
  readonly slots?: number;
}

/** GET /pools; PUT /pools/{name} `{ capacity }`; DELETE /pools/{name}. */
export interface PoolView {
  readonly name: string;
  readonly capacity: PoolCapacity;
  readonly used: PoolCapacity;
  /** Steps that wait for room. */
  readonly waiting: number;
  readonly leases: readonly LeaseView[];
}

interface LeaseView {
  readonly run: string;
  readonly step: string;
  readonly amounts: PoolCapacity;
  readonly since: string;
}

/** GET /locks: those that are held. */
export interface LockView {
  readonly name: string;
  readonly holder: { readonly run: string; readonly step: string; readonly since: string };
  /** In the order of their turn. */
  readonly waiting: readonly LockWaiter[];
}

interface LockWaiter {
  readonly run: string;
  readonly step: string;
  readonly since: string;
  /** 1 first, 5 last. */
  readonly priority: number;
}
