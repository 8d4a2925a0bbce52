import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, HELLO } from '../integration/api/api-fixture.js';
import { PLACE_NAMES, TEXT_CORPORA, TEXTS, writeAt } from './corpora/definitions.js';
import { EVIL_PATTERNS, NAMES } from './corpora/expressions.js';

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture();
});
afterAll(() => api?.close());

type Answer = Awaited<ReturnType<ApiFixture['get']>>;

/** Taken, or refused by the caller's fault in the form of every refusal; never an error of ours. */
function expectTakenOrRefused(answer: Answer, what: string): void {
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) return;
  const type = headers.get('content-type') ?? '';
  if (
    status < 400 ||
    status >= 500 ||
    !type.startsWith('application/problem+json') ||
    body.status !== status
  ) {
    throw new Error(`${what}: ${status} ${JSON.stringify(body).slice(0, 500)}`);
  }
}

async function sendAll<T>(all: readonly T[], send: (one: T) => Promise<Answer>): Promise<void> {
  const left = [...all.entries()];
  const sender = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      expectTakenOrRefused(await send(next[1]), JSON.stringify(next[1]).slice(0, 200));
    }
  };
  await Promise.all([sender(), sender(), sender(), sender()]);
}

async function expectAlive(): Promise<void> {
  expect((await api.get('/api/v1/workflows?limit=1')).status).toBe(200);
  expect(api.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
}

describe.each(Object.entries(TEXT_CORPORA))('definitions of %s', (_, texts) => {
  it('are refused or saved', async () => {
    await sendAll(Object.values(texts), (text) => api.save(text));
    await expectAlive();
  });
});

describe('names and escapes as', () => {
  it.each(PLACE_NAMES)('%s', async (place) => {
    await sendAll(TEXTS, (text) => api.post('/api/v1/workflows', writeAt(place, text)));
    await expectAlive();
  });
});

describe('runs', () => {
  const path = '/api/v1/workflows/any/execute';
  beforeAll(async () => {
    const inputs = [
      'any: {}',
      'text: { type: string, default: x }',
      `wrong: { items: { allOf: [${'{ type: string },'.repeat(200)}] }, default: [] }`,
      'equal: { uniqueItems: true, default: [] }',
    ];
    const patterns = EVIL_PATTERNS.map(([pattern], n) => `e${n}: { anyOf: [{ pattern: '${pattern}' }] }`);
    const lines = ['who: { default: world }', ...inputs, ...patterns].map((line) => `  ${line}\n`);
    // By a function: `$'` means something in a text that replaces.
    const definition = HELLO.replace('name: hello', 'name: any').replace(
      /^inputs:\n.*\n/m,
      () => `inputs:\n${lines.join('')}`,
    );
    expect(await api.save(definition)).toMatchObject({ status: 201 });
  });
  const others = Object.fromEntries(EVIL_PATTERNS.map((_, n) => [`e${n}`, 0]));

  it('take any name and any text as data', async () => {
    expect(await api.post(path, { inputs: { any: 1, ...others } })).toMatchObject({ status: 202 });
    await sendAll(TEXTS, (text) => api.post(path, { inputs: { any: text, ...others } }));
    await sendAll(TEXTS, (text) =>
      api.post(path, { inputs: { any: Object.fromEntries([[text, text]]), ...others } }),
    );
    await sendAll(NAMES, (name) => api.post(path, { inputs: Object.fromEntries([[name, 1]]) }));
    await sendAll(NAMES, (name) => api.post(path, Object.fromEntries([[name, 1]])));
    await expectAlive();
  });

  it('are refused for inputs that are costly to check', async () => {
    await sendAll(EVIL_PATTERNS, ([, text]) =>
      api.post(path, {
        inputs: { any: 1, ...Object.fromEntries(EVIL_PATTERNS.map((_, n) => [`e${n}`, text])) },
      }),
    );
    const numbers = Array.from({ length: 100_000 }, (_, n) => n);
    const costly = [
      { wrong: numbers },
      { equal: numbers.map((n) => [n]).slice(0, 50_000) },
      { any: numbers },
      Object.fromEntries(numbers.slice(0, 50_000).map((n) => [`k${n}`, n])),
    ];
    await sendAll(costly, (inputs) => api.post(path, { inputs: { any: 1, ...others, ...inputs } }));
    await expectAlive();
  });

  it('are refused for bodies that are no bodies', async () => {
    const bodies = [
      ...['', ' ', 'null', '[]', '1', '"x"', '{', '{"inputs":', '\u0000', '{"inputs":null}', '{"inputs":[]}'],
      `{"inputs":{"any":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
      `{"inputs":{"any":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}}`,
      `{"inputs":{"any":${'9'.repeat(100_000)}}}`,
      `{"inputs":{"any":1e${'9'.repeat(1_000)}}}`,
      `{"inputs":{${'"any":1,'.repeat(100_000)}"any":2}}`,
      '{"inputs":{"any":"\\ud800"}}',
      '{"inputs":{"any":"\\u0000"}}',
      '{"inputs":{"__proto__":{"polluted":1}}}',
      '{"__proto__":{"inputs":{}}}',
      '{"inputs":{"constructor":{"prototype":{"polluted":1}}}}',
      '{"version":1e400}',
      '{"version":{"$gt":0}}',
      `"${'a'.repeat(1_100_000)}"`,
    ];
    await sendAll(bodies, (body) => api.post(path, body));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    await expectAlive();
  });
});

it('names and escapes as versions and aliases', async () => {
  await api.save(HELLO);
  const path = '/api/v1/workflows/hello';
  const texts = TEXTS.map((text) => text.toWellFormed());
  const parts = texts.map((text) => encodeURIComponent(text).slice(0, 4_000));
  const reason = 'x';
  await sendAll(texts, (version) => api.post(`${path}/versions/1/publish`, { version, reason }));
  await sendAll(texts, (text) => api.post(`${path}/versions/1/publish`, { version: 'x', reason: text }));
  await sendAll(texts, (version) => api.put(`${path}/aliases/stable`, { version, reason }));
  await sendAll(texts, (version) => api.post(`${path}/execute`, { version }));
  await sendAll(parts, (part) => api.get(`${path}/versions/${part}`));
  await sendAll(parts, (part) => api.put(`${path}/aliases/${part}`, { version: 1, reason }));
  await sendAll(parts, (part) => api.get(`${path}/aliases/${part}/history?after=${part}`));
  await sendAll(parts, (part) => api.remove(`${path}/aliases/${part}?reason=${part}`, { 'if-match': part }));
  await sendAll(parts, (part) => api.get(`${path}/diff?from=${part}&to=${part}`));
  await expectAlive();
});

it('names and escapes in addresses, queries and headers', async () => {
  const texts = TEXTS.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 4_000));
  await sendAll(texts, (text) => api.get(`/api/v1/workflows/${text}`));
  await sendAll(texts, (text) => api.get(`/api/v1/runs/${text}`));
  await sendAll(texts, (text) => api.get(`/api/v1/runs?workflow=${text}&after=${text}&status=${text}`));
  await sendAll(texts, (text) => api.get(`/api/v1/workflows?${text}=${text}`));
  await sendAll(texts, (text) =>
    api.get('/api/v1/workflows', {
      'x-correlation-id': text,
      'x-sluice-actor': text,
      'idempotency-key': text,
    }),
  );
  await expectAlive();
});
