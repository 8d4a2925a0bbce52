import { createHmac, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, HELLO } from '../integration/api/api-fixture.js';

interface Sent {
  readonly path?: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Written one after the other. */
  readonly body?: readonly (string | Uint8Array)[];
  /** Told as its length in place of what it is; null: none is told. Either way the request does not end. */
  readonly length?: number | null;
}

interface Told {
  readonly status: number;
  readonly code: string;
  readonly problem: Record<string, unknown>;
  /** Bytes that were written by then. */
  readonly written: number;
}

const HOOK = { name: 'hook', scheme: { type: 'github' }, action: { type: 'start', workflow: 'hello' } };
const TEXT = '{"a":1}';

let api: ApiFixture;
let hook: { readonly id: string; readonly path: string; readonly secret: string };

beforeAll(async () => {
  api = await createApiFixture({ SLUICE_ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}` });
  await api.save(HELLO);
  hook = (await api.post('/api/v1/webhooks', HOOK)).body;
});
afterAll(() => api?.close());

beforeEach(async () => {
  await api.database.dataSource.query('TRUNCATE webhook_deliveries, webhook_messages');
});

const sign = (body: string | Uint8Array, secret = hook.secret) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

const signed = (body: string | Uint8Array): readonly (readonly [string, string])[] => [
  ['content-type', 'application/json'],
  ['x-hub-signature-256', sign(body)],
];

/** As raw as Node lets us; the answer may come before the body has gone. */
function send({ path = hook.path, headers = [], body = [], length: told }: Sent): Promise<Told> {
  const length = told ?? body.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  const fields = [
    ['host', new URL(api.url).host],
    ...headers,
    told === null ? ['transfer-encoding', 'chunked'] : ['content-length', String(length)],
  ].flat() as string[];
  return new Promise((resolve, reject) => {
    const request = httpRequest(api.url + path, { method: 'POST', headers: fields as never, agent: false });
    let answered = false;
    let written = 0;
    request.on('response', async (response) => {
      answered = true;
      let text = '';
      for await (const chunk of response) text += chunk;
      const problem = JSON.parse(text);
      resolve({ status: response.statusCode ?? 0, code: problem.code ?? '', problem, written });
      request.destroy();
    });
    request.on('error', (error) => (answered ? undefined : reject(error)));
    const write = (at: number): void => {
      // The answer must not wait for what does not come.
      if (answered || at === body.length) return void (told === undefined && request.end());
      written += Buffer.byteLength(body[at]!);
      request.write(body[at]!, () => setImmediate(write, at + 1));
    };
    write(0);
  });
}

const countDeliveries = async () =>
  (await api.database.dataSource.query('SELECT count(*)::int AS count FROM webhook_deliveries'))[0].count;

async function expectUntouched(): Promise<void> {
  expect(await countDeliveries()).toBe(0);
  expect(api.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
}

describe('what proves nothing', () => {
  const type = ['content-type', 'application/json'] as const;
  const cases: readonly (readonly [string, () => Sent])[] = [
    ['no signature', () => ({ headers: [type], body: [TEXT] })],
    ['an empty signature', () => ({ headers: [type, ['x-hub-signature-256', '']], body: [TEXT] })],
    [
      'a wrong signature',
      () => ({ headers: [type, ['x-hub-signature-256', sign(TEXT, 'x')]], body: [TEXT] }),
    ],
    ['the signature of another body', () => ({ headers: signed('{"a":2}'), body: [TEXT] })],
    ['the signature of the body with a space more', () => ({ headers: signed(TEXT), body: [`${TEXT} `] })],
    ['a truncated body', () => ({ headers: signed(TEXT), body: [TEXT.slice(0, 5)] })],
    ['no body', () => ({ headers: signed(TEXT), body: [] })],
    [
      'two signatures, of which one is right',
      () => ({ headers: [...signed(TEXT), ['x-hub-signature-256', sign('x')]], body: [TEXT] }),
    ],
    [
      'two ids of one delivery',
      () => ({
        headers: [...signed(TEXT), ['x-github-delivery', 'a'], ['x-github-delivery', 'b']],
        body: [TEXT],
      }),
    ],
    [
      'an unknown webhook',
      () => ({ path: '/hooks/019abcde-0000-7000-8000-000000000000', headers: signed(TEXT), body: [TEXT] }),
    ],
    ['a webhook by its name', () => ({ path: '/hooks/hook', headers: signed(TEXT), body: [TEXT] })],
    [
      'a webhook that is none',
      () => ({ path: `/hooks/${'x'.repeat(200)}`, headers: signed(TEXT), body: [TEXT] }),
    ],
  ];

  it.each(cases)('%s: 401, the same as any other', async (_, sent) => {
    const { status, problem } = await send(sent());
    const { correlationId, ...told } = problem;
    const unknown = await send({ path: '/hooks/none', headers: [type], body: [TEXT] });
    expect(status).toBe(401);
    expect(correlationId).not.toBe(unknown.problem['correlationId']);
    expect(told).toEqual({ ...unknown.problem, correlationId: undefined, ...told });
    expect(told['code']).toBe('webhook-signature-invalid');
    await expectUntouched();
  });

  it('is refused for a while where there is much of it', async () => {
    const strict = await createApiFixture({ SLUICE_RATE_FAILURE: '2' }, {}, 1);
    const ask = () => strict.post('/hooks/none', TEXT, { authorization: '' });
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([401, 401, 429]);
    await strict.close();
  });
});

describe('a body that is too large', () => {
  const megabyte = Buffer.alloc(1 << 20, 0x20);
  it.each([
    ['by its length alone', { body: [megabyte.subarray(0, 1_000)], length: 25 << 20 }],
    [
      'as soon as it is, where no length is told',
      { body: [megabyte, megabyte.subarray(0, 1_000)], length: null },
    ],
  ])('is refused %s', async (_, sent) => {
    const before = process.memoryUsage().arrayBuffers;
    const told = await send({ headers: signed(TEXT), ...sent });
    expect([told.status, told.code]).toEqual([413, 'body-too-large']);
    expect(told.written).toBeLessThan(2 << 20);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 << 20);
    await expectUntouched();
  });

  it('may be larger where the operator says so', async () => {
    const roomy = await createApiFixture({ SLUICE_WEBHOOK_BODY: '26214400' }, {}, 1);
    const text = JSON.stringify('x'.repeat(2 << 20));
    expect((await roomy.post('/hooks/none', text, { authorization: '' })).status).toBe(401);
    await roomy.close();
  });

  it('cannot be hidden in a small one', async () => {
    const bomb = gzipSync(Buffer.alloc(32 << 20));
    for (const encoding of ['gzip', 'GZIP', 'br', 'deflate, gzip']) {
      const headers = [...signed(bomb), ['content-encoding', encoding]] as const;
      expect((await send({ headers, body: [bomb] })).code).toBe('media-type-unsupported');
    }
    expect((await send({ headers: signed(bomb), body: [bomb] })).code).toBe('body-malformed');
    await expectUntouched();
  });
});

describe('what is signed and still no event', () => {
  it.each([
    ['invalid UTF-8', Uint8Array.from([0x22, 0xff, 0xfe, 0x22]), 'body-malformed'],
    ['half of JSON', '{"a":', 'body-malformed'],
    ['nothing', '', 'body-malformed'],
    ['a byte order mark and nothing else', '\ufeff', 'body-malformed'],
    ['__proto__', '{"a":{"__proto__":{"polluted":1}}}', 'body-forbidden-key'],
    ['constructor', '{"constructor":{"prototype":{"polluted":1}}}', 'body-forbidden-key'],
    ['JSON that is deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'body-too-deep'],
  ])('%s', async (_, body, code) => {
    const told = await send({ headers: signed(body), body: [body] });
    expect([told.status, told.code]).toEqual([400, code]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    await expectUntouched();
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/yaml',
    'multipart/form-data; boundary=x',
    'application/json-x',
  ])('of the type %s', async (type) => {
    const headers = [
      ['content-type', type],
      ['x-hub-signature-256', sign(TEXT)],
    ] as const;
    expect((await send({ headers, body: [TEXT] })).status).toBe(415);
    await expectUntouched();
  });

  it.each([
    { specversion: '1.0', id: '\u0000', source: 's', type: 't' },
    { specversion: '1.0', id: 'x'.repeat(600), source: 's', type: 't' },
    { specversion: '1.0', id: 7, source: 's', type: 't' },
    { specversion: '1.0', source: 's', type: 't' },
    { specversion: 1, id: 'i', source: 's', type: 't' },
    [],
    null,
  ])('as a CloudEvent: %j', async (event) => {
    const body = JSON.stringify(event);
    const headers = [
      ['content-type', 'application/cloudevents+json'],
      ['x-hub-signature-256', sign(body)],
    ] as const;
    expect(await send({ headers, body: [body] })).toMatchObject({ status: 400, code: 'request-invalid' });
    await expectUntouched();
  });
});

describe('what is odd and an event', () => {
  it.each([
    ['a text', '"x"'],
    ['null', 'null'],
    ['U+0000 and half a character', '{"a":"\\u0000 \\ud800"}'],
    ['large numbers', '{"a":1e400,"b":99999999999999999999}'],
    ['names twice', '{"a":1,"a":2}'],
  ])('%s', async (_, body) => {
    const told = await send({ headers: signed(body), body: [body] });
    expect([told.status, told.problem['outcome']]).toEqual([202, 'started']);
    const shown = await api.get(`/api/v1/webhooks/hook/deliveries/${told.problem['id']}`);
    expect(shown.body.body).toBe(body);
  });

  it('many headers', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => [`x-${n}`, 'y'] as const);
    const told = await send({ headers: [...signed(TEXT), ...many(300)], body: [TEXT] });
    expect(told.status).toBe(202);
    const shown = await api.get(`/api/v1/webhooks/hook/deliveries/${told.problem['id']}`);
    expect(Object.keys(shown.body.headers)).toHaveLength(100);
    const refused = await send({ headers: [...signed(TEXT), ...many(10_000)], body: [TEXT] }).catch(
      () => 'cut off',
    );
    expect(refused).not.toMatchObject({ status: 202 });
    expect(await countDeliveries()).toBe(1);
  });

  it('credentials beside the signature, which open nothing and are kept nowhere', async () => {
    const headers = [
      ...signed(TEXT),
      ['authorization', 'Bearer canary'],
      ['cookie', 'canary'],
      ['x-api-key', 'canary'],
    ] as const;
    const told = await send({ headers, body: [TEXT] });
    expect(told.status).toBe(202);
    const rows = await api.database.dataSource.query('SELECT * FROM webhook_deliveries');
    expect(JSON.stringify([rows, api.log])).not.toContain('canary');
  });
});

it('is told to try again where the database is away, and is taken then', async () => {
  const own = await createApiFixture(
    { SLUICE_ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}` },
    {},
    1,
  );
  await own.save(HELLO);
  const { body } = await own.post('/api/v1/webhooks', HOOK);
  const headers = {
    authorization: '',
    'x-github-delivery': 'a',
    'x-hub-signature-256': sign(TEXT, body.secret),
  };
  const { dataSource } = own.database;
  const pool = (dataSource.driver as unknown as { master: { connect: unknown } }).master;
  const { connect } = pool;
  pool.connect = (done: (error: Error) => void) =>
    done(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
  const away = await own.post(body.path, TEXT, headers);
  pool.connect = connect;
  expect([away.status, away.body.code]).toEqual([503, 'database-unavailable']);
  expect(away.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await own.post(body.path, TEXT, headers)).toMatchObject({
    status: 202,
    body: { outcome: 'started' },
  });
  await own.close();
});
