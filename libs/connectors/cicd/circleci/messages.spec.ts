import { describe, expect, it } from '@jest/globals';
import { readMessages } from './messages.js';

async function* inParts(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(json: string, size = json.length || 1): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of readMessages(inParts(json, size))) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

const TEXTS = [
  'plain\n',
  '\u001b[31mred\u001b[0m "quoted" \\ back / slash \t\b\f\r\n',
  'größer ✓ 🙂 \u0000',
  '',
  '"message": "not a key", [{}]',
];

describe('messages of an output', () => {
  const whole = TEXTS.map((message) => ({ time: '2026', message, type: 'out', more: { message: 'inner' } }));

  it.each([1, 2, 3, 7, 64, 100_000])('are the same in parts of %d bytes', async (size) => {
    expect(await read(JSON.stringify(whole), size)).toBe(TEXTS.join(''));
    expect(await read(JSON.stringify(whole, undefined, 2), size)).toBe(TEXTS.join(''));
  });

  it.each([1, 5, 6, 7])('may be written with escapes alone, in parts of %d bytes', async (size) => {
    expect(await read('[{"mess\\u0061ge":"\\ud83d\\ude42\\/\\u2713 \\ud83d!"}]', size)).toBe('🙂/✓ \ufffd!');
  });

  it.each([
    ['[]', ''],
    [' [ {} ] ', ''],
    ['[{"message":null},{"message":7},{"message":["x"]},{"other":"y"},"message","z"]', ''],
    ['[[{"message":"too deep"}]]', ''],
  ])('%s hold %j', async (json, text) => {
    expect(await read(json)).toBe(text);
  });

  it.each([
    '',
    '{}',
    '7',
    '"x"',
    'null',
    '<p>',
    '[',
    '[{"message":"a"',
    '[{"message":"\\u12',
    '['.repeat(200),
  ])('%j is no output', async (json) => {
    await expect(read(json)).rejects.toMatchObject({ code: 'platform-answer-invalid' });
  });

  it('pass however long they are, a part at a time', async () => {
    const piece = Buffer.from('0123456789abcdef'.repeat(4_096));
    async function* long(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('[{"message":"');
      for (let count = 0; count < 320; count += 1) yield piece;
      yield Buffer.from('"}]');
    }
    let size = 0;
    let largest = 0;
    for await (const part of readMessages(long())) {
      size += part.length;
      largest = Math.max(largest, part.length);
    }
    expect([size, largest]).toEqual([320 * piece.length, piece.length]);
  });
});
