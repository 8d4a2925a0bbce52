import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeEventStream } from './event-stream.js';
import { LiveEvent } from './live-event.js';
import { LiveStream } from './live-streams.js';
import type { StreamPace } from './stream-pace.js';

describe('writeEventStream', () => {
  let server: Server;
  let stream: LiveStream;
  let made: number;
  let pace: Partial<StreamPace>;
  let ended: Promise<unknown>;

  beforeEach(async () => {
    made = 0;
    pace = {};
    stream = new LiveStream({ actor: 'ann', project: 'default', means: { kind: 'open', id: 'open' } });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    ended = promise;
    server = createServer((_, response) => {
      writeEventStream(response, endless(), stream, pace).then(resolve, resolve);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await ended;
  });

  async function* endless(): AsyncGenerator<readonly LiveEvent[]> {
    while (!stream.signal.aborted) {
      made++;
      yield [new LiveEvent('log', String(made), JSON.stringify({ text: 'x'.repeat(100_000) }))];
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const ask = () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket;
  };

  it('makes no more events than a reader takes, and ends with the reader', async () => {
    const socket = ask();
    await once(socket, 'readable');
    // A reader that takes nothing: what fits into the sockets is made, then nothing more.
    for (let before = -1; made !== before; ) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(made).toBeLessThan(1_000);
    socket.destroy();
    await ended;
    expect(stream.endedBy).toBe('reader-gone');
  });

  it('drops a reader that takes nothing for too long, and tells him why', async () => {
    pace = { stallMs: 300, closeMs: 60_000 };
    const socket = ask();
    await once(socket, 'readable');
    while (stream.endedBy === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stream.endedBy).toBe('reader-slow');
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) {
      text = (text + chunk).slice(-1_000);
      if (text.endsWith('0\r\n\r\n')) break;
    }
    expect(text).toContain('event: dropped\ndata: {"code":"reader-slow","message":"You take too little');
    expect(await ended).toBeInstanceOf(Error);
  });

  it('says that the process stops', async () => {
    const socket = ask();
    await once(socket, 'readable');
    stream.end('server-stopping');
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) {
      text = (text + chunk).slice(-1_000);
      if (text.endsWith('0\r\n\r\n')) break;
    }
    expect(text).toContain('event: dropped\ndata: {"code":"server-stopping"');
  });
});
