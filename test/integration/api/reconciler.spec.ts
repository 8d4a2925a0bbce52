import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InterpretInput } from '#contracts/run.js';
import type { RunDescription } from '#contracts/temporal-port.js';
import { PostgresChildRunStore } from '#persistence/child-run-store.js';
import { RunReconciler } from '../../../apps/api/runs/run-reconciler.js';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

const T0 = 1_790_000_000_000;

describe('RunReconciler', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
    await api.save(HELLO);
  });
  afterAll(() => api?.close());

  const reconciler = () => api.app.get(RunReconciler);
  const getRun = async (id: string) => (await api.get(`/api/v1/runs/${id}`)).body;

  /** A run that has been handed over, with a step and an attempt that run. */
  async function startRun(heardOf = true): Promise<string> {
    const { id } = (await api.post('/api/v1/workflows/hello/execute', {})).body;
    await eventually(
      () =>
        api.database.dataSource.query('SELECT FROM outbox WHERE run_id = $1 AND delivered_at IS NOT NULL', [
          id,
        ]),
      (rows) => rows.length > 0,
    );
    if (!heardOf) return id;
    await api.recorder.record({
      transitions: [
        {
          run: id,
          transitions: [
            { sequence: 1, at: T0, status: 'running' },
            { sequence: 2, at: T0, step: 'say', status: 'running' },
          ],
        },
      ],
    });
    await api.recorder.record({
      attemptStarts: [
        {
          run: id,
          step: 'say',
          attempt: 1,
          at: T0,
          action: 'x',
          worker: 'w',
          rebuild: false,
          input: {},
        },
      ],
    });
    return id;
  }

  it.each<[string, RunDescription, object]>([
    [
      'completed',
      { status: 'completed', result: { status: 'succeeded', output: 7 } },
      { status: 'succeeded', output: 7 },
    ],
    [
      'failed with a result',
      {
        status: 'failed',
        result: { status: 'failed', error: { class: 'test', code: 'tests-failed', message: 'no' } },
      },
      { status: 'failed', error: { code: 'tests-failed' } },
    ],
    [
      'failed without one',
      { status: 'failed', reason: 'bug' },
      { status: 'failed', error: { code: 'run-engine-failed' } },
    ],
    [
      'canceled outside',
      { status: 'canceled' },
      { status: 'canceled', error: { code: 'run-canceled-outside' } },
    ],
    [
      'terminated outside',
      { status: 'terminated', reason: 'by hand' },
      {
        status: 'failed',
        error: { code: 'run-terminated-outside', message: expect.stringContaining('by hand') },
      },
    ],
    ['timed out', { status: 'timed-out' }, { status: 'failed', error: { code: 'run-timed-out-outside' } }],
    ['gone', { status: 'not-found' }, { status: 'failed', error: { code: 'run-history-lost' } }],
  ])('repairs a run that has %s', async (_, description, expected) => {
    const id = await startRun();
    api.gateway.descriptions.set(id, description);
    await reconciler().sweep(0);
    expect(await getRun(id)).toMatchObject({ ...expected, endedAt: expect.any(String) });
    const { items } = (await api.get(`/api/v1/runs/${id}/steps`)).body;
    expect(items.find((step: { key: string }) => step.key === 'say')).toMatchObject({
      status: 'canceled',
      attempts: [{ status: 'lost' }],
    });
    const audit = await api.database.dataSource.query(
      `SELECT actor FROM audit_log WHERE object_id = $1 AND action = 'run.repair'`,
      [id],
    );
    expect(audit).toEqual([{ actor: 'reconciler' }]);
    expect(await reconciler().sweep(0)).toBe(0);
  });

  it('leaves a run that runs, and one of which there is news', async () => {
    const id = await startRun();
    expect(await reconciler().sweep(60_000)).toBe(0);
    expect(await reconciler().sweep(0)).toBe(1);
    expect(await getRun(id)).toMatchObject({ status: 'running' });
    await api.recorder.record({
      results: [
        {
          run: id,
          result: { status: 'succeeded' },
          endedAt: T0,
          sequence: 5,
          steps: {},
          actions: {},
        },
      ],
    });
  });

  it('has a worker tell again of a run that goes on, once for each length of its history', async () => {
    const id = await startRun();
    let told = 0;
    const one = reconciler();
    api.gateway.replays.set(id, async () => void told++);
    for (const [events, times] of [
      [7, 1],
      [7, 1],
      [9, 2],
    ] as const) {
      api.gateway.descriptions.set(id, { status: 'running', events });
      await one.sweep(0);
      expect(told).toBe(times);
    }
    api.gateway.failure = new Error('no worker');
    await one.sweep(0);
    api.gateway.failure = undefined;
    api.gateway.descriptions.set(id, { status: 'running', events: 11 });
    await one.sweep(0);
    expect(told).toBe(3);
  });

  it('has a worker record what a killed one did not, and takes that as it is', async () => {
    const id = await startRun();
    api.gateway.descriptions.set(id, { status: 'completed', result: { status: 'succeeded', output: 7 } });
    const say = { node: 1, status: 'succeeded' as const, attempts: 1, startedAt: T0, endedAt: T0 + 5 };
    api.gateway.replays.set(id, () =>
      api.recorder.record({
        results: [
          {
            run: id,
            result: { status: 'succeeded', output: 7 },
            endedAt: T0 + 9,
            sequence: 9,
            steps: { say },
            actions: { say: 'log/write' },
          },
        ],
      }),
    );
    await reconciler().sweep(0);
    expect(await getRun(id)).toMatchObject({ status: 'succeeded', endedAt: new Date(T0 + 9).toISOString() });
    const { items } = (await api.get(`/api/v1/runs/${id}/steps`)).body;
    expect(items.find((step: { key: string }) => step.key === 'say')).toMatchObject({
      status: 'succeeded',
      attempts: [{ status: 'succeeded' }],
    });
  });

  it('waits while no worker lives that could record it', async () => {
    const id = await startRun();
    api.gateway.descriptions.set(id, { status: 'completed', result: { status: 'succeeded' } });
    api.gateway.replays.set(id, () => Promise.reject(new Error('no worker polls')));
    await reconciler().sweep(0);
    expect(await getRun(id)).toMatchObject({ status: 'running' });
    api.gateway.replays.delete(id);
    await reconciler().sweep(0);
    expect(await getRun(id)).toMatchObject({ status: 'succeeded' });
  });

  it('starts again what Temporal has never heard of', async () => {
    const id = await startRun(false);
    api.gateway.started.delete(id);
    await reconciler().sweep(0);
    await eventually(async () => api.gateway.started.has(id), Boolean);
    expect(await getRun(id)).toMatchObject({ status: 'queued' });
    await api.recorder.record({
      results: [
        {
          run: id,
          result: { status: 'succeeded' },
          endedAt: T0,
          sequence: 5,
          steps: {},
          actions: {},
        },
      ],
    });
  });

  it('asks nothing of a run that is still to be handed over, and survives that Temporal is away', async () => {
    const id = await startRun();
    api.gateway.failure = new Error('away');
    const { body } = await api.post('/api/v1/workflows/hello/execute', {});
    await reconciler().sweep(0);
    expect(await getRun(id)).toMatchObject({ status: 'running' });
    expect(await getRun(body.id)).toMatchObject({ status: 'queued' });
    api.gateway.failure = undefined;
    await eventually(async () => api.gateway.started.has(body.id), Boolean);
  });

  it('lets the complete record win, even when it comes late', async () => {
    const id = await startRun();
    api.gateway.descriptions.set(id, { status: 'not-found' });
    await reconciler().sweep(0);
    await api.recorder.record({
      results: [
        {
          run: id,
          result: { status: 'succeeded' },
          endedAt: T0,
          sequence: 5,
          steps: {},
          actions: {},
        },
      ],
    });
    expect(await getRun(id)).toMatchObject({ status: 'succeeded' });
    expect(await getRun(id)).not.toHaveProperty('error');
  });

  describe('a run that a step of another one is about to start', () => {
    const insertChild = async (parent: string) => {
      const { id } = (await api.get('/api/v1/workflows/hello')).body;
      const added = await new PostgresChildRunStore(api.database.dataSource).add({
        key: `step ${parent} say 0`,
        project: 'default',
        workflow: { id, name: 'hello' },
        version: 1,
        inputs: {},
        startedBy: 'ada',
        parent: { run: parent, step: 'say' },
        total: 1,
      });
      if (added.outcome !== 'added') throw new Error(added.outcome);
      return added.id;
    };

    it('is left to it, and ended when nobody will start it any more', async () => {
      const parent = await startRun();
      const child = await insertChild(parent);
      api.gateway.descriptions.set(child, { status: 'not-found' });
      await reconciler().sweep(0);
      expect(await getRun(child)).toMatchObject({ status: 'queued', trigger: 'workflow' });
      await api.recorder.record({
        transitions: [
          { run: parent, transitions: [{ sequence: 3, at: T0, step: 'say', status: 'canceled' }] },
        ],
      });
      await reconciler().sweep(0);
      expect(await getRun(child)).toMatchObject({ status: 'canceled', error: { code: 'run-abandoned' } });
      expect(api.gateway.started.has(child)).toBe(false);
    });

    it('hears that it is canceled once it is there', async () => {
      const child = await insertChild(await startRun());
      await api.post(`/api/v1/runs/${child}/cancel`, { reason: 'wrong' });
      const outbox = () =>
        api.database.dataSource.query(
          `SELECT attempts, delivered_at FROM outbox WHERE run_id = $1 AND kind = 'cancel'`,
          [child],
        );
      await eventually(outbox, ([row]) => row.attempts > 0);
      expect((await outbox())[0]).toMatchObject({ delivered_at: null });
      api.gateway.started.set(child, {} as InterpretInput);
      await eventually(outbox, ([row]) => row.delivered_at !== null);
      expect(api.gateway.canceled).toContainEqual({ run: child, by: 'local', reason: 'wrong' });
    });
  });
});
