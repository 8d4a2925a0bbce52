import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { brotliCompressSync, createGzip, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createSafeClient,
  type SafeClientOptions,
  type SafeRequest,
  type StreamedResponse,
} from './safe-client.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  return `http://127.0.0.1:${await listen(server)}`;
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}

const LOCAL = { allow: ['127.0.0.1'] };

async function stream(
  url: string,
  rest: Partial<SafeRequest> = {},
  options: SafeClientOptions = LOCAL,
): Promise<StreamedResponse> {
  const client = createSafeClient(options);
  open.push(() => client.close());
  return client.stream({
    url,
    method: 'GET',
    headers: {},
    timeoutMs: 10_000,
    maxBytes: 1_000_000,
    signal: new AbortController().signal,
    ...rest,
  });
}

async function readAll({ body }: StreamedResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Writes for as long as somebody reads. */
function writeEndlessly(response: ServerResponse): void {
  const part = Buffer.alloc(65_536);
  const push = (): void => {
    while (!response.destroyed && response.write(part));
  };
  response.on('drain', push);
  push();
}

describe('safe client: streams', () => {
  it.each([
    ['', Buffer.from('plain')],
    ['gzip', gzipSync('plain')],
    ['br', brotliCompressSync('plain')],
    ['gzip', Buffer.alloc(0)],
  ])('gives the body of coding %j in parts', async (coding, bytes) => {
    const url = await serve((_, response) =>
      response.writeHead(206, { 'content-encoding': coding, 'x-a': 'b' }).end(bytes),
    );
    const answer = await stream(url);
    expect([answer.status, answer.headers['x-a']]).toEqual([206, 'b']);
    expect(await readAll(answer)).toBe(bytes.length === 0 ? '' : 'plain');
  });

  it('has no body of HEAD and 204', async () => {
    const url = await serve((_, response) => response.writeHead(204).end());
    expect(await readAll(await stream(url))).toBe('');
    expect(await readAll(await stream(url, { method: 'HEAD' }))).toBe('');
  });

  it('follows redirects, and leaves secrets behind', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const other = await serve((incoming, response) => {
      seen.push(incoming.headers);
      response.end('log');
    });
    const url = await serve((_, response) => response.writeHead(302, { location: `${other}/blob` }).end());
    const answer = await stream(url, {
      headers: { authorization: 'Bearer s', 'private-token': 't' },
      secretHeaders: ['private-token'],
    });
    expect(await readAll(answer)).toBe('log');
    expect(seen[0]).not.toHaveProperty('authorization');
    expect(seen[0]).not.toHaveProperty('private-token');
  });

  it('sends nothing to a refused address, by a redirect neither', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end());
    await expect(stream(url)).rejects.toMatchObject({ code: 'http-address-refused' });
    await expect(stream('http://localhost:1/', {}, { allow: [] })).rejects.toMatchObject({
      code: 'http-address-refused',
    });
  });

  it.each([
    ['plain', {}],
    ['gzip', { 'content-encoding': 'gzip' }],
  ])('ends the transfer of a %s body when nobody reads on', async (kind, headers) => {
    let closed: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (closed = resolve));
    const url = await serve((_, response) => {
      response.on('close', closed);
      response.writeHead(200, headers);
      if (kind === 'plain') return writeEndlessly(response);
      const zip = createGzip();
      zip.pipe(response);
      response.on('close', () => zip.destroy());
      const fill = () => {
        while (!zip.destroyed && zip.write(Buffer.alloc(65_536, Math.random().toString())));
      };
      zip.on('drain', fill);
      fill();
    });
    const answer = await stream(url, { maxBytes: Number.POSITIVE_INFINITY });
    for await (const part of answer.body) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    await ended;
  });

  it('ends the transfer, too, when nothing was read at all', async () => {
    let closed: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (closed = resolve));
    const url = await serve((_, response) => {
      response.on('close', closed);
      writeEndlessly(response);
    });
    const answer = await stream(url);
    await answer.body[Symbol.asyncIterator]().return?.();
    await ended;
  });

  it('reads no more than its limit', async () => {
    const url = await serve((_, response) => writeEndlessly(response));
    await expect(readAll(await stream(url))).rejects.toMatchObject({ code: 'http-response-too-large' });
    const bomb = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(Buffer.alloc(50_000_000))),
    );
    await expect(readAll(await stream(bomb))).rejects.toMatchObject({ code: 'http-response-too-large' });
  });

  it.each([
    ['cut short', 'gzip', gzipSync('cut short, cut short').subarray(0, 20)],
    ['of no known coding', 'constructor', Buffer.from('x')],
    ['not what it says', 'br', Buffer.from('not brotli at all')],
  ])('says that a body is %s', async (_, coding, bytes) => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(bytes),
    );
    await expect(stream(url).then(readAll)).rejects.toMatchObject({ code: 'http-response-invalid' });
  });

  it('says that the connection broke amid the body', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('12345', () => response.destroy());
    });
    await expect(readAll(await stream(url))).rejects.toMatchObject({
      code: 'http-connection-failed',
      details: { retryable: true },
    });
  });

  it.each([
    ['before the headers', () => undefined],
    ['within the body', (response: ServerResponse) => void response.write('a')],
  ])('ends what stalls %s', async (_, answer) => {
    const url = await serve((_request, response) => answer(response));
    await expect(stream(url, { timeoutMs: 200 }).then(readAll)).rejects.toMatchObject({
      code: 'http-timeout',
    });
  });

  it('lasts as long as it needs to while parts come, and while its reader takes its time', async () => {
    const url = await serve((_, response) => {
      let sent = 0;
      const timer = setInterval(() => {
        sent += 1;
        if (sent < 8) response.write('x');
        else {
          clearInterval(timer);
          response.end();
        }
      }, 100);
    });
    const answer = await stream(url, { timeoutMs: 1_000 });
    let text = '';
    for await (const part of answer.body) {
      if (text === '') await new Promise((resolve) => setTimeout(resolve, 1_200));
      text += String(part);
    }
    expect(text).toHaveLength(7);
  });

  it('stops when asked to', async () => {
    const stop = new AbortController();
    const url = await serve((_, response) => void response.write('a'));
    const answer = await stream(url, { signal: stop.signal });
    const reading = readAll(answer);
    setTimeout(() => stop.abort(), 50);
    await expect(reading).rejects.toMatchObject({ code: 'canceled' });
  });

  it('passes 100 MB without holding them', async () => {
    const size = 100 * 1024 * 1024;
    let sent = 0;
    const url = await serve((_, response) => {
      const part = Buffer.alloc(65_536, 'line of a log\n');
      const push = (): void => {
        while (sent < size) {
          sent += part.length;
          if (!response.write(part)) return void response.once('drain', push);
        }
        response.end();
      };
      push();
    });
    const answer = await stream(url, { maxBytes: size });
    let [read, held] = [0, 0];
    for await (const part of answer.body) {
      read += part.length;
      held = Math.max(held, sent - read);
    }
    expect(read).toBe(size);
    expect(held).toBeLessThan(size / 5);
  });
});

