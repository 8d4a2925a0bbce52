import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Amounts } from '../plan/plan.js';
import { addAmounts, type Claim, chooseGrants, DIMENSIONS, findHopeless } from './grant.js';

interface Step extends Claim {
  readonly id: number;
  readonly priority: number;
}

const POOLS = ['small', 'large'];

const amounts: fc.Arbitrary<Amounts> = fc.record(
  {
    cpu: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10),
    slots: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: [] },
);

const capacities = fc
  .tuple(
    fc.record({ cpu: fc.integer({ min: 4, max: 6 }), slots: fc.integer({ min: 5, max: 6 }) }),
    fc.record({ slots: fc.integer({ min: 5, max: 20 }) }),
  )
  .map(
    ([small, large]) =>
      new Map<string, Amounts>([
        ['small', small],
        ['large', large],
      ]),
  );

const claim = fc.record({
  locks: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }),
  resources: fc.option(fc.record({ pool: fc.constantFrom(...POOLS), amounts }), { nil: undefined }),
  priority: fc.integer({ min: 1, max: 5 }),
});

const steps: fc.Arbitrary<Step[]> = fc.array(claim, { minLength: 1, maxLength: 25 }).map((claims) =>
  claims.map(({ locks, priority, resources }, id) => ({
    id,
    locks,
    priority,
    ...(resources === undefined ? {} : { resources }),
  })),
);

/** What happens next: a step asks, or one that holds something ends. Numbers choose which. */
const schedule = fc.array(fc.tuple(fc.boolean(), fc.nat()), { minLength: 10, maxLength: 120 });

describe('claims of steps that ask and end in any order', () => {
  it('never exceed a capacity, and a lock has one holder', () => {
    play((capacities, world) => {
      for (const pool of POOLS) {
        const used = usedOf(world.held, pool);
        for (const dimension of DIMENSIONS) {
          const limit = capacities.get(pool)![dimension];
          if (limit !== undefined) expect(used[dimension] ?? 0).toBeLessThanOrEqual(limit);
        }
      }
      const locks = world.held.flatMap((step) => step.locks);
      expect(new Set(locks).size).toBe(locks.length);
    });
  });

  it('are granted in their order, where a later one would take from an earlier one', () => {
    play((capacities, { held, waiting, granted }) => {
      for (const late of granted) {
        for (const early of waiting.filter((step) => inOrder(step, late) < 0)) {
          expect(late.locks.filter((lock) => early.locks.includes(lock))).toEqual([]);
          if (!sharesDimension(early, late)) continue;
          const pool = early.resources!.pool;
          const both = addAmounts([usedOf(held, pool), early.resources!.amounts]);
          for (const dimension of DIMENSIONS) {
            if (late.resources!.amounts[dimension] === undefined) continue;
            if (early.resources!.amounts[dimension] === undefined) continue;
            expect(both[dimension]).toBeLessThanOrEqual(capacities.get(pool)![dimension] ?? Infinity);
          }
        }
      }
    });
  });

  it('wait only for what is held or asked for by an earlier one', () => {
    play((capacities, { held, waiting }) => {
      waiting.forEach((step, place) => {
        const before = [...held, ...waiting.slice(0, place)];
        expect(before.some((other) => contends(other, step))).toBe(true);
      });
      // The first in line waits for a holder, and a holder waits for nothing: it is never a circle.
      if (waiting.length > 0) expect(held.length).toBeGreaterThan(0);
      expect(chooseGrants(capacities, held, waiting)).toEqual([]);
    });
  });

  it('are all granted in the end, the oldest of the highest priority before anything that contends with it', () => {
    fc.assert(
      fc.property(capacities, steps, schedule, (pools, all, plays) => {
        const world = new World(pools, all);
        for (const [asks, number] of plays) world.play(asks, number);
        world.askAll();
        for (let turns = 0; world.held.length > 0; turns++) {
          expect(turns).toBeLessThanOrEqual(all.length);
          world.end(0);
        }
        expect(world.waiting).toEqual([]);
        expect(world.served.size).toBe(all.filter((step) => findHopeless(pools, step) === undefined).length);
      }),
    );
  });

  it('of a large step are not overtaken for ever by small ones that keep coming', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 6 }), (capacity, wanted) => {
        fc.pre(wanted <= capacity);
        const pools = new Map([['small', { slots: capacity }]]);
        const slots = (count: number): Claim => ({
          locks: [],
          resources: { pool: 'small', amounts: { slots: count } },
        });
        let held: Claim[] = Array.from({ length: capacity }, () => slots(1));
        const large = slots(wanted);
        for (let ended = 0; ; ended++) {
          expect(ended).toBeLessThanOrEqual(capacity);
          const granted = chooseGrants(pools, held, [large, slots(1), slots(1)]);
          if (granted.includes(large)) break;
          held = [...held.slice(1), ...granted];
        }
      }),
    );
  });
});

/** Plays random schedules, and looks after each play. */
function play(look: (capacities: ReadonlyMap<string, Amounts>, world: World) => void): void {
  fc.assert(
    fc.property(capacities, steps, schedule, (pools, all, plays) => {
      const world = new World(pools, all);
      for (const [asks, number] of plays) {
        world.play(asks, number);
        look(pools, world);
      }
    }),
  );
}

class World {
  held: Step[] = [];
  waiting: Step[] = [];
  granted: readonly Step[] = [];
  readonly served = new Set<number>();
  private readonly idle: Step[];

  constructor(
    private readonly capacities: ReadonlyMap<string, Amounts>,
    all: readonly Step[],
  ) {
    this.idle = all.filter((step) => findHopeless(capacities, step) === undefined);
  }

  play(asks: boolean, number: number): void {
    if (asks && this.idle.length > 0) this.ask(number % this.idle.length);
    else if (this.held.length > 0) this.end(number % this.held.length);
  }

  askAll(): void {
    while (this.idle.length > 0) this.ask(0);
  }

  end(index: number): void {
    this.held.splice(index, 1);
    this.grant();
  }

  private ask(index: number): void {
    this.waiting.push(...this.idle.splice(index, 1));
    this.waiting.sort(inOrder);
    this.grant();
  }

  private grant(): void {
    this.granted = chooseGrants(this.capacities, this.held, this.waiting);
    for (const step of this.granted) {
      expect(this.served.has(step.id)).toBe(false);
      this.served.add(step.id);
    }
    this.held.push(...this.granted);
    this.waiting = this.waiting.filter((step) => !this.granted.includes(step));
  }
}

function inOrder(a: Step, b: Step): number {
  return a.priority - b.priority || a.id - b.id;
}

function usedOf(held: readonly Claim[], pool: string): Amounts {
  return addAmounts(held.flatMap(({ resources }) => (resources?.pool === pool ? [resources.amounts] : [])));
}

function contends(a: Claim, b: Claim): boolean {
  return a.locks.some((lock) => b.locks.includes(lock)) || sharesDimension(a, b);
}

function sharesDimension(a: Claim, b: Claim): boolean {
  if (a.resources === undefined || b.resources?.pool !== a.resources.pool) return false;
  const { amounts } = a.resources;
  const other = b.resources.amounts;
  return DIMENSIONS.some((dimension) => amounts[dimension] !== undefined && other[dimension] !== undefined);
}
