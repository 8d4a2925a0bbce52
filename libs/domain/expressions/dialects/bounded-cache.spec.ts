import { expect, it } from '@jest/globals';
import { BoundedCache } from './bounded-cache.js';

it('keeps what was used last within its weight', () => {
  const made: string[] = [];
  const cache = new BoundedCache<string>(10);
  const use = (key: string, weight: number) =>
    cache.resolve(key, weight, () => {
      made.push(key);
      return key.toUpperCase();
    });

  expect([use('a', 4), use('b', 4), use('a', 4)]).toEqual(['A', 'B', 'A']);
  expect(made).toEqual(['a', 'b']);
  use('c', 4); // b goes, not a
  use('a', 4);
  expect(made).toEqual(['a', 'b', 'c']);
  use('b', 4);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});

it('does not keep what is heavier than all of it', () => {
  let made = 0;
  const cache = new BoundedCache<number>(10);
  for (let use = 1; use <= 3; use++) expect(cache.resolve('big', 11, () => ++made)).toBe(use);
});
