import type { CelMap } from '@bufbuild/cel';
import { describe, expect, it } from '@jest/globals';
import { bind, bindSteps, ObjectView } from './bind.js';
import { charge, withBudget } from './meter.js';

describe('an object as CEL sees it', () => {
  const map = bind({ a: 1, b: 'x', c: null }) as CelMap;

  it('is a map as any other', () => {
    const entries = [
      ['a', 1n],
      ['b', 'x'],
      ['c', null],
    ];
    const visited: unknown[] = [];
    map.forEach((value, key) => void visited.push([key, value]));
    expect([map.size, [...map], [...map.entries()], visited]).toEqual([3, entries, entries, entries]);
    expect([...map.keys()]).toEqual(['a', 'b', 'c']);
    expect([...map.values()]).toEqual([1n, 'x', null]);
  });

  it.each([
    ['a', true],
    ['d', false],
    ['constructor', false],
    ['__proto__', false],
  ])('has %s: %s', (key, expected) => {
    expect([map.has(key), new ObjectView({ a: 1, b: 'x', c: null }).has(key)]).toEqual([expected, expected]);
  });

  it('tells its members one after the other', () => {
    expect([...new ObjectView({ a: 1, b: [] })].map(([key]) => key)).toEqual(['a', 'b']);
  });
});

it('steps are asked for one by one; where there are none, there is nothing', () => {
  const steps = bindSteps({ lookup: () => undefined, step: (id) => (id === 'a' ? { n: 1 } : undefined) });
  expect([steps.has('a'), steps.has('b')]).toEqual([true, false]);
  expect(bindSteps({ lookup: () => undefined }).has('a')).toBe(false);
});

describe('a budget', () => {
  it('tells of what went beyond it, though nothing comes of it', () => {
    const { value, excess } = withBudget(() => charge(1_000_000));
    expect([value, excess]).toEqual([undefined, 'It takes more than 100,000 evaluation steps.']);
  });

  it('hides no other error', () => {
    const fail = () => {
      throw new Error('ours');
    };
    expect(() => withBudget(fail)).toThrow('ours');
  });
});
