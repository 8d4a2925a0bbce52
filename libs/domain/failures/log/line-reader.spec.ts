import { describe, expect, it } from '@jest/globals';
import { Automaton } from './automaton.js';
import { LineReader, MAX_LINE_LENGTH } from './line-reader.js';

const TEXTS = ['error', 'rror:', 'her', 'she', '✘'];

function read(parts: readonly string[]): [number, string, string[]][] {
  const lines: [number, string, string[]][] = [];
  const reader = new LineReader(new Automaton(TEXTS), (number, text, found) =>
    lines.push([number, text, [...new Set(found)].map((each) => TEXTS[each]!).sort()]),
  );
  for (const part of parts) reader.push(part);
  reader.close();
  return lines;
}

const LOG = 'She said\nERROR: x\n\n✘ failed\nlast';
const LINES = [
  [1, 'She said', ['she']],
  [2, 'ERROR: x', ['error', 'rror:']],
  [3, '', []],
  [4, '✘ failed', ['✘']],
  [5, 'last', []],
];

describe('a log in parts', () => {
  it.each([1, 2, 3, 7, 100])('is the same lines, cut every %d characters', (size) => {
    const parts = LOG.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
    expect(read(parts)).toEqual(LINES);
  });

  it('finds texts inside of texts', () => {
    expect(read(['ushers'])).toEqual([[1, 'ushers', ['her', 'she']]]);
  });

  it.each([1, 1000, 65_536])('skips what a line has beyond its limit, in parts of %d', (size) => {
    const long = `error ${'x'.repeat(3 * MAX_LINE_LENGTH)} her\nshe\n`;
    const parts = long.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
    const [first, second] = read(parts);
    expect(first![1]).toHaveLength(MAX_LINE_LENGTH);
    expect(first![2]).toEqual(['error']);
    expect(second).toEqual([2, 'she', ['she']]);
  });
});
