import { describe, expect, it } from '@jest/globals';
import { addAmounts, type Claim, chooseGrants, findHopeless } from './grant.js';

const POOLS = new Map([
  ['runners', { slots: 4, cpu: 8 }],
  ['closed', { slots: 0 }],
]);

const locks = (...names: string[]): Claim => ({ locks: names });
const slots = (count: number, pool = 'runners'): Claim => ({
  locks: [],
  resources: { pool, amounts: { slots: count } },
});
const cores = (count: number): Claim => ({
  locks: [],
  resources: { pool: 'runners', amounts: { cpu: count } },
});
const both = (lock: string, count: number): Claim => ({ ...slots(count), locks: [lock] });

describe('chooseGrants', () => {
  it.each<[string, readonly Claim[], readonly Claim[], readonly number[]]>([
    ['nothing waits', [locks('a')], [], []],
    ['a free lock', [], [locks('a')], [0]],
    ['a held lock', [locks('a')], [locks('a')], []],
    ['the first of two that want the same lock', [], [locks('a'), locks('a')], [0]],
    ['all locks or none', [locks('a')], [locks('a', 'b')], []],
    [
      'a lock kept for an earlier claim that waits for another',
      [locks('a')],
      [locks('a', 'b'), locks('b')],
      [],
    ],
    ['a lock that no earlier claim wants', [locks('a')], [locks('a', 'b'), locks('c')], [1]],
    ['the same lock named twice', [], [locks('a', 'a')], [0]],
    ['amounts that fit together', [], [slots(1), slots(3)], [0, 1]],
    ['amounts that do not', [slots(2)], [slots(3)], []],
    ['exactly what is left', [slots(2)], [slots(2)], [0]],
    ['no small claim past a large one that waits', [slots(2)], [slots(3), slots(1), slots(1)], []],
    ['another dimension of the pool past it', [slots(2)], [slots(3), cores(1)], [1]],
    [
      'what an earlier claim leaves over, although that waits for a lock',
      [locks('a')],
      [both('a', 2), slots(2)],
      [1],
    ],
    ['no more than that', [locks('a')], [both('a', 2), slots(3)], []],
    ['nothing of a lock whose amounts do not fit', [slots(4)], [both('a', 1), locks('a')], []],
    ['the pool `default`, not limited until it is set up', [], [slots(1_000_000, 'default')], [0]],
    ['past one that can never be granted', [], [slots(5), slots(4)], [1]],
    ['past one whose pool is gone', [], [slots(1, 'gone'), locks('a')], [1]],
    ['nothing out of an empty pool', [], [slots(0, 'closed'), slots(1, 'closed')], [0]],
    ['fractions of cores as people add them', [cores(7.9), cores(0.1 * 3 - 0.3)], [cores(0.1)], [0]],
  ])('grants %s', (_, held, waiting, expected) => {
    const granted = chooseGrants(POOLS, held, waiting);
    expect(granted.map((claim) => waiting.indexOf(claim))).toEqual(expected);
  });

  it('counts a dimension that the capacity does not name as not limited', () => {
    const capacities = new Map([['runners', { slots: 1 }]]);
    const claim = { locks: [], resources: { pool: 'runners', amounts: { cpu: 1e6, memory: 2 ** 50 } } };
    expect(chooseGrants(capacities, [claim], [claim])).toEqual([claim]);
  });
});

describe('findHopeless', () => {
  it.each<[Claim, string | undefined]>([
    [locks('a'), undefined],
    [slots(4), undefined],
    [slots(5), 'pool-too-small'],
    [slots(1, 'closed'), 'pool-too-small'],
    [slots(1, 'gone'), 'pool-unknown'],
    [slots(1, 'default'), undefined],
    [slots(1, '__proto__'), 'pool-unknown'],
  ])('%j: %s', (claim, expected) => {
    expect(findHopeless(POOLS, claim)).toBe(expected);
  });
});

describe('addAmounts', () => {
  it('adds by dimension, fractions without dust and bytes to the last one', () => {
    expect(addAmounts([])).toEqual({});
    expect(addAmounts([{ cpu: 0.1 }, { cpu: 0.2, slots: 1 }])).toEqual({ cpu: 0.3, slots: 1 });
    expect(addAmounts([{ memory: 2 ** 52 }, { memory: 1 }])).toEqual({ memory: 2 ** 52 + 1 });
  });
});
