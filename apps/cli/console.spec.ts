import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createAsk, createOutput } from './console.js';

const terminal = { isTTY: true, columns: 120, rows: 40, write: () => true } as unknown as NodeJS.WriteStream;
const unsized = { isTTY: true, columns: 0, rows: 0, write: () => true } as unknown as NodeJS.WriteStream;
const pipe = { write: () => true } as unknown as NodeJS.WriteStream;

describe('createOutput', () => {
  it.each([
    ['a terminal', terminal, {}, { terminal: true, colours: true }],
    ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, { terminal: true, colours: false }],
    ['a terminal with an empty NO_COLOR', terminal, { NO_COLOR: '' }, { terminal: true, colours: true }],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, { terminal: false, colours: false }],
    ['a terminal without a size', unsized, {}, { terminal: true, columns: 80, rows: 24 }],
    ['a pipe', pipe, {}, { terminal: false, colours: false, columns: 80, rows: 24 }],
  ])('knows %s', (_, stream, env, expected) => {
    expect(createOutput(stream, env)).toMatchObject(expected);
  });
});

describe('createAsk', () => {
  const converse = async (typed: string, hidden: boolean) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = createAsk(input, output)('API key: ', { hidden });
    input.end(typed);
    return { answer: await answer, seen: String(output.read()) };
  };

  it.each([
    [false, 'secret'],
    [true, 'API key: \n'],
  ])('shows what is typed, unless it is hidden: %s', async (hidden, seen) => {
    const asked = await converse('secret\n', hidden);
    expect(asked.answer).toBe('secret');
    if (hidden) expect(asked.seen).toBe(seen);
    else expect(asked.seen).toContain(seen);
  });

  it('has no answer where nothing more comes', async () => {
    expect((await converse('', true)).answer).toBeUndefined();
  });
});
