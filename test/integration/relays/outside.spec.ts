import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { FINAL_RUN_STATUSES, type RunView } from '#contracts/rest/runs.js';
import { TestPlatform } from '../../platform.js';
import { eventually } from '../api/api-fixture.js';

const DEFINITION = `
sluice: 1
name: patient
inputs: { for: { type: string, default: 10ms } }
stages:
  work:
    steps:
      before: { uses: log/write, with: { message: before } }
      pause: { wait: { for: "\${{ inputs.for }}" } }
      after: { uses: log/write, with: { message: after } }
output: { after: "\${{ steps.after.status }}" }
`;

/** What people do to runs in Temporal itself, past Sluice. */
describe('from outside', () => {
  let platform: TestPlatform;
  let connection: Connection;
  let client: Client;

  beforeAll(async () => {
    platform = await TestPlatform.start({ api: { SLUICE_RECONCILE_MS: '200' } });
    const { address, namespace } = platform.temporal;
    connection = await Connection.connect({ address });
    client = new Client({ connection, namespace });
    await platform.save(DEFINITION);
  });
  afterAll(async () => {
    await connection?.close();
    await platform?.close();
  });

  const executionOf = ({ temporalWorkflowId }: RunView) => ({ workflowId: temporalWorkflowId });
  const startPausing = async (time: string) => {
    const run = await platform.execute('patient', { for: time });
    return platform.waitFor(run.id, async () => {
      const steps = await platform.steps(run.id);
      return steps.some(({ key, status }) => key === 'pause' && status === 'running');
    });
  };
  /** To the first look of the interpreter at its run. */
  const reset = (run: RunView) =>
    client.workflowService.resetWorkflowExecution({
      namespace: platform.temporal.namespace,
      workflowExecution: executionOf(run),
      workflowTaskFinishEventId: 4 as never,
      reason: 'by hand',
      requestId: run.id,
    });
  const statuses = async (run: RunView) =>
    Object.fromEntries((await platform.steps(run.id)).map(({ key, status }) => [key, status]));

  it('a run is terminated, or deleted: it ends with the reason, and nothing of it is shown as under way', async () => {
    const [terminated, deleted] = [await startPausing('1h'), await startPausing('1h')];
    await client.workflow.getHandle(terminated.temporalWorkflowId).terminate('by hand');
    await client.workflowService.deleteWorkflowExecution({
      namespace: platform.temporal.namespace,
      workflowExecution: executionOf(deleted),
    });
    expect((await platform.waitForEnd(terminated.id)).error).toMatchObject({
      code: 'run-terminated-outside',
      message: expect.stringContaining('by hand'),
    });
    // Temporal terminates what it deletes; either may be seen first.
    expect((await platform.waitForEnd(deleted.id)).error?.code).toMatch(
      /^run-(terminated-outside|history-lost)$/,
    );
    for (const run of [terminated, deleted])
      expect(await statuses(run)).toMatchObject({ before: 'succeeded', pause: 'canceled' });
  });

  it('a run is reset while it lives, and after its end: what is shown is what became of it in the end', async () => {
    const living = await startPausing('2s');
    await reset(living);
    const ended = await platform.execute('patient');
    await platform.waitForEnd(ended.id);
    await reset(ended);
    for (const run of [living, ended]) {
      const handle = client.workflow.getHandle(run.temporalWorkflowId);
      await eventually(
        () => handle.describe(),
        ({ status }) => status.name === 'COMPLETED',
      );
      const { status, output } = await platform.waitForEnd(run.id);
      expect({ status, output }).toEqual({ status: 'succeeded', output: { after: 'succeeded' } });
      expect(await statuses(run)).toMatchObject({
        before: 'succeeded',
        pause: 'succeeded',
        after: 'succeeded',
      });
    }
  });

  it('a run that only Postgres knows is started again, unless it may have come to its end long ago', async () => {
    const [from, until] = [new Date(), new Date(Date.now() + 86_400_000)].map((at) => at.toISOString());
    const frozen = { name: 'hold', startsAt: from, endsAt: until, reason: 'test' };
    const freeze = await platform.request<{ id: string }>('POST', '/freezes', frozen);
    expect(freeze.status).toBe(201);
    const [lately, longAgo] = [await platform.execute('patient'), await platform.execute('patient')];
    for (const [run, age] of [
      [lately, '10 minutes'],
      [longAgo, '25 hours'],
    ] as const)
      await platform.database.dataSource.query(
        `UPDATE outbox SET delivered_at = now() - $2::interval, attempts = 1 WHERE run_id = $1`,
        [run.id, age],
      );
    await platform.request('DELETE', `/freezes/${freeze.body.id}`);
    expect(await platform.waitForEnd(lately.id)).toMatchObject({ status: 'succeeded' });
    expect(await platform.waitForEnd(longAgo.id)).toMatchObject({
      status: 'failed',
      error: { code: 'run-history-lost', message: expect.stringContaining('may have done its work') },
    });
  });
});

it('a run that its workers fail at for ever says so, and why, and goes on once the cause is gone', async () => {
  const keysOf = (...ids: readonly string[]) => ({
    SLUICE_ENCRYPTION_KEYS: ids.map((id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`).join(),
  });
  const platform = await TestPlatform.start({
    api: { ...keysOf('one', 'other'), SLUICE_RECONCILE_MS: '200' },
    worker: keysOf('other'),
  });
  const mended = platform.createWorker('mended', keysOf('one'));
  try {
    await platform.save(DEFINITION);
    const { id } = await platform.execute('patient');
    const stuck = await platform.waitFor(id, ({ trouble }) => trouble?.code === 'task-failing');
    expect(stuck).toMatchObject({
      status: 'queued',
      trouble: { message: expect.stringMatching(/key.*\bone\b/), hint: expect.stringContaining('logs') },
    });
    await platform.worker.stop();
    await mended.start();
    const run = await platform.waitForEnd(id, 240_000);
    expect(FINAL_RUN_STATUSES).toContain(run.status);
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(run).not.toHaveProperty('trouble');
  } finally {
    await mended.stop();
    await platform.close();
  }
});
