import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { readEncryptionKeys } from '#connectors/secrets/encryption-keys.js';
import { createDataConverter } from '#temporal/data-converter.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

const UI = 'http://127.0.0.1:8233';
const KEYS = `a:${Buffer.alloc(32, 1).toString('base64')}`;

describe('the codec server', () => {
  let api: ApiFixture;

  beforeAll(async () => {
    api = await createApiFixture({ SLUICE_ENCRYPTION_KEYS: KEYS, SLUICE_UI_URL: `${UI}/` });
  });
  afterAll(() => api?.close());

  /** As Temporal stores the value. */
  async function store(value: unknown, keys = KEYS): Promise<object> {
    const { payloadCodecs = [] } = createDataConverter(readEncryptionKeys(keys));
    let payloads = [defaultPayloadConverter.toPayload(value) as Payload];
    for (const codec of payloadCodecs) payloads = await codec.encode(payloads);
    return toJson(payloads[0]!);
  }

  it.each([{ a: 1 }, 'x'.repeat(1_500_000)])('reads what Temporal stores, and writes it', async (value) => {
    const plain = toJson(defaultPayloadConverter.toPayload(value) as Payload);
    const decoded = await api.post('/codec/decode', { payloads: [await store(value), plain] });
    expect(decoded).toMatchObject({ status: 200, body: { payloads: [plain, plain] } });
    const encoded = await api.post('/codec/encode', { payloads: [plain] });
    expect(JSON.stringify(encoded.body)).toContain(Buffer.from('binary/encrypted').toString('base64'));
    expect((await api.post('/codec/decode', encoded.body)).body).toEqual({ payloads: [plain] });
  });

  it.each([
    [{}, 'request-invalid'],
    [{ payloads: 'x' }, 'request-invalid'],
    [{ payloads: [{ metadata: { encoding: 1 } }] }, 'request-invalid'],
    [{ payloads: [{ metadata: { encoding: 'YmluYXJ5L2VuY3J5cHRlZA==' } }] }, 'payload-unreadable'],
    [{ payloads: [{ metadata: { encoding: 'YmluYXJ5L3psaWI=' }, data: 'AAAA' }] }, 'payload-unreadable'],
  ])('refuses %j', async (body, code) => {
    expect((await api.post('/codec/decode', body)).body).toMatchObject({ code });
  });

  it('refuses what another key has written', async () => {
    const other = await store(1, `b:${Buffer.alloc(32, 2).toString('base64')}`);
    expect(await api.post('/codec/decode', { payloads: [other] })).toMatchObject({
      status: 422,
      body: { code: 'payload-unreadable', detail: expect.stringContaining('"b"') },
    });
  });

  it("lets the Web UI's page in, to these addresses alone, and no other page", async () => {
    const ask = (path: string, origin: string, method = 'OPTIONS') =>
      fetch(api.url + path, { method, headers: { origin, 'access-control-request-method': 'POST' } });
    const allowed = await ask('/codec/decode', UI);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, UI]);
    // It has no credentials to show; to write, and to any other page, they are needed.
    const page = { origin: UI, authorization: '' };
    const answer = await api.post('/codec/decode', { payloads: [] }, page);
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, UI]);
    expect((await api.post('/codec/encode', { payloads: [] }, page)).status).toBe(401);
    expect((await api.post('/codec/decode', { payloads: [] }, { authorization: '' })).status).toBe(401);
    for (const [path, origin, method] of [
      ['/codec/decode', 'http://evil.example'],
      ['/codec/decode', 'http://127.0.0.1:8234'],
      ['/codec/decode', 'null'],
      ['/codec', UI],
      ['/api/v1/runs', UI, 'GET'],
      ['/codec/../api/v1/runs', UI, 'GET'],
    ] as const) {
      const refused = await ask(path, origin, method);
      expect([path, origin, refused.status]).toEqual([path, origin, 403]);
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

function toJson({ metadata, data }: Payload): object {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return {
    metadata: Object.fromEntries(Object.entries(metadata!).map(([name, bytes]) => [name, base64(bytes)])),
    data: base64(data!),
  };
}
