import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Page } from '#contracts/rest/page.js';
import type { LockView } from '#contracts/rest/pools.js';
import { TestPlatform } from '../platform.js';

const HOLDER = `
sluice: 1
name: holder
inputs: { for: { type: string } }
stages:
  main:
    steps:
      hold: { wait: { for: "\${{ inputs.for }}" }, locks: [db], resources: { pool: seats, slots: 1 } }
`;

const GROUPED = `
sluice: 1
name: grouped
concurrency: { group: one-at-a-time, policy: queue }
stages: { main: { steps: { work: { wait: { for: 300ms } } } } }
output: { run: "\${{ run.id }}" }
`;

const CALLER = `
sluice: 1
name: caller
stages: { main: { steps: { call: { workflow: { name: grouped } } } } }
output: "\${{ steps.call.output }}"
`;

describe('what runs share, when those who hold it are killed', () => {
  let platform: TestPlatform;
  let connection: Connection;
  let client: Client;

  beforeAll(async () => {
    platform = await TestPlatform.start({ api: { SLUICE_RECONCILE_MS: '500' } });
    const { address, namespace } = platform.temporal;
    connection = await Connection.connect({ address });
    client = new Client({ connection, namespace });
    await platform.request('PUT', '/pools/seats', { capacity: { slots: 1 } });
    for (const definition of [HOLDER, GROUPED, CALLER]) await platform.save(definition);
  });
  afterAll(async () => {
    await connection?.close();
    await platform?.close();
  });

  const locks = async () => (await platform.request<Page<LockView>>('GET', '/locks')).body.items;
  const waitsForClaims = async (id: string) =>
    (await platform.steps(id)).some(
      ({ status, waitingFor }) => status === 'waiting' && waitingFor === 'claims',
    );
  const holds = async (id: string) => (await locks()).some(({ holder }) => holder?.run === id);

  it('is handed on when its run is terminated in Temporal, or canceled while it waits', async () => {
    const first = await platform.execute('holder', { for: '1h' });
    await platform.waitFor(first.id, () => holds(first.id));
    const second = await platform.execute('holder', { for: '1h' });
    await platform.waitFor(second.id, () => waitsForClaims(second.id));
    const third = await platform.execute('holder', { for: '10ms' });
    await platform.waitFor(third.id, () => waitsForClaims(third.id));

    await client.workflow.getHandle(first.temporalWorkflowId).terminate('by hand');
    expect((await platform.waitForEnd(first.id)).error?.code).toBe('run-terminated-outside');
    await platform.waitFor(second.id, () => holds(second.id));
    await platform.request('POST', `/runs/${second.id}/cancel`, {});
    expect((await platform.waitForEnd(second.id)).status).toBe('canceled');
    expect((await platform.waitForEnd(third.id)).status).toBe('succeeded');
    for (let tries = 0; (await locks()).length > 0; tries++) {
      expect(tries).toBeLessThan(100);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  it('outlives the worker: who held goes on holding, and who waited gets its turn', async () => {
    const first = await platform.execute('holder', { for: '3s' });
    await platform.waitFor(first.id, () => holds(first.id));
    const second = await platform.execute('holder', { for: '10ms' });
    await platform.waitFor(second.id, () => waitsForClaims(second.id));
    await platform.worker.kill();
    expect(await holds(first.id)).toBe(true);
    await platform.worker.start();
    for (const { id } of [first, second]) expect((await platform.waitForEnd(id)).status).toBe('succeeded');
  });

  it('is a group of runs too, those that steps start among them: one is live at a time', async () => {
    const queued = [await platform.execute('grouped'), await platform.execute('grouped')];
    const callers = [await platform.execute('caller'), await platform.execute('caller')];
    const ended = await Promise.all([...queued, ...callers].map(({ id }) => platform.waitForEnd(id)));
    expect(ended.map(({ status }) => status)).toEqual(Array(4).fill('succeeded'));
    const ids = ended.map(({ output }) => (output as { run: string }).run);
    const runs = await Promise.all(ids.map((id) => platform.run(id)));
    expect(runs.map(({ trigger }) => trigger)).toEqual(['api', 'api', 'workflow', 'workflow']);
    const times = runs
      .map(({ startedAt, endedAt }) => [Date.parse(startedAt!), Date.parse(endedAt!)] as const)
      .toSorted(([a], [b]) => a - b);
    for (const [at, [start]] of times.entries()) {
      if (at > 0) expect(start).toBeGreaterThanOrEqual(times[at - 1]![1]);
    }
  });
});
