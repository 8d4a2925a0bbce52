import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from './json.js';
import { estimateJsonLength, exceedsJsonLength } from './json-length.js';

describe('exceedsJsonLength', () => {
  it('answers as the text itself would, at every limit', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.integer({ min: -3, max: 3 }), (value, offset) => {
        const { length } = JSON.stringify(value);
        expect(exceedsJsonLength(value as Json, length + offset)).toBe(offset < 0);
      }),
    );
  });

  it('never estimates too much', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(estimateJsonLength(value as Json)).toBeLessThanOrEqual(JSON.stringify(value).length);
      }),
    );
    expect(estimateJsonLength(['text', { k: 'v' }])).toBe(16);
  });

  it.each([
    ['escapes', '\u0000'.repeat(100), 602],
    ['long numbers', [-1.2345678901234567e-100, 5e-324, -1.7976931348623157e308], 58],
    ['no text for members that are not there', { a: undefined, b: 1 }, 7],
    ['nothing', {}, 2],
  ] as unknown as [string, Json, number][])('counts %s', (_, value, length) => {
    expect(JSON.stringify(value)).toHaveLength(length);
    expect([exceedsJsonLength(value, length), exceedsJsonLength(value, length - 1)]).toEqual([false, true]);
  });

  it('makes no text of what is far beyond the limit', () => {
    let texts = 0;
    const value = { items: Array(100).fill('x'.repeat(1_000)), toJSON: () => texts++ } as unknown as Json;
    expect(exceedsJsonLength(value, 10_000)).toBe(true);
    expect(texts).toBe(0);
  });
});
