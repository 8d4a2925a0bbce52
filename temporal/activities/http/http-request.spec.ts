import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSafeClient } from '#connectors/http/safe-client.js';
import type { HttpRequestInput, HttpRequestOutput } from '#contracts/catalogue/http-request.js';
import type { ActionContext } from '#contracts/ports.js';
import type { Json } from '#domain/json.js';
import { createHttpRequest } from './http-request.js';

const open: (() => Promise<unknown>)[] = [];
const masked: string[] = [];

afterEach(async () => {
  masked.length = 0;
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function send(input: HttpRequestInput, allow = ['127.0.0.1']): Promise<HttpRequestOutput> {
  const client = createSafeClient({ allow });
  open.push(() => client.close());
  const context: ActionContext = {
    run: 'r',
    step: 's',
    attempt: 1,
    idempotencyKey: 'key-of-the-step',
    signal: new AbortController().signal,
    workspace: '',
    secrets: { resolve: async (reference) => `secret of ${reference}` },
    secretValues: new Map(),
    whyStopped: () => undefined,
    logWritten: async () => undefined,
    log: () => undefined,
    mask: (secret) => masked.push(secret),
    hide: (text) => text,
  };
  return (await createHttpRequest(client)(input as unknown as Json, context)) as unknown as HttpRequestOutput;
}

/** Answers with what it was asked. */
const echo: RequestListener = (request: IncomingMessage, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += String(chunk);
  });
  request.on('end', () => {
    const { method, url, headers } = request;
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(JSON.stringify({ method, url, headers, body }));
  });
};

describe('http/request', () => {
  it('answers with status, headers and value', async () => {
    const url = await serve(echo);
    const output = await send({ url: `${url}/a?x=1`, query: { y: 'å & b', z: 2, w: true } });
    expect(output).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: { method: 'GET', url: '/a?x=1&y=%C3%A5+%26+b&z=2&w=true', body: '' },
    });
    expect((output.body as { headers: object }).headers).not.toHaveProperty('idempotency-key');
  });

  it.each([
    [{ a: [1] }, '{"a":[1]}', 'application/json'],
    ['text', 'text', undefined],
    [null, 'null', 'application/json'],
  ])('sends the body %j', async (body, text, type) => {
    const url = await serve(echo);
    const output = await send({ url, method: 'POST', body });
    expect(output.body).toMatchObject({ body: text, headers: { 'idempotency-key': '"key-of-the-step"' } });
    expect((output.body as { headers: Record<string, string> }).headers['content-type']).toBe(type);
  });

  it('lets headers of its own win, in any case', async () => {
    const url = await serve(echo);
    const headers = { 'Content-Type': 'application/vnd.x+json', 'Idempotency-Key': 'mine', 'X-A': 'b' };
    const output = await send({ url, method: 'PATCH', body: {}, headers });
    expect(output.body).toMatchObject({
      headers: { 'content-type': 'application/vnd.x+json', 'idempotency-key': 'mine', 'x-a': 'b' },
    });
  });

  it('sends a secret and hides it', async () => {
    const url = await serve(echo);
    const output = await send({ url, auth: { secret: 'env:A', prefix: 'Bearer ' } });
    expect(output.body).toMatchObject({ headers: { authorization: 'Bearer secret of env:A' } });
    const other = await send({ url, auth: { header: 'X-Api-Key', secret: 'env:B' } });
    expect(other.body).toMatchObject({ headers: { 'x-api-key': 'secret of env:B' } });
    expect(masked).toEqual(['secret of env:A', 'secret of env:B']);
  });

  it('keeps a secret header from another origin', async () => {
    const other = await serve(echo);
    const url = await serve((_, response) => response.writeHead(302, { location: other }).end());
    const output = await send({ url, auth: { header: 'X-Api-Key', secret: 'env:B' } });
    expect((output.body as { headers: object }).headers).not.toHaveProperty('x-api-key');
  });

  it.each([
    ['application/json', '[1,2]', [1, 2]],
    ['application/problem+json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['application/json', 'not json', 'not json'],
    ['application/json', '\ufeff{}', {}],
    ['text/plain', '{"a":1}', '{"a":1}'],
    ['text/plain', 'a\0b', 'a\ufffdb'],
    ['application/jsonp', '1', '1'],
  ])('reads a body of %s: %j', async (type, body, expected) => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': type, 'set-cookie': 'session=secret' }).end(body);
    });
    const output = await send({ url });
    expect(output.body).toEqual(expected);
    expect(output.headers).not.toHaveProperty('set-cookie');
  });

  it.each([
    [404, ['2xx', 404]],
    [503, ['5xx']],
    [302, [302]],
    [302, ['3xx']],
    [204, undefined],
  ])('takes status %i for success with %j', async (status, successStatus) => {
    const url = await serve((_, response) => response.writeHead(status, { location: '/loop' }).end());
    expect((await send({ url, ...(successStatus ? { successStatus } : {}) })).status).toBe(status);
  });

  it.each([
    [400, 'user', 'configuration', false],
    [401, 'user', 'auth', false],
    [403, 'user', 'auth', false],
    [404, 'user', 'configuration', false],
    [408, 'operational', 'transient', true],
    [429, 'operational', 'rate-limit', true],
    [500, 'operational', 'dependency', true],
    [501, 'user', 'dependency', false],
    [503, 'operational', 'transient', true],
  ])('fails with status %i', async (status, fault, failureClass, retryable) => {
    const url = await serve((_, response) =>
      response.writeHead(status, { 'retry-after': '7' }).end('because'),
    );
    await expect(send({ url })).rejects.toMatchObject({
      code: 'http-status',
      fault,
      message: `The service answered with status ${status}: because`,
      details: { class: failureClass, retryable, status, retryAfterMs: 7000 },
    });
  });

  it.each(['soon', '-1', '99999999999'])('ignores Retry-After: %s', async (value) => {
    const url = await serve((_, response) => response.writeHead(503, { 'retry-after': value }).end());
    await expect(send({ url })).rejects.toMatchObject({
      details: expect.not.objectContaining({ retryAfterMs: expect.anything() }),
    });
  });

  it('names the limits that it ran into', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/large') response.end('x'.repeat(2000));
    });
    await expect(send({ url: `${url}/large`, maxBytes: 1999 })).rejects.toMatchObject({
      code: 'http-response-too-large',
    });
    await expect(send({ url: `${url}/slow`, timeout: '200ms' })).rejects.toMatchObject({
      code: 'http-timeout',
    });
    for (const timeout of ['soon', '11m', '0s', '']) {
      await expect(send({ url, timeout })).rejects.toMatchObject({ code: 'http-timeout-invalid' });
    }
    await expect(send({ url }, [])).rejects.toMatchObject({ code: 'http-address-refused' });
    await expect(send({ url: 'nonsense', query: { a: 1 } })).rejects.toMatchObject({
      code: 'http-url-invalid',
    });
  });
});