describe('safe client: proxy', () => {
  /** A proxy of HTTP that notes what it was asked for. */
  async function startProxy(status = 200) {
    const asked: string[] = [];
    const server = createServer((incoming, response) => {
      asked.push(`${incoming.method} ${incoming.url}`);
      response.writeHead(status).end('by proxy');
    });
    server.on('connect', (incoming, socket) => {
      asked.push(`CONNECT ${incoming.url}`);
      if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      const [host = '', port] = (incoming.url ?? '').split(':');
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
      open.push(async () => void onward.destroy());
    });
    return { asked, proxy: `http://127.0.0.1:${await listen(server)}` };
  }

  it('sends through the proxy', async () => {
    const { asked, proxy } = await startProxy();
    const answer = await stream('http://127.0.0.1:9/x?y=1', {}, { ...LOCAL, proxy });
    expect(await readAll(answer)).toBe('by proxy');
    expect(asked).toEqual(['GET http://127.0.0.1:9/x?y=1']);
  });

  it('opens a tunnel for https', async () => {
    const { asked, proxy } = await startProxy();
    const url = await serve((_, response) => response.end());
    const port = new URL(url).port;
    // What listens there speaks no TLS: that it was reached is what counts.
    await expect(stream(`https://127.0.0.1:${port}/`, {}, { ...LOCAL, proxy })).rejects.toMatchObject({
      code: expect.stringMatching(/^http-(tls|connection)-failed$/),
    });
    expect(asked).toEqual([`CONNECT 127.0.0.1:${port}`]);
  });

  it.each(['http://127.0.0.1:9/', 'https://127.0.0.1:9/'])(
    'says that the proxy wants to know who asks for %s',
    async (url) => {
      const { proxy } = await startProxy(407);
      await expect(stream(url, {}, { ...LOCAL, proxy })).rejects.toMatchObject({
        code: 'http-proxy-refused',
      });
    },
  );

  it('holds the addresses of the proxy and of what is asked for against the policy', async () => {
    const { asked, proxy } = await startProxy();
    const resolve = async (host: string) => [
      { address: host === 'inside.example' ? '10.0.0.1' : '127.0.0.1', family: 4 },
    ];
    for (const [url, options] of [
      ['http://93.184.216.34/', { allow: [], proxy }],
      ['http://10.0.0.1/', { ...LOCAL, proxy }],
      ['http://inside.example/', { ...LOCAL, proxy, resolve }],
      ['http://93.184.216.34/', { allow: [], resolve, proxy: 'http://proxy.example:3128' }],
    ] as const) {
      await expect(stream(url, {}, options)).rejects.toMatchObject({ code: 'http-address-refused' });
    }
    expect(asked).toEqual([]);
  });

  it('leaves names that it cannot resolve to the proxy', async () => {
    const { asked, proxy } = await startProxy();
    const resolve = async () => {
      throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    };
    await readAll(await stream('http://ci.inside/', {}, { ...LOCAL, proxy, resolve }));
    expect(asked).toEqual(['GET http://ci.inside/']);
  });

  it.each(['ftp://x', 'http://me:secret@x:1', 'x:1', 'http://x/path'])(
    'refuses the proxy %s',
    async (proxy) => {
      await expect(stream('http://127.0.0.1:9/', {}, { ...LOCAL, proxy })).rejects.toMatchObject({
        code: 'http-proxy-invalid',
        message: expect.not.stringContaining('secret'),
      });
    },
  );
});
