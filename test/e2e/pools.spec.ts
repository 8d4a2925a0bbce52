import { expect, it } from '@jest/globals';
import { TestPlatform } from '../platform.js';

const DEFINITION = `
sluice: 1
name: two-pools
stages:
  work:
    steps:
      here: { uses: command/run, with: { run: [sh, -c, "printf here > file; cat file"] } }
      there: { uses: command/run, pool: large, with: { run: [sh, -c, "test ! -e file && printf there > file; cat file"] } }
      still-here: { uses: command/run, with: { run: [cat, file] } }
      still-there: { uses: command/run, pool: large, with: { run: [cat, file] } }
output:
  here: "\${{ steps.still-here.output.stdout }}"
  there: "\${{ steps.still-there.output.stdout }}"
`;

it('steps go to the workers of the pool that they name, and a run has a workspace in each', async () => {
  const platform = await TestPlatform.start({ processes: 2 });
  const large = platform.createWorker('large', { QUEUES: 'command', SLUICE_POOL: 'large' });
  try {
    const workflow = await platform.save(DEFINITION);
    const { id } = await platform.execute(workflow.id);
    await platform.waitFor(id, async () => {
      const steps = await platform.steps(id);
      return steps.find(({ key }) => key === 'there')?.status === 'running';
    });
    // Nobody else takes what is meant for the pool.
    expect((await platform.steps(id)).find(({ key }) => key === 'there')?.attempts).toEqual([]);
    await large.start();
    const run = await platform.waitForEnd(id);
    expect(run).toMatchObject({ status: 'succeeded', output: { here: 'here', there: 'there' } });
    const workers = (await platform.steps(id)).flatMap(({ attempts }) =>
      attempts.map(({ worker }) => worker),
    );
    const [here, ...others] = workers.map((worker) => Number(worker.split(' ').at(-1)));
    expect(platform.worker.pids).toContain(here);
    expect(others).toEqual([large.pid, here, large.pid]);
  } finally {
    await large.stop();
    await platform.close();
  }
});
