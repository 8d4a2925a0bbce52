import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, HELLO } from '../integration/api/api-fixture.js';

interface Schema {
  readonly $ref?: string;
  readonly nullable?: boolean;
  readonly type?: string;
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly object[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Described {
  readonly method: string;
  /** With ids of nothing in place of its parts. */
  readonly path: string;
  /** Of the body, where it is an object. */
  readonly schema: Schema | undefined;
}

let api: ApiFixture;
let operations: Described[] = [];
let schemas: Readonly<Record<string, Schema>> = {};

beforeAll(async () => {
  api = await createApiFixture();
  const { body } = await api.get('/docs-json');
  schemas = body.components.schemas;
  operations = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { requestBody }]) => ({
        method: method.toUpperCase(),
        path: path
          .replaceAll(/\{(id|other|runId)\}/g, '00000000-0000-4000-8000-000000000000')
          .replaceAll(/\{\w+\}/g, 'x'),
        schema: resolve(requestBody?.content['application/json']?.schema),
      })),
  );
});
afterAll(() => api?.close());

function resolve(schema: Schema | undefined): Schema | undefined {
  const named = schema?.$ref === undefined ? schema : schemas[schema.$ref.split('/').at(-1)!];
  return named?.properties === undefined ? undefined : named;
}

const withBody = () => operations.filter(({ schema }) => schema !== undefined);

async function send(method: string, path: string, body: string, type = 'application/json') {
  const response = await fetch(api.url + path, {
    method,
    headers: { ...api.authorization, ...(type === '' ? {} : { 'content-type': type }) },
    body,
  });
  return { status: response.status, body: JSON.parse((await response.text()) || 'null') };
}

describe('bodies of every operation', () => {
  it('are not null where the description does not say that they may be', async () => {
    const taken: unknown[] = [];
    let asked = 0;
    for (const { method, path, schema } of withBody()) {
      for (const [name, property] of Object.entries(schema!.properties!)) {
        const { $ref, type, nullable, oneOf, allOf } = property;
        const isAny = type === undefined && $ref === undefined && oneOf === undefined && allOf === undefined;
        const oneMayBe = oneOf?.some((one) => one.nullable === true) === true;
        if (nullable === true || oneMayBe || isAny) continue;
        asked += 1;
        const { status, body } = await send(method, path, JSON.stringify({ [name]: null }));
        const named = (body?.errors ?? []).some((error: { path: string }) => error.path === name);
        if (status !== 400 || !named) taken.push([method, path, name, status, body?.code]);
      }
    }
    expect(taken).toEqual([]);
    expect(asked).toBeGreaterThan(60);
  });

  it('hold nothing that the description does not', async () => {
    const taken: unknown[] = [];
    for (const { method, path, schema } of withBody()) {
      expect([path, schema]).toEqual([path, expect.objectContaining({ additionalProperties: false })]);
      const { status, body } = await send(method, path, '{"elephant":1}');
      const named = (body?.errors ?? []).some((error: { path: string }) => error.path === 'elephant');
      if (status !== 400 || !named) taken.push([method, path, status, body?.code]);
    }
    expect(taken).toEqual([]);
  });

  it.each(['{"__proto__":{"reason":"x"}}', '{"reason":"x","constructor":{"prototype":{"admin":true}}}'])(
    'are refused as %s',
    async (text) => {
      for (const { method, path } of withBody()) {
        expect([path, await send(method, path, text)]).toEqual([
          path,
          expect.objectContaining({
            status: 400,
            body: expect.objectContaining({ code: 'body-forbidden-key' }),
          }),
        ]);
      }
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    },
  );

  /** None of it is what a body of JSON is sent as, or what it holds is looked at all the same. */
  it.each([
    '',
    'text/plain',
    'text/plain;charset=UTF-8',
    'text/json',
    'application/yaml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/json-patch+json',
    'application/vnd.api+json',
    'application/json/evil',
    'application/jsonx',
    'xapplication/json',
    'application / json',
    'application/json, text/plain',
    'text/plain, application/json',
    'text/plain; application/json',
    'application/json; charset=utf-16',
    'application/json;charset="utf-8"',
    'APPLICATION/JSON',
    ' application/json ',
    'application/json;',
    'application/json;;a',
    'application/json; charset=',
    '*/*',
    'application/*',
    '__proto__',
    'constructor',
  ])('are checked, or not read, of the Content-Type %j', async (type) => {
    const wrong = [
      ['PUT', '/api/v1/pools/mangled', '{"capacity":{"cpu":"much"}}'],
      ['POST', '/api/v1/projects', '{"name":"Not A Name"}'],
      ['POST', '/api/v1/freezes', '{"name":"mangled"}'],
      ['POST', '/api/v1/imports', '{"files":"none"}'],
    ] as const;
    for (const [method, path, body] of wrong) {
      const answer = await send(method, path, body, type);
      expect([type, path, [400, 415].includes(answer.status), answer.body.code]).toEqual([
        type,
        path,
        true,
        expect.stringMatching(/^(request-invalid|media-type-unsupported|body-missing|request-malformed)$/),
      ]);
    }
    expect((await api.get('/api/v1/pools/mangled')).status).toBe(404);
  });

  it('are no body of a method that there is not', async () => {
    for (const path of ['/api/v1/actions', '/health', '/api/v1/workflows/x', '/api/v1/pools']) {
      const { status, body } = await send('QUERY', path, 'x', '');
      expect([path, status, body.code]).toEqual([path, 405, 'method-not-allowed']);
    }
  });

  it('are checked in no time, however long', async () => {
    const long = `${'a'.repeat(900_000)}\n`;
    const texts = [long, `${' '.repeat(900_000)}\n`, `${'a '.repeat(450_000)}\u0000`];
    for (const text of texts) {
      const freeze = { name: text, startsAt: '2030-01-01T00:00:00Z', endsAt: '2030-01-02T00:00:00Z' };
      const agent = { name: text.slice(0, 400_000), url: `http://${text.slice(0, 400_000)}` };
      for (const [path, body] of [
        ['/api/v1/freezes', freeze],
        ['/api/v1/agents', agent],
        ['/api/v1/users', { name: text }],
        ['/api/v1/api-keys', { name: 'x', expiresAt: text }],
        ['/api/v1/runs/00000000-0000-4000-8000-000000000000/events', { name: text }],
        ['/api/v1/workflows/x/versions/1/publish', { version: text, reason: '' }],
        ['/api/v1/workflows/x/execute', { version: text }],
      ] as const) {
        expect([path, (await api.post(path, body)).status]).toEqual([path, 400]);
      }
    }
  });
});

