import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OutputTail } from './output-tail.js';

function tailOf(limit: number, chunks: readonly Buffer[]) {
  const tail = new OutputTail(limit);
  for (const chunk of chunks) tail.push(chunk);
  return tail.read();
}

describe('OutputTail', () => {
  it('keeps the end of what came, in whatever chunks it came', () => {
    const chunk = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 8 }), fc.integer({ min: 0, max: 300_000 }), (sizes, limit) => {
        let at = 0;
        const chunks = sizes.map((size) => Buffer.from(Array.from({ length: size }, () => 97 + (at++ % 23))));
        const whole = Buffer.concat(chunks).toString();
        expect(tailOf(limit, chunks)).toEqual({
          text: limit === 0 ? '' : whole.slice(-limit),
          truncated: whole.length > limit,
        });
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['no half character', 3, ['aæ', 'øå'], 'å'],
    ['a whole one', 4, ['aæ', 'øå'], 'øå'],
    ['bytes that are none as they are shown', 100, ['a\0b'], 'a\ufffdb'],
  ])('shows %s', (_, limit, texts, text) => {
    expect(
      tailOf(
        limit,
        texts.map((one) => Buffer.from(one)),
      ).text,
    ).toBe(text);
  });
});
