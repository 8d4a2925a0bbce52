import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_LOG_LINE_BYTES, toLogLine } from './log-line.js';

describe('toLogLine', () => {
  it.each([
    ['plain\ttext', 'plain\ttext'],
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['a\0b\u0007c', 'a\ufffdb\ufffdc'],
    ['1%\r2%\r', '2%'],
    ['two\nlines', 'two\ufffdlines'],
    ['', ''],
  ])('makes %j a line', (text, line) => {
    expect(toLogLine(text)).toBe(line);
  });

  it('says that a line was cut', () => {
    expect(toLogLine('short', true)).toBe('short … [line cut]');
    expect(toLogLine('æ'.repeat(20_000))).toMatch(/^æ+ … \[line cut\]$/);
  });

  it('keeps every line within its limit and changes no line twice', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.integer({ min: 1, max: 500 }),
        (text, times) => {
          const line = toLogLine(text.repeat(times));
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(MAX_LOG_LINE_BYTES);
          expect(toLogLine(line)).toBe(line);
        },
      ),
    );
  });
});
