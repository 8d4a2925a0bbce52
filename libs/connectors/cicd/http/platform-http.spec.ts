import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Connections, createConnections } from '../connections.js';
import { connectTo, type TestedConnection } from '../testing/fake-connection.js';
import { type FakeAnswer, type FakeRequest, startFakeServer } from '../testing/fake-server.js';
import { findToken, forgetToken } from './credentials.js';
import { type HttpManners, PlatformHttp, type PlatformRequest } from './platform-http.js';

type Server = Awaited<ReturnType<typeof startFakeServer>>;

const SECRET = 'tok-8c1f-secret';
const MANNERS: HttpManners = {
  title: 'Example',
  async authorize(connection) {
    return { 'private-token': await findToken(connection) };
  },
  renew: forgetToken,
  readLimit(headers) {
    const remaining = headers['ratelimit-remaining'];
    const reset = headers['ratelimit-reset'];
    if (remaining === undefined) return undefined;
    return {
      remaining: Number(remaining),
      ...(reset === undefined ? {} : { resetsAt: Number(reset) * 1000 }),
    };
  },
  readMissing: ({ headers }) => headers['x-needs'],
};

let server: Server;
let connections: Connections;
let respond: (request: FakeRequest) => FakeAnswer;

beforeEach(async () => {
  respond = () => ({ status: 200, json: { ok: true } });
  server = await startFakeServer((request) => respond(request));
  connections = createConnections({ allow: ['127.0.0.1'] });
});

afterEach(async () => {
  await connections.close();
  await server.close();
});

const GET: PlatformRequest = { path: '/things', subject: 'the thing' };
const POST: PlatformRequest = { ...GET, method: 'POST', body: { a: 1 } };

function connect(
  way: Partial<Parameters<typeof connectTo>[1]> = {},
): TestedConnection & { http: PlatformHttp } {
  const auth = { type: 'token', secret: 'env:TOKEN' } as const;
  const fake = { url: server.url, auth, options: {}, secrets: { 'env:TOKEN': SECRET } };
  const tested = connectTo(fake, { connections, ...way });
  return { ...tested, http: new PlatformHttp(tested.connection, MANNERS) };
}

describe('PlatformHttp: what is sent', () => {
  it('proves who asks, and writes query and body', async () => {
    const { http } = connect();
    await http.send({ ...POST, query: { a: 'b c', none: undefined, n: 1 } });
    await http.send({ ...GET, method: 'POST', form: { a: 'b&c' } });
    expect(server.requests.map(({ method, target, body }) => [method, target, body])).toEqual([
      ['POST', '/things?a=b+c&n=1', '{"a":1}'],
      ['POST', '/things', 'a=b%26c'],
    ]);
    expect(server.requests[0]?.headers).toMatchObject({
      'private-token': SECRET,
      'content-type': 'application/json',
    });
  });

  it.each([
    [{ status: 200, json: { a: 1 } }, { a: 1 }],
    [{ status: 200, headers: { 'content-type': 'application/json' }, body: '' }, undefined],
    [{ status: 200, headers: { 'content-type': 'text/plain' }, body: 'log' }, undefined],
    [{ status: 204 }, undefined],
  ])('reads %j', async (answer, value) => {
    respond = () => answer;
    expect(await connect().http.send(GET)).toMatchObject({ status: answer.status });
    expect((await connect().http.send(GET)).value).toEqual(value);
  });
});

