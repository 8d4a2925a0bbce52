import type { Amounts } from '../plan/plan.js';

/** What one step claims: locks by name, and amounts out of at most one pool. */
export interface Claim {
  readonly locks: readonly string[];
  readonly resources?: { readonly pool: string; readonly amounts: Amounts };
}

/** A pool's capacity by its name; what a capacity does not name is not limited. */
export type Capacities = ReadonlyMap<string, Amounts>;

/** Exists without being set up, and is not limited until it is. */
export const DEFAULT_POOL = 'default';

export const DIMENSIONS = ['cpu', 'memory', 'disk', 'slots'] as const satisfies readonly (keyof Amounts)[];

/** Why a claim can never be granted, however long it waits. */
export type Hopeless = 'pool-unknown' | 'pool-too-small';

/**
 * Those of the waiting claims that get all they ask for, now. `waiting` stands in the order in which they are served.
 * A claim that does not get everything gets nothing, and what it asks for is kept for it: a later one is granted only
 * where that takes nothing away from it. So a large claim is not overtaken for ever by small ones, and one that asks
 * for other things passes. A hopeless claim is passed over.
 */
export function chooseGrants<C extends Claim>(
  capacities: Capacities,
  held: readonly Claim[],
  waiting: readonly C[],
): C[] {
  const taken = new Takings(capacities);
  for (const claim of held) taken.add(claim);
  const granted: C[] = [];
  for (const claim of waiting) {
    if (findHopeless(capacities, claim) !== undefined) continue;
    if (taken.fits(claim)) granted.push(claim);
    taken.add(claim);
  }
  return granted;
}

/** Undefined where the claim can be granted once what it waits for is given back. */
export function findHopeless(capacities: Capacities, { resources }: Claim): Hopeless | undefined {
  if (resources === undefined) return undefined;
  const capacity = capacityOf(capacities, resources.pool);
  if (capacity === undefined) return 'pool-unknown';
  const tooMuch = DIMENSIONS.some((dimension) =>
    exceeds(resources.amounts[dimension] ?? 0, capacity[dimension]),
  );
  return tooMuch ? 'pool-too-small' : undefined;
}

/** Sum of amounts, by what any of them names. */
export function addAmounts(all: readonly Amounts[]): Amounts {
  const sum: { -readonly [D in keyof Amounts]: Amounts[D] } = {};
  for (const amounts of all) {
    for (const dimension of DIMENSIONS) {
      const amount = amounts[dimension];
      if (amount !== undefined) sum[dimension] = addExactly(sum[dimension] ?? 0, amount);
    }
  }
  return sum;
}

function capacityOf(capacities: Capacities, pool: string): Amounts | undefined {
  return capacities.get(pool) ?? (pool === DEFAULT_POOL ? {} : undefined);
}

/** What is held, and what is kept for those that wait. */
class Takings {
  private readonly locks = new Set<string>();
  private readonly used = new Map<string, Amounts>();

  constructor(private readonly capacities: Capacities) {}

  fits({ locks, resources }: Claim): boolean {
    if (locks.some((lock) => this.locks.has(lock))) return false;
    if (resources === undefined) return true;
    const { pool, amounts } = resources;
    const used = this.used.get(pool) ?? {};
    const capacity = capacityOf(this.capacities, pool) ?? {};
    return DIMENSIONS.every((dimension) => {
      const amount = amounts[dimension] ?? 0;
      return amount === 0 || !exceeds(addExactly(used[dimension] ?? 0, amount), capacity[dimension]);
    });
  }

  add({ locks, resources }: Claim): void {
    for (const lock of locks) this.locks.add(lock);
    if (resources === undefined) return;
    const { pool, amounts } = resources;
    this.used.set(pool, addAmounts([this.used.get(pool) ?? {}, amounts]));
  }
}

function exceeds(amount: number, limit: number | undefined): boolean {
  return limit !== undefined && amount > limit;
}

/** Fractions in thousandths, which is as fine as cores are counted: 0.1 + 0.2 is 0.3. */
function addExactly(a: number, b: number): number {
  if (Number.isInteger(a) && Number.isInteger(b)) return a + b;
  return (Math.round(a * 1_000) + Math.round(b * 1_000)) / 1_000;
}
