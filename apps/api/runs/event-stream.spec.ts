import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeEventStream } from './event-stream.js';
import type { FollowedEvent } from './follow-run.js';

describe('writeEventStream', () => {
  let server: Server;
  let made: number;
  let ended: Promise<unknown>;

  beforeEach(async () => {
    made = 0;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    ended = promise;
    server = createServer((_, response) => {
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      writeEventStream(response, {}, endless(), gone.signal).then(resolve, resolve);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await ended;
  });

  async function* endless(): AsyncGenerator<FollowedEvent> {
    for (;;) {
      made++;
      yield { event: 'log', id: String(made), data: { text: 'x'.repeat(100_000) } };
    }
  }

  it('makes no more events than a reader takes, and ends with the reader', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    // A reader that takes nothing: what fits into the sockets is made, then nothing more.
    for (let before = -1; made !== before; ) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(made).toBeLessThan(1_000);
    socket.destroy();
    await ended;
  });
});