describe('PlatformHttp: limits', () => {
  const once = (answer: FakeAnswer, times = 1) =>
    server.faults.plan({ kind: 'answer', ...answer }, { times });

  it.each([
    ['Retry-After', () => ({ status: 429, headers: { 'retry-after': '1' } }), GET],
    [
      'Retry-After, of what is not safe to repeat',
      () => ({ status: 429, headers: { 'retry-after': '0' } }),
      POST,
    ],
    ['nothing at all', () => ({ status: 429 }), POST],
    ['unavailable for so long', () => ({ status: 503, headers: { 'retry-after': '0' } }), GET],
    [
      'when it is reset',
      () => ({
        status: 429,
        headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': String(Math.ceil(Date.now() / 1000)) },
      }),
      GET,
    ],
  ])('waits: %s', async (_, answer, request) => {
    once(answer());
    const { http, waited } = connect();
    expect((await http.send(request)).status).toBe(200);
    expect(server.requests).toHaveLength(2);
    expect(waited).toEqual([expect.stringContaining('Example lets the integration ask no more for')]);
  });

  it('waits longer each time that nothing is said, and begins anew after a success', async () => {
    const { http } = connect({ patienceMs: 3_000 });
    once({ status: 429 }, 5);
    const asked = Date.now();
    await expect(http.send(GET)).rejects.toMatchObject({
      code: 'platform-rate-limited',
      details: { class: 'rate-limit', retryable: true, retryAfterMs: expect.any(Number) },
    });
    // After 1 s it is sent again; the 2 s that follow are more than what is left.
    expect(server.requests).toHaveLength(2);
    expect(Date.now() - asked).toBeGreaterThanOrEqual(1_000);
  });

  it('has patience for a call in sum, and asks nothing while a limit is known', async () => {
    once({ status: 429, headers: { 'retry-after': '600' } });
    const { http } = connect();
    await expect(http.send(GET)).rejects.toMatchObject({
      code: 'platform-rate-limited',
      message: expect.stringContaining('601 s'),
    });
    await expect(http.send(GET)).rejects.toMatchObject({ code: 'platform-rate-limited' });
    expect(server.requests).toHaveLength(1);
  });

  it('shares what it knows with other uses of the integration, and with no other integration', async () => {
    once({ status: 429, headers: { 'retry-after': '600' } });
    await expect(connect().http.send(GET)).rejects.toMatchObject({ code: 'platform-rate-limited' });
    await expect(connect().http.send(GET)).rejects.toMatchObject({ code: 'platform-rate-limited' });
    expect((await connect({ revision: 2 }).http.send(GET)).status).toBe(200);
  });

  it('stops before the platform has to, by what its headers tell', async () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 900);
    respond = () => ({
      status: 200,
      json: {},
      headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': reset },
    });
    const { http } = connect();
    await http.send(GET);
    expect(http.rateLimit).toEqual({ remaining: 0, resetsAt: Number(reset) * 1000 });
    await expect(http.send(GET)).rejects.toMatchObject({ code: 'platform-rate-limited' });
    expect(server.requests).toHaveLength(1);
  });

  it('stops waiting when asked to', async () => {
    once({ status: 429, headers: { 'retry-after': '5' } });
    const stop = new AbortController();
    const sending = connect({ signal: stop.signal }).http.send(GET);
    setTimeout(() => stop.abort(), 50);
    await expect(sending).rejects.toMatchObject({ code: 'canceled' });
  });
});

