import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { provideTemporal } from '#temporal/server/provide-temporal.js';
import { findFreePort } from '../../libs/host/port.js';
import { TestPlatform } from '../platform.js';

it('kill -9 of the Temporal server in the middle of fan-out: the run goes on where it was', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sluice-temporal-'));
  const { TEMPORAL_ADDRESS: _, ...env } = process.env;
  const request = {
    home,
    env,
    port: await findFreePort(),
    uiPort: await findFreePort(),
    dbFile: join(home, 'temporal.db'),
    onProgress: () => undefined,
  };
  let server = await provideTemporal(request);
  let platform: TestPlatform | undefined;
  try {
    platform = await TestPlatform.start({ temporalAddress: server.address });
    const running = platform;
    const workflow = await platform.saveExample('fan-out');
    const { id } = await platform.execute(workflow.id);
    await platform.waitFor(id, async () => (await succeeded(running, id)).length >= 20);
    process.kill(server.pid!, 'SIGKILL');
    await server.exited;
    const before = await succeeded(platform, id);
    server = await provideTemporal(request);

    const run = await platform.waitForEnd(id, 240_000);
    expect(run.status).toBe('succeeded');
    expect(before.length).toBeLessThan(100);
    const steps = await platform.steps(id);
    for (const step of steps.filter(({ kind }) => kind === 'uses')) {
      // An attempt whose end the dead server did not learn of is made again; none is made beside another.
      const ends = step.attempts.map(({ status }) => status);
      expect([step.key, ends.at(-1)]).toEqual([step.key, 'succeeded']);
    }
  } finally {
    await platform?.close();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
});

async function succeeded(platform: TestPlatform, id: string) {
  return (await platform.steps(id)).filter(({ kind, status }) => kind === 'uses' && status === 'succeeded');
}
