import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

describe('schemas', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
  });
  afterAll(() => api?.close());

  it('serves the schema of definitions as it is in the repository', async () => {
    const published = await readFile(
      new URL('../../../schema/definition.schema.json', import.meta.url),
      'utf8',
    );
    const { status, headers, body } = await api.get('/api/v1/schemas/definition');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/schema+json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(body).toEqual(JSON.parse(published));
  });

  it('sends it again only to those who do not have it', async () => {
    const etag = (await api.get('/api/v1/schemas/definition')).headers.get('etag')!;
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
    const again = await api.get('/api/v1/schemas/definition', { 'if-none-match': `"other", W/${etag}` });
    expect(again).toMatchObject({ status: 304, body: '' });
    expect(again.headers.get('etag')).toBe(etag);
    const other = await api.get('/api/v1/schemas/definition', { 'if-none-match': '"other"' });
    expect(other.status).toBe(200);
  });

  it('lists the catalogue of actions', async () => {
    const { status, body } = await api.get('/api/v1/actions');
    expect(status).toBe(200);
    expect(body).toEqual({ items: JSON.parse(JSON.stringify([...ACTIONS.values()])) });
  });

  it('has no other schema', async () => {
    expect(await api.get('/api/v1/schemas/elephant')).toMatchObject({
      status: 404,
      body: { code: 'route-not-found' },
    });
  });
});
