import { describe, expect, it } from '@jest/globals';
import { CountedLines, skipKnownLines } from './lines.js';

async function* cut(text: string, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += length) yield Buffer.from(text.slice(at, at + length));
}

async function count(text: string, length = 3) {
  const lines = new CountedLines(cut(text, length));
  const parts: Uint8Array[] = [];
  for await (const part of lines.bytes()) parts.push(part);
  return { text: Buffer.concat(parts).toString(), lines: lines.count, last: lines.last };
}

async function skip(answer: string, known: string, memory = new Map<string, unknown>(), length = 2) {
  const rest = await skipKnownLines(cut(answer, length), await count(known), memory);
  if (rest === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of rest) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('lines of Azure DevOps', () => {
  it.each([
    ['', '', 0],
    ['a', 'a\n', 1],
    ['a\n', 'a\n', 1],
    ['a\r\n\r\nb', 'a\n\nb\n', 3],
    ['\n', '\n', 1],
  ])('%j is %j, of %i lines, however it is cut', async (text, expected, lines) => {
    for (const length of [1, 2, 100])
      expect(await count(text, length)).toMatchObject({ text: expected, lines });
  });

  it('know their last one, however it was cut', async () => {
    const last = (await count('last')).last;
    for (const length of [1, 2, 5, 100]) expect((await count('first\nlast\n', length)).last).toBe(last);
    expect((await count(`first\n${'x'.repeat(1024 * 1024 + 1)}\n`, 65_536)).last).toBe('');
  });
});

describe('what follows the line that was read last', () => {
  it.each([
    ['counted from 0', 'b\nc\nd\n', 'a\nb\n', 'c\nd\n'],
    ['counted from 1', 'a\nb\nc\n', 'a\nb\n', 'c\n'],
    ['nothing yet', 'b\n', 'a\nb\n', ''],
    ['nothing yet, counted from 1', 'a\nb\n', 'a\nb\n', ''],
    ['the first line alone', 'a\nb\n', 'a\n', 'b\n'],
  ])('is told: %s', async (_, answer, known, rest) => {
    for (const length of [1, 2, 100]) expect(await skip(answer, known, new Map(), length)).toBe(rest);
  });

  it('is not guessed where two lines are the same, until it was seen once', async () => {
    const memory = new Map<string, unknown>();
    expect(await skip('b\nb\nc\n', 'a\nb\n', memory)).toBeUndefined();
    expect(await skip('b\nc\n', 'a\nb\n', memory)).toBe('c\n');
    expect(await skip('b\nb\nc\n', 'a\nb\n', memory)).toBe('b\nc\n');
  });

  it('is not there where the log is another one', async () => {
    const memory = new Map<string, unknown>();
    expect(await skip('x\ny\n', 'a\nb\n', memory)).toBeUndefined();
    expect(await skip('', 'a\nb\n', memory)).toBeUndefined();
    expect(await skip('x'.repeat(1024 * 1024 + 10), 'a\nb\n', memory, 65_536)).toBeUndefined();
  });
});
