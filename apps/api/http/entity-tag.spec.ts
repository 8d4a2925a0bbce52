import { describe, expect, it } from '@jest/globals';
import { fulfilsMatch, matchesTag } from './entity-tag.js';

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

describe('fulfilsMatch', () => {
  it.each([
    [undefined, '"a"', true],
    [undefined, undefined, true],
    ['"a"', '"a"', true],
    ['"b", "a"', '"a"', true],
    ['W/"a"', '"a"', false],
    ['"b"', '"a"', false],
    ['a', '"a"', false],
    ['', '"a"', false],
    ['*', '"a"', true],
    ['*', undefined, false],
    ['"a"', undefined, false],
  ])('%j of %j', (header, tag, fulfils) => {
    expect(fulfilsMatch(header, tag)).toBe(fulfils);
  });
});
