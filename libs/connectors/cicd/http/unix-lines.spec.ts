import { describe, expect, it } from '@jest/globals';
import { UnixLines } from './unix-lines.js';

async function* cut(text: string, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += length) yield Buffer.from(text.slice(at, at + length));
}

async function read(text: string, length: number, isWhole: boolean): Promise<[string, number]> {
  const lines = new UnixLines(cut(text, length), isWhole);
  const parts: Uint8Array[] = [];
  for await (const part of lines.bytes()) parts.push(part);
  return [Buffer.concat(parts).toString(), lines.held];
}

describe('lines that end with LF', () => {
  it.each([
    ['a\r\nb\r\n', 'a\nb\n'],
    ['a\nb\n', 'a\nb\n'],
    ['10 %\r20 %\r\n', '10 %\r20 %\n'],
    ['a\r\r\nb', 'a\r\nb'],
    ['\r\n\r\n', '\n\n'],
    ['', ''],
  ])('%j is %j, however it is cut', async (text, expected) => {
    for (const length of [1, 2, 3, 100]) expect(await read(text, length, true)).toEqual([expected, 0]);
  });

  it('hold back a CR that an LF may follow, another time', async () => {
    for (const length of [1, 2, 100]) {
      expect(await read('a\r', length, false)).toEqual(['a', 1]);
      expect(await read('a\r', length, true)).toEqual(['a\r', 0]);
    }
  });
});
