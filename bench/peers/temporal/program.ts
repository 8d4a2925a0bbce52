import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { serve } from '../serve.js';
import { TASK_QUEUE } from './task-queue.js';
import { readTemporalVersion } from './version.js';

/* A client of workflows written by hand; the worker is a process of its own. */
const { TEMPORAL_ADDRESS = '', PEER_WORKFLOW = '' } = process.env;

await serve(async () => {
  const worker = fork(fileURLToPath(new URL('./worker.js', import.meta.url)));
  const exited = once(worker, 'exit');
  const ended = exited.then(([code]) => {
    throw new Error(`the worker ended with ${code}`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(worker, 'message'), ended]);
  const connection = await Connection.connect({ address: TEMPORAL_ADDRESS });
  const client = new Client({ connection });
  return {
    versions: { temporal: await readTemporalVersion(connection) },
    run: (job) =>
      client.workflow.execute(PEER_WORKFLOW, {
        taskQueue: TASK_QUEUE,
        workflowId: randomUUID(),
        args: [job],
      }),
    async stop() {
      await connection.close();
      worker.disconnect();
      await exited;
    },
  };
});
