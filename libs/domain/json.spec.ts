import { describe, expect, it } from '@jest/globals';
import { isPrintable, type Json } from './json.js';

describe('a value that a database can keep', () => {
  it.each<[Json, boolean]>([
    [null, true],
    ['\\u0000 and \\ud800, spelled out', true],
    ['a pair: \ud83d\ude00', true],
    ['a line\n\u0001', true],
    ['a\0', false],
    ['\\\0', false],
    ['\ud83d', false],
    [{ '\udc00': 1 }, false],
    [[{ deep: ['x\udc00'] }], false],
  ])('%j: %s', (value, printable) => {
    expect(isPrintable(value)).toBe(printable);
  });
});
