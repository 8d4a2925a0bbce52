import { expect, it } from '@jest/globals';
import { createTestDatabase } from '../../postgres.js';
import { insertRun } from '../persistence/run-fixture.js';
import { createApiFixture, eventually } from './api-fixture.js';

it('lists and statistics are read from the replica, all else from the database', async () => {
  const replica = await createTestDatabase();
  const id = await insertRun(replica.dataSource);
  const api = await createApiFixture({ DATABASE_REPLICA_URL: replica.url });
  const idsOf = (body: { items: { id: string }[] }) => body.items.map((run) => run.id);
  try {
    expect(idsOf((await api.get('/api/v1/runs')).body)).toEqual([id]);
    const living = (await api.get('/api/v1/runs/statistics')).body.living;
    expect(living).toContainEqual({ status: 'queued', count: 1 });
    expect(await api.get(`/api/v1/runs/${id}`)).toMatchObject({ status: 404 });
    expect((await api.get('/api/v1/workflows')).body.items).toEqual([]);

    await replica.close();
    expect((await api.get('/api/v1/runs')).body).toEqual({ items: [] });
    const warned = () => api.log.some(({ msg }) => /the replica is not used/.test(String(msg)));
    await eventually(
      async () => warned(),
      (said) => said,
    );
  } finally {
    await api.close();
    await replica.close();
  }
});