describe('PlatformHttp: what goes wrong', () => {
  it.each([
    ['an error of the server', { kind: 'answer', status: 502, body: 'bad gateway' } as const],
    ['a body that is cut', { kind: 'cut' } as const],
    ['no answer', { kind: 'lost' } as const],
  ])('asks again what is safe to ask twice: %s', async (_, fault) => {
    server.faults.plan(fault);
    expect((await connect().http.send(GET)).value).toEqual({ ok: true });
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    [{ kind: 'answer', status: 502, body: 'bad gateway' } as const, 'platform-unavailable'],
    [{ kind: 'answer', status: 503, headers: { 'retry-after': '0' } } as const, 'platform-unavailable'],
    [{ kind: 'cut' } as const, 'http-connection-failed'],
    [{ kind: 'lost' } as const, 'http-connection-failed'],
  ])('sends nothing else twice: %j', async (fault, code) => {
    server.faults.plan(fault);
    await expect(connect().http.send(POST)).rejects.toMatchObject({ code, details: { retryable: true } });
    expect(server.requests).toHaveLength(1);
  });

  it('takes slow bytes as they come', async () => {
    server.faults.plan({ kind: 'slow', pauseMs: 5 });
    expect((await connect().http.send(GET)).value).toEqual({ ok: true });
  });

  it('gives up what stays broken', async () => {
    server.faults.plan({ kind: 'answer', status: 500, json: { message: 'boom' } }, { times: 9 });
    await expect(connect().http.send(GET)).rejects.toMatchObject({
      code: 'platform-unavailable',
      message: expect.stringContaining('boom'),
    });
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    [{ status: 401, json: { message: 'Bad credentials' } }, 'platform-auth-refused', 'Bad credentials'],
    [{ status: 403, json: { error: 'no' } }, 'platform-permission-missing', 'the thing (403): no'],
    [
      { status: 403, headers: { 'x-needs': 'actions=write' } },
      'platform-permission-missing',
      'actions=write',
    ],
    [{ status: 404, json: { message: 'Not Found' } }, 'platform-not-found', 'the thing'],
    [{ status: 410 }, 'platform-not-found', '(410)'],
    [{ status: 422, json: { message: { ref: ['bad'] } } }, 'platform-refused', '{"ref":["bad"]}'],
    [
      { status: 400, headers: { 'content-type': 'text/html' }, body: '<html>x' },
      'platform-refused',
      '(400).',
    ],
  ])('refuses %j', async (answer, code, words) => {
    respond = () => answer;
    await expect(connect().http.send(POST)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it.each([
    [203, 'platform-auth-refused'],
    [200, 'platform-answer-invalid'],
  ])('takes no page to sign in at for an answer (%i)', async (status, code) => {
    respond = () => ({
      status,
      headers: { 'content-type': 'text/html' },
      body: ' <!doctype html><p>Sign in',
    });
    await expect(connect().http.send(GET)).rejects.toMatchObject({ code });
  });

  it('refuses what is no JSON', async () => {
    respond = () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":' });
    await expect(connect().http.send(GET)).rejects.toMatchObject({ code: 'platform-answer-invalid' });
  });

  it('shows neither secrets nor what terminals obey', async () => {
    const split = `${SECRET.slice(0, 6)}\u001b[0m${SECRET.slice(6)}`;
    const message = `\u001b[31mbad\u001b]0;title\u0007 ${SECRET}\r\n${split} \u202e\0 ${'x'.repeat(600)}`;
    respond = () => ({ status: 400, json: { message } });
    const failure: unknown = await connect()
      .http.send(POST)
      .catch((error: unknown) => error);
    const { message: shown } = failure as Error;
    expect(shown).toContain('bad *** *** \ufffd\ufffd xxx');
    expect(shown.length).toBeLessThan(600);
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });
});

describe('PlatformHttp: redirects', () => {
  it('follows them within the origin', async () => {
    respond = ({ path, method, body }) =>
      path === '/things'
        ? { status: 307, headers: { location: '/repositories/7' } }
        : { status: 200, json: { method, body } };
    expect((await connect().http.send(POST)).value).toEqual({ method: 'POST', body: '{"a":1}' });
    expect((await connect().http.send(GET)).value).toEqual({ method: 'GET', body: '' });
    expect(server.requests.at(-1)?.headers).toMatchObject({ 'private-token': SECRET });
  });

  it('goes nowhere else, and sends nothing there', async () => {
    const other = await startFakeServer(() => ({ status: 200, json: {} }));
    try {
      for (const status of [301, 302, 307])
        for (const request of [GET, POST]) {
          respond = () => ({ status, headers: { location: `${other.url}/things` } });
          await expect(connect().http.send(request)).rejects.toMatchObject({
            code: 'platform-redirects',
            message: expect.stringContaining(other.url),
          });
        }
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('does not make another request of what changes something, and does not turn for ever', async () => {
    respond = () => ({ status: 302, headers: { location: '/things' } });
    await expect(connect().http.send(POST)).rejects.toMatchObject({ code: 'platform-redirects' });
    expect(server.requests).toHaveLength(1);
    await expect(connect().http.send(GET)).rejects.toMatchObject({ code: 'platform-redirects' });
    expect((await connect().http.send({ ...POST, expected: [302] })).status).toBe(302);
  });

  it('streams from elsewhere without credentials', async () => {
    const other = await startFakeServer(() => ({ status: 200, body: 'log' }));
    respond = () => ({ status: 302, headers: { location: `${other.url}/blob` } });
    const { body } = await connect().http.stream(GET, 1_000);
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('log');
    expect(other.requests[0]?.headers).not.toHaveProperty('private-token');
    await other.close();
  });

  it('tells of a stream what it tells of an answer', async () => {
    respond = () => ({ status: 404, json: { message: 'gone' } });
    await expect(connect().http.stream(GET, 1_000)).rejects.toMatchObject({ code: 'platform-not-found' });
  });
});

describe('PlatformHttp: tokens by client credentials', () => {
  const auth = (url: string) =>
    ({ type: 'oauth2', tokenUrl: `${url}/token`, clientId: 'c', secret: 'env:TOKEN', scopes: [] }) as const;

  it('gets one, keeps it for all uses, and gets another one once it is refused', async () => {
    let given = 0;
    let valid = '';
    respond = ({ path, headers }) => {
      if (path !== '/token') return { status: headers['private-token'] === valid ? 200 : 401, json: {} };
      given += 1;
      valid = `granted-token-${given}`;
      return { status: 200, json: { access_token: valid, expires_in: 3600 } };
    };
    const first = connect({ auth: auth(server.url) });
    await first.http.send(GET);
    const second = connect({ auth: auth(server.url) });
    await second.http.send(POST);
    expect([given, second.hide('x granted-token-1')]).toEqual([1, 'x ***']);
    valid = 'another';
    await second.http.send(POST);
    expect([given, second.hide('x granted-token-2')]).toEqual([2, 'x ***']);
  });

  it('refuses for good what is refused twice', async () => {
    respond = ({ path }) =>
      path === '/token' ? { status: 200, json: { access_token: 'tok' } } : { status: 401, json: {} };
    await expect(connect({ auth: auth(server.url) }).http.send(GET)).rejects.toMatchObject({
      code: 'platform-auth-refused',
    });
    expect(server.requests.map(({ path }) => path)).toEqual(['/token', '/things', '/token', '/things']);
  });

  it('says that no token is given, and which credentials it does not take', async () => {
    respond = () => ({ status: 400, json: { error: 'invalid_client' } });
    await expect(connect({ auth: auth(server.url) }).http.send(GET)).rejects.toMatchObject({
      code: 'platform-token-refused',
      message: expect.stringContaining('(invalid_client)'),
    });
    const basic = { type: 'basic', username: 'u', secret: 'env:TOKEN' } as const;
    await expect(connect({ auth: basic }).http.send(GET)).rejects.toMatchObject({
      code: 'platform-auth-unfit',
    });
  });
});
