import { setTimeout as sleep } from 'node:timers/promises';
import { ConductorWorkflow, OrkesClients, simpleTask, TaskHandler } from '@io-orkes/conductor-javascript';

const { serve } = await import(process.env.PEER_SERVE);
/** Tasks that the worker does at once, and milliseconds between its questions, a hundred by default. */
const WORKER = { concurrency: 50, pollInterval: 10 };
/** Milliseconds between questions for the end of a run. */
const POLL_MS = 10;
const LIMIT_MS = 150_000;

await serve(async (jobs) => {
  const clients = await OrkesClients.from({ serverUrl: process.env.CONDUCTOR_SERVER_URL });
  const executor = clients.getWorkflowClient();
  for (const [job, levels] of Object.entries(jobs)) await register(executor, job, levels);
  const handler = new TaskHandler({
    client: clients.getClient(),
    scanForDecorated: false,
    workers: [
      {
        taskDefName: 'act',
        ...WORKER,
        execute: async ({ inputData }) => ({ status: 'COMPLETED', outputData: { name: inputData.name } }),
      },
    ],
  });
  await handler.startWorkers();
  return {
    versions: {},
    async run(job) {
      const id = await executor.startWorkflow({ name: job, version: 1, input: {} });
      for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(POLL_MS)) {
        const { status, output } = await executor.getWorkflowStatus(id, true, false);
        if (status === 'COMPLETED') return output.done;
        if (status !== 'RUNNING') throw new Error(`a run ended as ${status}`);
      }
      throw new Error('a run did not end');
    },
    stop: () => handler.stopWorkers(),
  };
});

async function register(executor, job, levels) {
  const refOf = (name) => name.replaceAll('-', '_');
  const taskOf = (name) => simpleTask(refOf(name), 'act', { name });
  const workflow = new ConductorWorkflow(executor, job, 1);
  for (const level of levels) {
    if (level.length === 1) workflow.add(taskOf(level[0]));
    else workflow.fork(level.map((name) => [taskOf(name)]));
  }
  workflow.outputParameters({ done: levels.flat().map((name) => `\${${refOf(name)}.output.name}`) });
  await workflow.register(true);
}
