import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Link } from './link.js';

describe('a link to a server that says everything back', () => {
  let server: Server;
  let link: Link;

  beforeAll(async () => {
    server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    link = await Link.to(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  beforeEach(() => link.set('open'));
  afterAll(async () => {
    await link.close();
    server.close();
  });

  async function open(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: Number(link.address.split(':')[1]) });
    await once(socket, 'connect');
    return socket.setEncoding('utf8');
  }
  async function hear(socket: Socket, text: string): Promise<string> {
    let heard = '';
    while (heard.length < text.length) heard += (await once(socket, 'data'))[0];
    return heard;
  }

  it('carries what is sent, in both directions, and the end of it', async () => {
    const socket = await open();
    socket.end('hello');
    expect(await hear(socket, 'hello')).toBe('hello');
    await once(socket, 'close');
    expect(link.hits).toBe(0);
  });

  it('cut, resets connections, those that there are and new ones', async () => {
    const socket = await open();
    link.set('cut');
    await expect(once(socket, 'close')).rejects.toThrow('ECONNRESET');
    await expect(open().then((next) => once(next, 'data'))).rejects.toThrow('ECONNRESET');
    expect(link.hits).toBeGreaterThan(1);
  });

  it('silent, keeps everything back until it is open again', async () => {
    const socket = await open();
    link.set('silent');
    socket.write('a');
    const heard = hear(socket, 'ab');
    const first = await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 200, 'nothing'))]);
    expect(first).toBe('nothing');
    link.set('open');
    socket.write('b');
    expect(await heard).toBe('ab');
    socket.destroy();
  });

  it('slow, keeps the order, also of what is sent once it is open', async () => {
    const socket = await open();
    link.set('slow');
    socket.write('a');
    await new Promise((resolve) => setTimeout(resolve, 50));
    link.set('open');
    socket.write('b');
    expect(await hear(socket, 'ab')).toBe('ab');
    socket.destroy();
  });
});
