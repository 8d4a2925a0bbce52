import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunReconciler } from '../../../apps/api/runs/run-reconciler.js';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

describe('what is in the way of a run', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
    await api.save(HELLO);
  });
  afterAll(() => api?.close());

  const getRun = async (id: string) => (await api.get(`/api/v1/runs/${id}`)).body;
  const start = async (): Promise<string> => (await api.post('/api/v1/workflows/hello/execute', {})).body.id;

  it('is shown while its start cannot be delivered, and a cancel ends it all the same', async () => {
    api.gateway.start = () => Promise.reject(new Error('cannot be digested'));
    const id = await start();
    const delayed = await eventually(
      () => getRun(id),
      ({ trouble }) => trouble !== undefined,
    );
    expect(delayed).toMatchObject({
      status: 'queued',
      trouble: {
        code: 'start-delayed',
        message: 'cannot be digested',
        hint: expect.any(String),
        since: delayed.createdAt,
      },
    });
    await api.database.dataSource.query(
      `UPDATE outbox SET set_aside_at = now(), next_attempt_at = now() + interval '1 hour' WHERE run_id = $1`,
      [id],
    );
    expect(await getRun(id)).toMatchObject({ trouble: { code: 'start-set-aside' } });

    expect((await api.post(`/api/v1/runs/${id}/cancel`, { reason: 'enough' })).status).toBe(202);
    const canceled = await eventually(
      async () => {
        await api.app.get(RunReconciler).sweep(0);
        return getRun(id);
      },
      ({ status }) => status === 'canceled',
    );
    expect(canceled).toMatchObject({ error: { code: 'run-canceled' }, cancel: { reason: 'enough' } });
    expect(canceled).not.toHaveProperty('trouble');
    Reflect.deleteProperty(api.gateway, 'start');
  });

  it('is shown while workers fail at it, until it is heard of again', async () => {
    const id = await start();
    await eventually(async () => api.gateway.started.has(id), Boolean);
    const since = Date.UTC(2026, 10, 21, 12);
    const pending = { attempt: 7, taken: false, since, failure: 'no such key' };
    api.gateway.descriptions.set(id, { status: 'running', events: 3, pending });
    const sweep = () => api.app.get(RunReconciler).sweep(0);
    const stuck = await eventually(
      async () => {
        await sweep();
        return getRun(id);
      },
      ({ trouble }) => trouble !== undefined,
    );
    expect(stuck.trouble).toMatchObject({
      code: 'task-failing',
      message: 'no such key',
      since: new Date(since).toISOString(),
    });
    await sweep();
    expect(api.log.filter(({ msg, runId }) => msg === 'a run cannot go on' && runId === id)).toHaveLength(1);

    await api.recorder.record({
      transitions: [{ run: id, transitions: [{ sequence: 1, at: since, status: 'running' }] }],
    });
    expect(await getRun(id)).not.toHaveProperty('trouble');
    api.gateway.descriptions.set(id, { status: 'running', events: 9 });
    await sweep();
    const [row] = await api.database.dataSource.query('SELECT trouble FROM runs WHERE id = $1', [id]);
    expect(row).toEqual({ trouble: null });
  });
});
