import { describe, expect, it } from '@jest/globals';
import { type LogSegment, readSegments } from './log-segments.js';

/** Segments of texts; marks are offsets, and asked for are remembered. */
class Texts {
  readonly asked: string[] = [];
  constructor(
    readonly texts: string[],
    public finished: number,
    private readonly forgets = false,
  ) {}

  get segments(): readonly LogSegment<number>[] {
    return this.texts.map((_, index) => ({
      id: String(index),
      complete: index < this.finished,
      open: async (mark) => {
        this.asked.push(`${index}@${mark ?? 'start'}`);
        const text = this.texts[index]!;
        const from = mark === undefined || this.forgets ? 0 : mark;
        return {
          fromMark: !this.forgets && mark !== undefined,
          bytes: parts(text.slice(from)),
          mark: () => text.length,
        };
      },
    }));
  }
}

async function* parts(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 2) yield Buffer.from(text.slice(at, at + 2));
}

async function read(texts: Texts, offset: number, memory = new Map<string, unknown>()): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const part of readSegments(texts.segments, offset, memory)) read.push(part);
  return Buffer.concat(read).toString();
}

describe('a log made of segments', () => {
  it.each([0, 1, 3, 5, 6, 7, 11, 12, 20])('is the same from the offset %i, known or not', async (offset) => {
    const whole = 'eins\nzwei\nab';
    const texts = new Texts(['eins\n', 'zwei\n', 'ab'], 3);
    const memory = new Map<string, unknown>();
    expect(await read(texts, offset, memory)).toBe(whole.slice(offset));
    expect(await read(texts, offset, memory)).toBe(whole.slice(offset));
    expect(await read(texts, 0, memory)).toBe(whole);
  });

  it('stops at the first that is unfinished, and goes on at its mark', async () => {
    const memory = new Map<string, unknown>();
    const texts = new Texts(['eins\n', 'zw', 'drei\n'], 1);
    expect(await read(texts, 0, memory)).toBe('eins\nzw');
    texts.texts[1] = 'zwei\n';
    expect(await read(texts, 7, memory)).toBe('ei\n');
    texts.finished = 3;
    expect(await read(texts, 10, memory)).toBe('drei\n');
    expect(texts.asked).toEqual(['0@start', '1@start', '1@2', '1@5', '2@start']);
  });

  it('reads what it has read again where the mark is not found', async () => {
    const memory = new Map<string, unknown>();
    const texts = new Texts(['eins'], 0, true);
    expect(await read(texts, 0, memory)).toBe('eins');
    texts.texts[0] = 'eins, zwei';
    expect(await read(texts, 4, memory)).toBe(', zwei');
    expect(await read(texts, 2, memory)).toBe('ns, zwei');
  });

  it('asks nothing of what was read to its end', async () => {
    const memory = new Map<string, unknown>();
    const texts = new Texts(['eins', 'zwei'], 2);
    await read(texts, 0, memory);
    texts.asked.length = 0;
    expect(await read(texts, 8, memory)).toBe('');
    expect(await read(texts, 4, memory)).toBe('zwei');
    expect(texts.asked).toEqual(['1@start']);
  });

  it('knows nothing of what nobody read to its end', async () => {
    const memory = new Map<string, unknown>();
    const texts = new Texts(['eins zwei'], 1);
    for await (const _ of readSegments(texts.segments, 0, memory)) break;
    expect(await read(texts, 4, memory)).toBe(' zwei');
  });

  it('keeps what it knows of a limited number', async () => {
    const memory = new Map<string, unknown>();
    const texts = new Texts(
      Array.from({ length: 2_100 }, () => 'x'),
      2_100,
    );
    await read(texts, 0, memory);
    expect((memory.get('log-segments') as Map<string, unknown>).size).toBe(2_000);
  });
});
