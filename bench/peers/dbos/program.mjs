import { DBOS } from '@dbos-inc/dbos-sdk';

const { serve } = await import(process.env.PEER_SERVE);

await serve(async (jobs) => {
  const workflow = DBOS.registerWorkflow(
    async (job) => {
      const done = [];
      for (const level of jobs[job]) {
        const steps = level.map((name) => DBOS.runStep(async () => name, { name }));
        done.push(...(await Promise.all(steps)));
      }
      return done;
    },
    { name: 'runJob' },
  );
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: process.env.DATABASE_URL, logLevel: 'warn' });
  await DBOS.launch();
  return {
    versions: {},
    run: async (job) => (await DBOS.startWorkflow(workflow)(job)).getResult(),
    stop: () => DBOS.shutdown(),
  };
});
