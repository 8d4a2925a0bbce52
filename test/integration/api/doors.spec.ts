import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestKey } from '../../access.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

/** Sends the bytes as they are, which fetch would not; answers with the status line, and the rest. */
function sendRaw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('without credentials', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
  });
  afterAll(() => api?.close());

  const TRICKS: readonly (readonly [string, string])[] = [
    ...[
      '/',
      '/api/v1/runs',
      '/api/v1/runs/',
      '//api/v1/runs',
      '/api//v1/runs',
      '/api/v1//runs',
      '/api/v1/runs;a=b',
      '/api/v1/runs;',
      '/;/api/v1/runs',
      '/api/v1/runs%2f',
      '/api/v1%2fruns',
      '/api%2fv1%2fruns',
      '/%61pi/v1/runs',
      '/api/v1/runs%00',
      '/api/v1/runs%20',
      '/api/v1/runs.json',
      '/API/V1/RUNS',
      '/api/v1/../v1/runs',
      '/health/../api/v1/runs',
      '/health/..%2fapi/v1/runs',
      '/health;/../api/v1/runs',
      '/health/',
      '/health%2f',
      '/docs/../api/v1/runs',
      '/docs%2f..%2fapi/v1/runs',
      '/documents',
      '/docs-json/../api/v1/runs',
      '/api/v1/runs?access_token=x',
      '/api/v1/runs?authorization=Bearer%20x',
      '/api/v1/runs#/health',
      '/api/v1/elephants',
      '/api/v2/runs',
      '/api/v1/runs/%zz',
      '/api/v1/runs/%c0%af',
      '/codec/decode',
      '/auth/token',
      '/metrics/..',
      '/.env',
      `/${'a'.repeat(5_000)}`,
    ].map((path) => ['GET', path] as const),
    ...[
      'HEAD',
      'OPTIONS',
      'TRACE',
      'PATCH',
      'PROPFIND',
      'PURGE',
      'QUERY',
      'MKCOL',
      'LINK',
      'BREW',
      'GETS',
    ].flatMap((method) => [[method, '/api/v1/runs'] as const, [method, '/health'] as const]),
    ...['POST', 'PUT', 'DELETE'].flatMap((method) => [
      [method, '/api/v1/runs'] as const,
      [method, '/api/v1/workflows'] as const,
      [method, '/nowhere'] as const,
    ]),
  ];

  it.each(TRICKS)('%s %s is 401, and tells nothing else', async (method, path) => {
    const answer = await sendRaw(
      api.url,
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toMatch(/^www-authenticate: Bearer realm="sluice"\r$/im);
    expect(answer).not.toMatch(/^allow:/im);
    if (method !== 'HEAD') expect(answer).toContain('"code":"credentials-missing"');
  });

  it.each([
    ['Content-Type: application/json\r\nContent-Length: 17000000'],
    ['Content-Type: text/evil\r\nContent-Length: 1'],
    ['Content-Type: application/json; charset=utf-16\r\nContent-Length: 1'],
    ['Content-Type: \r\nContent-Length: 1'],
    ['Transfer-Encoding: chunked'],
    ['X-HTTP-Method-Override: GET\r\nContent-Length: 0'],
    ['X-Sluice-Project: No Project\r\nX-Sluice-Actor: <script>\r\nContent-Length: 0'],
    ['X-Original-URL: /health\r\nContent-Length: 0'],
    ['X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nContent-Length: 0'],
  ])('reads no body of %j', async (headers) => {
    const body = /Length: 1$/.test(headers) ? '{' : '';
    const text = `POST /api/v1/workflows HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n\r\n${body}`;
    expect(await sendRaw(api.url, text)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it.each([
    ['two good ones', (key: string) => [`Bearer ${key}`, `Bearer ${key}`]],
    ['a wrong one before', (key: string) => ['Bearer x', `Bearer ${key}`]],
    ['a wrong one after', (key: string) => [`Bearer ${key}`, 'Bearer x']],
  ])('refuses two Authorization headers: %s', async (_, make) => {
    const key = api.authorization.authorization.slice('Bearer '.length);
    const headers = make(key).map((value) => `Authorization: ${value}\r\n`);
    const answer = await sendRaw(
      api.url,
      `GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers.join('')}\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toContain('several Authorization headers');
  });

  it.each(['/health', '/health/ready', '/docs', '/docs-json'])('%s is for everybody', async (path) => {
    expect((await api.get(path, { authorization: '' })).status).not.toBe(401);
  });

  it('an upgrade to a WebSocket is 401 as well', async () => {
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
    const request = `GET /ws/workflow/00000000-0000-4000-8000-000000000000 HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n\r\n`;
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(request));
      socket.once('data', (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.once('close', () => resolve('closed'));
    });
    expect(answer).not.toMatch(/^HTTP\/1\.1 (101|2|3|404|5)/);
  });
});

describe('doors that are open (SLUICE_AUTH=off)', () => {
  it('let in as the administrator, or as whom one says', async () => {
    const api = await createApiFixture({ SLUICE_AUTH: 'off' }, { ann: ['viewer'] });
    const me = async (headers: Record<string, string>) =>
      (await api.get('/api/v1/users/me', { authorization: '', ...headers })).body;
    expect(await me({})).toMatchObject({ actor: 'local', means: 'open', roles: ['admin'] });
    expect(await me({ 'x-sluice-actor': 'Ann' })).toMatchObject({
      actor: 'ann',
      roles: ['viewer'],
      everywhere: [],
    });
    expect(await me({ authorization: 'Bearer x.y.z' })).toMatchObject({ code: 'credentials-invalid' });
    expect((await api.get('/api/v1/runs', { authorization: '', 'x-sluice-project': 'nope' })).status).toBe(
      404,
    );
    await api.close();
  });
});

describe('speaking for others', () => {
  it('is of the administrator of this machine alone', async () => {
    const api = await createApiFixture({}, { ann: ['viewer'], eve: ['admin'] });
    const { dataSource } = api.database;
    await dataSource.query(`UPDATE users SET disabled_at = now() WHERE name = 'eve'`);
    const other = { authorization: `Bearer ${await createTestKey(dataSource)}` };
    expect(await api.get('/api/v1/users/me', { ...other, 'x-sluice-actor': 'ann' })).toMatchObject({
      status: 403,
      body: { code: 'permission-missing' },
    });
    expect((await api.get('/api/v1/users/me', { 'x-sluice-actor': 'eve' })).status).toBe(403);
    expect((await api.get('/api/v1/api-keys', { 'x-sluice-actor': 'ann' })).status).toBe(403);
    await api.close();
  });
});

describe('limits', () => {
  /** Each process counts the requests that it has had itself. */
  const createLimited = (settings: Readonly<Record<string, string>>) => createApiFixture(settings, {}, 1);

  it('of a key, an address, wrong credentials and tokens: 429 with what to wait', async () => {
    const api = await createLimited({
      SLUICE_RATE_KEY: '5',
      SLUICE_RATE_FAILURE: '3',
      SLUICE_RATE_TOKEN: '1',
    });
    const { dataSource } = api.database;
    const first = await api.get('/api/v1/runs');
    expect(first.headers.get('ratelimit-policy')).toBe('"key";q=5;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"key";r=4;t=\d+$/);
    for (let n = 0; n < 4; n++) await api.get('/api/v1/runs');
    const limited = await api.get('/api/v1/runs');
    expect(limited).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);

    const other = await createTestKey(dataSource);
    const tokens = () => api.post('/auth/token', {}, { authorization: `Bearer ${other}` });
    expect([(await tokens()).status, (await tokens()).status]).toEqual([200, 429]);

    const guess = async () =>
      (await api.get('/api/v1/runs', { authorization: 'Bearer sluice_guess' })).status;
    expect([await guess(), await guess(), await guess(), await guess()]).toEqual([401, 401, 401, 429]);
    // Who has a right key is not shut out by those who guess.
    expect((await api.get('/api/v1/users/me', { authorization: `Bearer ${other}` })).status).toBe(200);
    await api.close();
  });

  it('of an address hold before anything is looked at, for those behind a trusted proxy each', async () => {
    const api = await createLimited({ SLUICE_RATE_ADDRESS: '2', SLUICE_TRUSTED_PROXIES: '127.0.0.0/8' });
    const ask = async (address: string) => (await api.get('/health', { 'x-forwarded-for': address })).status;
    expect([await ask('192.0.2.1'), await ask('192.0.2.1'), await ask('192.0.2.1')]).toEqual([200, 200, 429]);
    expect(await ask('192.0.2.2')).toBe(200);
    // Only the last one before the proxy is believed.
    expect([await ask('1.1.1.1, 192.0.2.3'), await ask('2.2.2.2, 192.0.2.3')]).toEqual([200, 200]);
    expect(await ask('3.3.3.3, 192.0.2.3')).toBe(429);
    await api.close();
  });

  it('do not believe anybody else about the address', async () => {
    const api = await createLimited({ SLUICE_RATE_ADDRESS: '2' });
    const ask = async (address: string) => (await api.get('/health', { 'x-forwarded-for': address })).status;
    expect([await ask('1.1.1.1'), await ask('2.2.2.2'), await ask('3.3.3.3')]).toEqual([200, 200, 429]);
    await api.close();
  });
});
