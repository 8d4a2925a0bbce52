import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isSluiceError, type SluiceError } from '#domain/errors.js';
import {
  createSafeClient,
  type SafeClient,
  type SafeClientOptions,
  type SafeRequest,
} from './safe-client.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}

function client(options: Partial<SafeClientOptions> = {}): SafeClient {
  const made = createSafeClient({ allow: [], ...options });
  open.push(() => made.close());
  return made;
}

function request(url: string, rest: Partial<SafeRequest> = {}): SafeRequest {
  return {
    url,
    method: 'GET',
    headers: {},
    timeoutMs: 10_000,
    maxBytes: 1_000_000,
    signal: new AbortController().signal,
    ...rest,
  };
}

async function failure(work: Promise<unknown>): Promise<SluiceError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isSluiceError(error)) throw new Error(`not a SluiceError: ${String(error)}`);
  return error;
}

describe('safe client: addresses', () => {
  it('reaches an allowed address', async () => {
    const port = await serve((_, response) => response.end('hello'));
    const answer = await client({ allow: ['127.0.0.1'] }).send(request(`http://127.0.0.1:${port}/`));
    expect([answer.status, answer.body.toString()]).toEqual([200, 'hello']);
  });

  it('sends nothing to a refused address, however it is written', async () => {
    let hits = 0;
    const port = await serve((_, response) => {
      hits += 1;
      response.end();
    });
    const safe = client();
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '0x7f.1',
      '127.0.0.1.',
      'localhost',
      'LOCALHOST',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '0.0.0.0',
      '0',
      '[::]',
      '①②⑦.⓪.⓪.①',
      '169.254.169.254',
      '[64:ff9b::7f00:1]',
    ]) {
      const error = await failure(safe.send(request(`http://${host}:${port}/`)));
      expect([host, error.code, error.fault]).toEqual([host, 'http-address-refused', 'user']);
      expect(error.hint).toContain('SLUICE_HTTP_ALLOW');
      expect(error.details).toEqual({ class: 'configuration', retryable: false });
    }
    const dotted = await failure(safe.send(request(`http://localhost.:${port}/`)));
    expect(['http-address-refused', 'http-host-not-found']).toContain(dotted.code);
    expect(hits).toBe(0);
  });

  it('refuses a name of which one address is refused', async () => {
    const resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    const error = await failure(client({ resolve }).send(request('http://mixed.example/')));
    expect(error.code).toBe('http-address-refused');
    expect(error.message).toContain('10.0.0.1');
  });

  it('connects to the address that was checked, though the name changes at once', async () => {
    const port = await serve((_, response) => response.end('checked'));
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return asked === 1 ? [{ address: '127.0.0.1', family: 4 }] : [{ address: '10.255.255.1', family: 4 }];
    };
    const answer = await client({ allow: ['127.0.0.1'], resolve }).send(
      request(`http://rebind.example:${port}/`),
    );
    expect(answer.body.toString()).toBe('checked');
    expect(asked).toBe(1);
  });

  it('lets an allowed name resolve to anything', async () => {
    const port = await serve((_, response) => response.end('ok'));
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const answer = await client({ allow: ['ci.internal'], resolve }).send(
      request(`http://ci.internal:${port}/`),
    );
    expect(answer.status).toBe(200);
  });

  it('says that a host does not exist', async () => {
    const resolve = async () => {
      throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    };
    const error = await failure(client({ resolve }).send(request('http://nowhere.example/')));
    expect(error.code).toBe('http-host-not-found');
  });

  it('says that nobody listens', async () => {
    const error = await failure(client({ allow: ['127.0.0.1'] }).send(request('http://127.0.0.1:1/')));
    expect([error.code, error.details]).toEqual([
      'http-connection-failed',
      { class: 'transient', retryable: true },
    ]);
  });

  it.each([
    'file:///etc/passwd',
    'ftp://x/',
    '/relative',
    'http://',
    'javascript:alert(1)',
    'gopher://x',
    '',
  ])('refuses the URL %j', async (url) => {
    expect((await failure(client().send(request(url)))).code).toBe('http-url-invalid');
  });

  it('refuses credentials in the URL without repeating them', async () => {
    const error = await failure(client().send(request('https://me:hunter2@example.com/')));
    expect(error.code).toBe('http-url-invalid');
    expect(JSON.stringify([error.message, error.hint])).not.toContain('hunter2');
  });

  it.each(['Host', 'content-length', 'Transfer-Encoding', 'connection', 'proxy-authorization'])(
    'refuses the header %s',
    async (name) => {
      const error = await failure(client().send(request('http://example.com', { headers: { [name]: '1' } })));
      expect(error.code).toBe('http-header-refused');
    },
  );

  it('refuses a header that would split the request', async () => {
    const port = await serve((_, response) => response.end());
    const error = await failure(
      client({ allow: ['127.0.0.1'] }).send(
        request(`http://127.0.0.1:${port}/`, { headers: { 'x-a': 'b\r\nHost: evil' } }),
      ),
    );
    expect(error.code).toBe('http-request-invalid');
  });
});

