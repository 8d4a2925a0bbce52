import { describe, expect, it } from '@jest/globals';
import { suggest } from './nearest.js';

describe('suggest', () => {
  it.each([
    ['neds', ['name', 'needs', 'if'], 'needs'],
    ['naem', ['name'], 'name'],
    ['foreach', ['forEach'], 'forEach'],
    ['x', ['y'], 'y'],
    ['timeouts', ['timeout', 'time'], 'timeout'],
    ['needs', ['need', 'needs'], 'needs'],
  ])('finds the word near %s', (word, known, nearest) => {
    expect(suggest(word, known, 'none')).toBe(`Did you mean "${nearest}"?`);
  });

  it.each([
    ['approval', ['uses', 'parallel', 'switch']],
    ['', ['name']],
    ['needs', []],
    ['x'.repeat(1_000_000), ['x'.repeat(64)]],
    ['name', ['x'.repeat(1_000_000)]],
  ])('says so where none is near: %#', (word, known) => {
    expect(suggest(word, known, 'none')).toBe('none');
  });
});
