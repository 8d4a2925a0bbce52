import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { LiveEvent } from './live-event.js';
import { LiveStream } from './live-streams.js';
import { writeSocketStream } from './socket-stream.js';
import type { StreamPace } from './stream-pace.js';

describe('writeSocketStream', () => {
  let server: WebSocketServer;
  let stream: LiveStream;
  let made: number;
  let events: () => AsyncGenerator<readonly LiveEvent[]>;
  let pace: Partial<StreamPace>;
  let ended: Promise<unknown>;

  beforeEach(async () => {
    made = 0;
    pace = {};
    stream = new LiveStream({ actor: 'ann', project: 'default', means: { kind: 'open', id: 'open' } });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    ended = promise;
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 4096 });
    server.on('connection', (socket) => {
      writeSocketStream(socket, events(), stream, pace).then(resolve, resolve);
    });
    await once(server, 'listening');
  });
  afterEach(async () => {
    for (const client of server.clients) client.terminate();
    server.close();
    await ended;
  });

  const log = (id: number, text: string) => new LiveEvent('log', String(id), JSON.stringify({ text }));
  async function* endless(): AsyncGenerator<readonly LiveEvent[]> {
    while (!stream.signal.aborted) {
      made++;
      yield [log(made, 'x'.repeat(100_000))];
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  async function* silent(): AsyncGenerator<readonly LiveEvent[]> {
    yield [log(1, 'first')];
    await once(stream.signal, 'abort');
  }

  const connect = (options = {}) =>
    new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
  const closing = async (socket: WebSocket) => {
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    return [code, reason.toString()];
  };
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('sends each event as a message, and closes with 1000 at the end', async () => {
    events = async function* () {
      yield [log(1, 'one\r\n\u2028two'), log(2, '</script>')];
      yield [log(3, '"')];
    };
    const socket = connect();
    const messages: unknown[] = [];
    socket.on('message', (data, isBinary) => messages.push([isBinary, JSON.parse(String(data))]));
    expect(await closing(socket)).toEqual([1000, expect.stringContaining('run-ended: ')]);
    expect(messages).toEqual([
      [false, { id: '1', event: 'log', data: { text: 'one\r\n\u2028two' } }],
      [false, { id: '2', event: 'log', data: { text: '</script>' } }],
      [false, { id: '3', event: 'log', data: { text: '"' } }],
    ]);
  });

  it('makes no more events than a reader takes, and drops one that takes nothing for too long', async () => {
    events = endless;
    pace = { stallMs: 500, closeMs: 60_000 };
    const socket = connect();
    await once(socket, 'open');
    socket.pause();
    const closed = closing(socket);
    await until(() => stream.endedBy !== undefined);
    expect(stream.endedBy).toBe('reader-slow');
    expect(made).toBeLessThan(1_000);
    expect([...server.clients][0]!.bufferedAmount).toBeLessThan(1_000_000);
    socket.resume();
    expect(await closed).toEqual([1013, expect.stringMatching(/^reader-slow: .* come back/)]);
    expect(await ended).toBeInstanceOf(Error);
  });

  it('gives up a slow reader that takes not even the reason', async () => {
    events = endless;
    pace = { stallMs: 200, closeMs: 200 };
    const socket = connect();
    await once(socket, 'open');
    socket.pause();
    await ended;
    expect(server.clients.size).toBe(0);
    socket.terminate();
  });

  it('gives up a reader that answers no sign of life', async () => {
    events = silent;
    pace = { heartbeatMs: 100 };
    const socket = connect({ autoPong: false });
    const closed = closing(socket);
    expect((await closed)[0]).toBe(1006);
    await ended;
    expect(stream.endedBy).toBe('reader-gone');
  });

  it('keeps a reader that answers them', async () => {
    events = silent;
    pace = { heartbeatMs: 20 };
    const socket = connect();
    let pings = 0;
    socket.on('ping', () => pings++);
    await until(() => pings >= 10);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
    await ended;
  });

  it.each([
    ['server-stopping', 1001],
    ['stream-too-old', 4401],
    ['access-ended', 4403],
    ['run-not-found', 4404],
  ] as const)('says why it ends: %s', async (cause, code) => {
    events = silent;
    const socket = connect();
    await once(socket, 'message');
    stream.end(cause);
    expect(await closing(socket)).toEqual([code, expect.stringContaining(`${cause}: `)]);
  });

  it.each([
    ['any message', (socket: WebSocket) => socket.send('{"type":"subscribe"}'), 1008],
    ['bytes', (socket: WebSocket) => socket.send(Buffer.of(0xff, 0x00)), 1008],
    ['a message that is too large', (socket: WebSocket) => socket.send('x'.repeat(5_000)), 1009],
    ['a message that is too large in pieces', sendPieces, 1009],
    ['text that is none', (socket: WebSocket) => socket.send(Buffer.of(0xff), { binary: false }), 1007],
    ['bytes that are no frame', (socket: WebSocket) => raw(socket).write(Buffer.alloc(64, 0xff)), 1002],
    ['a frame without a mask', (socket: WebSocket) => raw(socket).write(Buffer.of(0x81, 1, 65)), 1002],
  ])('ends with what a reader sends: %s', async (_, send, code) => {
    events = silent;
    const socket = connect();
    socket.on('error', () => undefined);
    await once(socket, 'message');
    const closed = closing(socket);
    send(socket);
    expect((await closed)[0]).toBe(code);
    await ended;
  });
});

function sendPieces(socket: WebSocket): void {
  for (let piece = 0; piece < 100; piece++) socket.send('x'.repeat(100), { fin: false });
}

/** What lies below the frames. */
function raw(socket: WebSocket): { write(bytes: Buffer): void } {
  return (socket as unknown as { readonly _socket: { write(bytes: Buffer): void } })._socket;
}
