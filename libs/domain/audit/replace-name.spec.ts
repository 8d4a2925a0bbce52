import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import { createNamePattern, replaceName } from './replace-name.js';

describe('replaceName', () => {
  it.each<[Json, Json]>([
    ['ann', 'X'],
    ['ann asked for it', 'X asked for it'],
    ['asked by ann.', 'asked by X.'],
    ['"ann", (ann): ann', '"X", (X): X'],
    [
      'anna, joann, ann-2, ann_b, ann@example.org, ann.lee, mary.ann',
      'anna, joann, ann-2, ann_b, ann@example.org, ann.lee, mary.ann',
    ],
    ['Ann', 'Ann'],
    [
      { ann: ['ann', { by: 'ann' }], bob: 1 },
      { X: ['X', { by: 'X' }], bob: 1 },
    ],
    [null, null],
    [3, 3],
  ])('%j becomes %j', (value, replaced) => {
    expect(replaceName(value, createNamePattern('ann'), 'X')).toEqual(replaced);
  });

  it('hands back the value itself where the name does not stand', () => {
    const value = { a: [{ b: 'c' }] };
    expect(replaceName(value, createNamePattern('ann'), 'X')).toBe(value);
  });

  it.each(['a.b+c@example.org', 'x-$1(y)', '[a]'])('takes %s as it is written', (name) => {
    expect(replaceName(`by ${name}, now`, createNamePattern(name), '$&')).toBe('by $&, now');
    expect(replaceName('by axb+c@example.org', createNamePattern(name), 'X')).toBe('by axb+c@example.org');
  });
});