describe('queries of every operation', () => {
  it.each(['__proto__=1', '__proto__[admin]=1', 'constructor=1', 'constructor[prototype][admin]=1'])(
    'are refused or unread as %s, and change nothing',
    async (query) => {
      for (const { method, path } of operations.filter((each) => each.method === 'GET')) {
        // The socket answers to no plain request, and the stream of a run does not end.
        if (path.startsWith('/ws/')) continue;
        const response = await fetch(`${api.url}${path}?${query}`, { method, headers: api.authorization });
        await response.body?.cancel();
        expect([path, response.status >= 500]).toEqual([path, false]);
        const forbidden = /^(__proto__|constructor)=/.test(query);
        if (forbidden) expect([path, response.status]).toEqual([path, 400]);
      }
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    },
  );

  it('find no history of what cannot be an alias, wherever one begins to read', async () => {
    await api.save(HELLO);
    const answer = await api.get('/api/v1/workflows/hello/aliases/%C2%84/history?after=000');
    expect([answer.status, answer.body.code]).toEqual([404, 'alias-not-found']);
  });

  it('come with an idempotency key that is one, or are refused', async () => {
    const path = '/api/v1/runs/00000000-0000-4000-8000-000000000000/cancel';
    for (const key of ['a b', 'ä', 'a'.repeat(201)]) {
      const answer = await api.post(path, {}, { 'idempotency-key': key });
      expect([key, answer.status, answer.body.code]).toEqual([key, 400, 'idempotency-key-invalid']);
    }
  });

  it('name numbers as large as the description says', async () => {
    await api.save(HELLO);
    expect((await api.get('/api/v1/runs?workflow=hello&version=2147483647')).status).toBe(200);
    expect((await api.get('/api/v1/runs?workflow=hello&version=2147483648')).status).toBe(400);
  });
});

describe('stored markup', () => {
  const MARKUP = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'`{{7*7}}';

  it('leaves as JSON that no browser takes for a page', async () => {
    const definition = JSON.stringify({
      sluice: 1,
      name: 'marked',
      description: MARKUP,
      stages: { greet: { steps: { say: { set: { text: MARKUP } } } } },
    });
    expect((await api.save(definition)).status).toBe(201);
    await api.save(HELLO);
    await api.post('/api/v1/workflows/marked/versions/1/publish', { version: '1.0.0', reason: MARKUP });
    await api.post('/api/v1/projects', { name: 'marked', description: MARKUP, reason: MARKUP });
    await api.put('/api/v1/pools/marked', { capacity: { slots: 1 }, reason: MARKUP });
    await api.post('/api/v1/agents', { name: 'marked', url: 'http://agent.example/', description: MARKUP });
    await api.post('/api/v1/freezes', {
      name: MARKUP,
      startsAt: '2030-01-01T00:00:00Z',
      endsAt: '2030-01-02T00:00:00Z',
    });
    let shown = 0;
    for (const { path, method } of operations) {
      if (method !== 'GET' || /^\/(ws|metrics)/.test(path)) continue;
      const response = await fetch(api.url + path.replace(/\/(x|0{8}-[\d-]+)/, '/marked'), {
        headers: api.authorization,
      });
      const text = await response.text();
      if (text.includes('<script>')) shown += 1;
      expect([path, response.headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
      expect([path, response.headers.get('content-type')]).toEqual([
        path,
        expect.stringMatching(/^application\/(problem\+|schema\+)?jsonl?\b/),
      ]);
    }
    expect(shown).toBeGreaterThan(5);
  });

  it.each(['/docs', '/redoc'])('is nowhere in %s, which runs nothing but its own files', async (path) => {
    const response = await fetch(api.url + path);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(await response.text()).not.toContain('alert(1)');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
  });
});

it('nothing of it was a fault of the server', () => {
  expect(api.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});
