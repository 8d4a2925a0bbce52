import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresObjectStore } from '#persistence/object-store.js';
import { insertRun } from '../persistence/run-fixture.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

describe('GET /api/v1/runs/{id}/objects/{objectId}', () => {
  let api: ApiFixture;
  let run: string;
  let store: PostgresObjectStore;

  beforeAll(async () => {
    api = await createApiFixture();
    store = new PostgresObjectStore(api.database.dataSource);
    run = await insertRun(api.database.dataSource);
  });
  afterAll(() => api?.close());

  it('streams the value as JSON', async () => {
    const value = { text: randomBytes(3_000_000).toString('base64') };
    const { id, size, digest } = await store.put({ run, step: 's' }, Buffer.from(JSON.stringify(value)));
    const answer = await api.get(`/api/v1/runs/${run}/objects/${id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(value);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(size),
      etag: `"${digest}"`,
    });
  });

  it('refuses what is not there', async () => {
    const { id } = await store.put({ run, step: 's' }, Buffer.from('1'));
    await api.database.dataSource.query(`UPDATE objects SET project = 'other' WHERE id = $1`, [id]);
    for (const object of [id, randomUUID(), 'x', '..%2f..']) {
      expect(await api.get(`/api/v1/runs/${run}/objects/${object}`)).toMatchObject({
        status: 404,
        body: { code: 'object-not-found' },
      });
    }
    expect(await api.get(`/api/v1/runs/${randomUUID()}/objects/${id}`)).toMatchObject({
      body: { code: 'run-not-found' },
    });
  });
});
