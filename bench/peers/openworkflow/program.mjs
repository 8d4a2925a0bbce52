import { OpenWorkflow } from 'openworkflow';
import { BackendPostgres } from 'openworkflow/postgres';

const { serve } = await import(process.env.PEER_SERVE);
/** As many runs as the worker does at once; its own default is one. */
const AT_ONCE = 50;

await serve(async (jobs) => {
  const backend = await BackendPostgres.connect(process.env.DATABASE_URL);
  const product = new OpenWorkflow({ backend });
  const workflow = product.defineWorkflow({ name: 'run-job' }, async ({ input, step }) => {
    const done = [];
    for (const level of jobs[input.job]) {
      done.push(...(await Promise.all(level.map((name) => step.run({ name }, async () => name)))));
    }
    return done;
  });
  const worker = product.newWorker({ concurrency: AT_ONCE });
  await worker.start();
  return {
    versions: {},
    run: async (job) => (await workflow.run({ job })).result(),
    async stop() {
      await worker.stop();
      await backend.stop();
    },
  };
});