describe('safe client: redirects', () => {
  it('checks the target of a redirect', async () => {
    const port = await serve((_, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
    const error = await failure(client({ allow: ['127.0.0.1'] }).send(request(`http://127.0.0.1:${port}/`)));
    expect(error.code).toBe('http-address-refused');
    expect(error.message).toContain('169.254.169.254');
  });

  it('refuses to leave http', async () => {
    const port = await serve((_, response) => {
      response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    });
    const error = await failure(client({ allow: ['127.0.0.1'] }).send(request(`http://127.0.0.1:${port}/`)));
    expect(error.code).toBe('http-url-invalid');
  });

  it('keeps secrets within the origin and drops them beyond', async () => {
    const seen: [string, IncomingMessage['headers']][] = [];
    const other = await serve((incoming, response) => {
      seen.push(['other', incoming.headers]);
      response.end('end');
    });
    const first = await serve((incoming, response) => {
      seen.push([incoming.url ?? '', incoming.headers]);
      const location = incoming.url === '/' ? '/again' : `http://127.0.0.1:${other}/`;
      response.writeHead(307, { location }).end('x'.repeat(100_000));
    });
    await client({ allow: ['127.0.0.1'] }).send(
      request(`http://127.0.0.1:${first}/`, {
        headers: { Authorization: 'Bearer s', Cookie: 'c=1', 'X-Api-Key': 'k', 'X-Plain': 'p' },
        secretHeaders: ['x-api-key'],
      }),
    );
    expect(seen.map(([where]) => where)).toEqual(['/', '/again', 'other']);
    expect(seen[1]?.[1]).toMatchObject({ authorization: 'Bearer s', cookie: 'c=1', 'x-api-key': 'k' });
    expect(seen[2]?.[1]).toMatchObject({ 'x-plain': 'p' });
    for (const name of ['authorization', 'cookie', 'x-api-key'])
      expect(seen[2]?.[1]).not.toHaveProperty(name);
  });

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', '{"a":1}'],
    [308, 'PUT', 'PUT', '{"a":1}'],
  ] as const)('after %i turns %s into %s', async (status, method, expected, body) => {
    const port = await serve((incoming, response) => {
      if (incoming.url === '/') return response.writeHead(status, { location: '/end' }).end();
      let text = '';
      incoming.on('data', (chunk) => (text += String(chunk)));
      return incoming.on('end', () =>
        response.end(JSON.stringify([incoming.method, text, incoming.headers['content-type'] ?? null])),
      );
    });
    const answer = await client({ allow: ['127.0.0.1'] }).send(
      request(`http://127.0.0.1:${port}/`, {
        method,
        headers: { 'Content-Type': 'application/json' },
        body: '{"a":1}',
      }),
    );
    expect(JSON.parse(answer.body.toString())).toEqual([expected, body, body ? 'application/json' : null]);
  });

  it('gives up after five', async () => {
    let hits = 0;
    const port = await serve((_, response) => {
      hits += 1;
      response.writeHead(302, { location: `/${hits}` }).end();
    });
    const error = await failure(client({ allow: ['127.0.0.1'] }).send(request(`http://127.0.0.1:${port}/`)));
    expect([error.code, hits]).toEqual(['http-too-many-redirects', 6]);
  });

  it('answers with the redirect itself when none is to be followed', async () => {
    const port = await serve((_, response) => response.writeHead(302, { location: '/x' }).end('moved'));
    const answer = await client({ allow: ['127.0.0.1'] }).send(
      request(`http://127.0.0.1:${port}/`, { maxRedirects: 0 }),
    );
    expect([answer.status, answer.headers['location']]).toEqual([302, '/x']);
  });
});

