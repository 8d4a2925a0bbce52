import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { TestPlatform } from '../platform.js';

const DEFINITION = `
sluice: 1
name: record-lost
stages:
  work:
    steps:
      pause: { wait: 1s }
      say: { needs: [pause], uses: log/write, with: { message: hello } }
output: { said: "\${{ steps.say.status }}" }
`;

it('what a killed worker had not written of a run that is over, another records from its history', async () => {
  const platform = await TestPlatform.start({ api: { SLUICE_RECONCILE_MS: '500' } });
  try {
    const workflow = await platform.save(DEFINITION);
    const { id, temporalWorkflowId } = await platform.execute(workflow.id);
    await platform.waitFor(id, (run) => run.status === 'running');
    const store = platform.database.dataSource.createQueryRunner();
    await store.startTransaction();
    // Readers pass; nothing is written any more.
    await store.query('LOCK TABLE runs, run_steps, step_attempts IN EXCLUSIVE MODE');
    await waitForCompletion(platform, temporalWorkflowId);
    await platform.worker.kill();
    await store.rollbackTransaction();
    await store.release();
    expect((await platform.run(id)).status).toBe('running');
    await platform.worker.start();

    const run = await platform.waitForEnd(id);
    expect(run).toMatchObject({ status: 'succeeded', output: { said: 'succeeded' } });
    const say = (await platform.steps(id)).find(({ key }) => key === 'say');
    expect(say).toMatchObject({ status: 'succeeded', attempts: [{ attempt: 1, status: 'succeeded' }] });
  } finally {
    await platform.close();
  }
});

async function waitForCompletion(platform: TestPlatform, workflowId: string): Promise<void> {
  const { address, namespace } = platform.temporal;
  const connection = await Connection.connect({ address });
  try {
    const handle = new Client({ connection, namespace }).workflow.getHandle(workflowId);
    while ((await handle.describe()).status.name === 'RUNNING') await sleep(100);
  } finally {
    await connection.close();
  }
}
