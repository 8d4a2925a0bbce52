import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { collect } from '../testing/collect.js';
import { parseEventStream, type ServerSentEvent } from './event-stream.js';

async function parse(...chunks: (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  return collect(parseEventStream(toChunks(chunks)));
}

async function* toChunks(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  }
}

describe('parseEventStream', () => {
  it.each<[string, string, ServerSentEvent[]]>([
    ['an event', 'event: run\nid: 7\ndata: {}\n\n', [{ event: 'run', data: '{}', id: '7' }]],
    ['data over several lines', 'data: a\ndata:b\ndata\n\n', [{ event: 'message', data: 'a\nb\n' }]],
    ['one blank after the colon only', 'data:  a\n\n', [{ event: 'message', data: ' a' }]],
    [
      'comments and unknown fields as nothing',
      ': beat\nother: x\n\ndata: a\n\n',
      [{ event: 'message', data: 'a' }],
    ],
    [
      'an id that stays until the next',
      'id: 1\ndata: a\n\ndata: b\n\n',
      [
        { event: 'message', data: 'a', id: '1' },
        { event: 'message', data: 'b', id: '1' },
      ],
    ],
    ['no id with a NUL', 'id: a\0b\ndata: a\n\n', [{ event: 'message', data: 'a' }]],
    ['no event without data', 'event: run\n\ndata: a\n\n', [{ event: 'message', data: 'a' }]],
    ['no event that is cut off', 'data: a\n\ndata: b\n', [{ event: 'message', data: 'a' }]],
    ['a byte order mark', '\ufeffdata: a\n\n', [{ event: 'message', data: 'a' }]],
    [
      'CR and CR LF',
      'data: a\r\rdata: b\r\n\r\n',
      [
        { event: 'message', data: 'a' },
        { event: 'message', data: 'b' },
      ],
    ],
  ])('reads %s', async (_, text, expected) => {
    expect(await parse(text)).toEqual(expected);
  });

  it('reads the same however the bytes are cut', async () => {
    const bytes = new TextEncoder().encode(
      '\ufeffid: 1\r\nevent: ö\r\ndata: 漢字\r\ndata: 👍\r\n\r\n: x\r\rdata: b\n\n',
    );
    const whole = await parse(bytes);
    expect(whole).toHaveLength(2);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, index) => bytes.slice(places[index], end));
        expect(await parse(...pieces)).toEqual(whole);
      }),
    );
  });

  it('passes on the reconnection time, when it is a number', async () => {
    const times: number[] = [];
    const chunks = toChunks(['retry: 250\nretry: soon\nretry: -1\n\n']);
    await collect(parseEventStream(chunks, (ms) => times.push(ms)));
    expect(times).toEqual([250]);
  });

  it('refuses to hold an event without end', async () => {
    const megabyte = new TextEncoder().encode('x'.repeat(1024 * 1024));
    const endless = Array.from({ length: 17 }, () => megabyte);
    await expect(parse('data: ', ...endless)).rejects.toThrow(RangeError);
  });
});
