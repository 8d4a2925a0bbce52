import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createCertificate } from '../http/testing/certificate.js';
import { type Connections, createConnections } from './connections.js';
import { connectTo } from './testing/fake-connection.js';
import { startFakeServer } from './testing/fake-server.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Way = Parameters<typeof connectTo>[1];

async function serve(tls?: ReturnType<typeof createCertificate>) {
  const server = await startFakeServer(() => ({ status: 200, body: 'answer' }), tls);
  open.push(() => server.close());
  const auth = { type: 'token', secret: 'env:T' } as const;
  const reach = (way: Way = {}) => {
    const { connection, close } = connectTo({ url: server.url, auth, options: {}, secrets: {} }, way);
    open.push(close);
    return connection;
  };
  return { server, reach };
}

const ASK = { method: 'GET', headers: {}, timeoutMs: 10_000, maxBytes: 1_000 } as const;

function keep(): Connections {
  const connections = createConnections({ allow: ['127.0.0.1'] });
  open.push(() => connections.close());
  return connections;
}

describe('connections of integrations', () => {
  it('trust the authorities of the integration, and no others', async () => {
    const [own, other] = [createCertificate('own'), createCertificate('other')];
    const { server, reach } = await serve(own);
    const connections = keep();
    const send = (way: Way) => reach({ connections, ...way }).send({ ...ASK, url: server.url });
    expect((await send({ authorities: own.cert })).body.toString()).toBe('answer');
    for (const way of [{ authorities: other.cert }, {}])
      await expect(send(way)).rejects.toMatchObject({
        code: 'http-tls-failed',
        hint: expect.stringContaining('integration'),
        details: { class: 'configuration', retryable: false },
      });
  });

  it('tell before what may change something leaves, and keep it here where whoever is told refuses', async () => {
    const { server } = await serve();
    const told: string[] = [];
    const reach = (leaves: () => Promise<void>) =>
      keep().open(
        { id: 'i', baseUrl: server.url, auth: { type: 'token', secret: 'env:T' }, options: {}, revision: 1 },
        {
          signal: new AbortController().signal,
          patienceMs: 0,
          resolve: async () => 's',
          mask: () => undefined,
          hide: (text) => text,
          waits: () => undefined,
          leaves,
        },
      );
    const known = reach(async () => void told.push('leaves'));
    await known.send({ ...ASK, url: server.url });
    expect(told).toEqual([]);
    await known.send({ ...ASK, method: 'POST', url: server.url });
    expect(told).toEqual(['leaves']);
    const refused = reach(() => Promise.reject(new Error('overtaken')));
    await expect(refused.send({ ...ASK, method: 'POST', url: server.url })).rejects.toThrow('overtaken');
  });

  it('open a tunnel through the proxy, and trust as without it', async () => {
    const own = createCertificate('own');
    const { server, reach } = await serve(own);
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(String(request.url));
      const onward = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
      open.push(async () => {
        onward.destroy();
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => proxy.close(resolve)));
    const way = { proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const trusting = reach({ ...way, authorities: own.cert });
    expect((await trusting.send({ ...ASK, url: server.url })).body.toString()).toBe('answer');
    expect(asked).toEqual([new URL(server.url).host]);
    await expect(reach(way).send({ ...ASK, url: server.url })).rejects.toMatchObject({
      code: 'http-tls-failed',
    });
  });

  it('keep what a platform gave for one revision of one integration', async () => {
    const { reach } = await serve();
    const connections = keep();
    reach({ connections }).memory.set('token', 't');
    expect(reach({ connections }).memory.get('token')).toBe('t');
    expect(reach({ connections, revision: 2 }).memory.size).toBe(0);
    expect(reach().memory.size).toBe(0);
  });

  it('keep no more than the latest of a thousand', async () => {
    const { reach } = await serve();
    const connections = keep();
    const first = reach({ connections, revision: 0 });
    first.memory.set('token', 't');
    for (let revision = 1; revision <= 1_000; revision += 1) reach({ connections, revision });
    expect(reach({ connections, revision: 0 }).memory.size).toBe(0);
    // Whoever has it goes on with it.
    expect(first.memory.get('token')).toBe('t');
  });

  it('outlive clients that were thrown out', async () => {
    const { server, reach } = await serve();
    const connections = keep();
    const first = reach({ connections });
    expect((await first.send({ ...ASK, url: server.url })).status).toBe(200);
    for (let port = 1; port <= 100; port += 1) {
      const way = { connections, proxy: `http://127.0.0.1:${port}` };
      await expect(reach(way).send({ ...ASK, url: 'http://10.0.0.1/' })).rejects.toMatchObject({
        code: 'http-address-refused',
      });
    }
    expect((await first.send({ ...ASK, url: server.url })).status).toBe(200);
  });

  it('refuse a proxy that is none when something is sent', async () => {
    const { server, reach } = await serve();
    await expect(reach({ proxy: 'proxy:3128' }).send({ ...ASK, url: server.url })).rejects.toMatchObject({
      code: 'http-proxy-invalid',
    });
  });
});
