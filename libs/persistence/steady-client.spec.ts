import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDataSource } from './data-source.js';

/** Messages of the protocol of Postgres, version 3. */
const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const READY = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
const GONE = message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0'));

let server: Server | undefined;

async function listen(answer: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `postgres://someone:word@127.0.0.1:${(server.address() as AddressInfo).port}/sluice`;
}

afterEach(() => void server?.close());

describe('a connection of the pool', () => {
  it('that is lost in the moment in which it is made, or taken out, is an error of who asked, not of the process', async () => {
    let connections = 0;
    const url = await listen((socket) => {
      connections++;
      // The server is told to stop just as it lets the client in: both come in one piece.
      socket.end(Buffer.concat([READY, GONE]));
    });
    const dataSource = createDataSource(url, { poolSize: 2 });
    await expect(dataSource.initialize()).rejects.toThrow();
    expect(connections).toBeGreaterThan(0);
  });
});
