import { describe, expect, it } from '@jest/globals';
import { matchesTag } from './entity-tag.js';

describe('matchesTag', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['"b"', false],
    ['a', false],
    ['"a"', true],
    ['W/"a"', true],
    ['"b", W/"c" ,"a"', true],
    ['"a,b"', false],
    ['*', true],
    ['"*"', false],
  ])('%j', (header, matches) => {
    expect(matchesTag(header, '"a"')).toBe(matches);
  });
});
