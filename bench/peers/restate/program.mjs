import * as restate from '@restatedev/restate-sdk';
import { connect } from '@restatedev/restate-sdk-clients';

const { serve } = await import(process.env.PEER_SERVE);
const { PEER_PORT, RESTATE_INGRESS, RESTATE_ADMIN } = process.env;

await serve(async (jobs) => {
  const service = restate.service({
    name: 'jobs',
    handlers: {
      run: async (context, job) => {
        const done = [];
        for (const level of jobs[job]) {
          const steps = level.map((name) => context.run(name, async () => name));
          done.push(...(await restate.RestatePromise.all(steps)));
        }
        return done;
      },
    },
  });
  await restate.serve({ services: [service], port: Number(PEER_PORT) });
  const answer = await fetch(`${RESTATE_ADMIN}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${PEER_PORT}` }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const client = connect({ url: RESTATE_INGRESS }).serviceClient(service);
  return {
    versions: {},
    run: (job) => client.run(job),
    // The server of the endpoint cannot be closed.
    stop: async () => setTimeout(() => process.exit(0), 100),
  };
});