describe('safe client: limits', () => {
  const local = { allow: ['127.0.0.1'] };

  it.each([
    ['before the headers', () => undefined],
    ['within the body', (response: Parameters<RequestListener>[1]) => void response.write('a')],
  ])('ends a request that stalls %s', async (_, answer) => {
    const port = await serve((_request, response) => answer(response));
    const error = await failure(client(local).send(request(`http://127.0.0.1:${port}/`, { timeoutMs: 200 })));
    expect([error.code, error.details]).toEqual(['http-timeout', { class: 'timeout', retryable: true }]);
  });

  it('stops when asked to', async () => {
    const stop = new AbortController();
    const port = await serve(() => stop.abort());
    const error = await failure(
      client(local).send(request(`http://127.0.0.1:${port}/`, { signal: stop.signal })),
    );
    expect(error.code).toBe('canceled');
  });

  it('reads no more than its limit of an endless body', async () => {
    let closed: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (closed = resolve));
    const port = await serve((_, response) => {
      const chunk = Buffer.alloc(65_536);
      const push = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', push).on('close', closed);
      push();
    });
    const error = await failure(client(local).send(request(`http://127.0.0.1:${port}/`)));
    expect(error.code).toBe('http-response-too-large');
    await ended;
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
  ])('stops a %s bomb', async (encoding, bytes) => {
    expect(bytes.length).toBeLessThan(1_000_000);
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    const error = await failure(client(local).send(request(`http://127.0.0.1:${port}/`)));
    expect(error.code).toBe('http-response-too-large');
  });

  it.each([
    ['gzip', gzipSync('zipped'), 'zipped'],
    ['GZIP', gzipSync('zipped'), 'zipped'],
    ['br', brotliCompressSync('packed'), 'packed'],
    ['identity', Buffer.from('plain'), 'plain'],
    ['gzip', Buffer.alloc(0), ''],
  ])('undoes %s', async (encoding, bytes, text) => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    const answer = await client(local).send(request(`http://127.0.0.1:${port}/`));
    expect(answer.body.toString()).toBe(text);
  });

  it.each([
    ['gzip', Buffer.from('not gzip at all')],
    ['gzip', gzipSync('cut short, cut short').subarray(0, 20)],
    ['br', Buffer.from('not brotli at all')],
    ['zstd', Buffer.from('not zstd at all')],
    ['gzip, gzip', gzipSync(gzipSync('twice'))],
    ['constructor', Buffer.from('x')],
  ])('says that a %s body is damaged', async (encoding, bytes) => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    const error = await failure(client(local).send(request(`http://127.0.0.1:${port}/`)));
    expect(error.code).toBe('http-response-invalid');
  });

  it('reads no body of HEAD and 204', async () => {
    const port = await serve((incoming, response) => {
      response.writeHead(incoming.method === 'HEAD' ? 200 : 204, { 'content-encoding': 'gzip' }).end();
    });
    for (const method of ['HEAD', 'DELETE'] as const) {
      const answer = await client(local).send(request(`http://127.0.0.1:${port}/`, { method }));
      expect(answer.body).toHaveLength(0);
    }
  });
});
