import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { StepView } from '#contracts/rest/runs.js';
import { TestPlatform } from '../platform.js';

/** Becomes the worker, in a namespace of its own where the worker's folder is a small file system. */
const SMALL_DISK = [
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  'mkdir -p "$SLUICE_WORKER_HOME" && mount -t tmpfs -o size=8m none "$SLUICE_WORKER_HOME" && exec "$0" "$@"',
] as const;

const FILLING = `
sluice: 1
name: filling
stages:
  work:
    steps:
      fill:
        uses: command/run
        with: { run: [sh, -c, "cat /dev/zero > much"] }
        onFailure: intervene
      after: { uses: command/run, with: { run: [sh, -c, "echo enough > little && cat little"] } }
output: "\${{ steps.after.output.stdout }}"
`;

const BESIDE = `
sluice: 1
name: beside
stages:
  work:
    steps:
      say: { uses: log/write, with: { message: here } }
      write:
        uses: command/run
        with: { run: [sh, -c, "echo text > file && cat file"] }
        retry: { attempts: 20, delay: 500ms, factor: 1 }
output: "\${{ steps.write.output.stdout }}"
`;

const canMount =
  spawnSync(SMALL_DISK[0], [...SMALL_DISK.slice(1), 'true'], {
    env: { ...process.env, SLUICE_WORKER_HOME: '/tmp' },
  }).status === 0;

let platform: TestPlatform;

beforeAll(async () => {
  if (canMount) platform = await TestPlatform.start({ workerLauncher: SMALL_DISK });
});
afterAll(() => platform?.close());

const find = (steps: readonly StepView[], key: string) => steps.find((step) => step.key === key);

(canMount ? it : it.skip)(
  'a full disk fails the steps that write, with its name; the others go on, and all do when there is room again',
  async () => {
    for (const definition of [FILLING, BESIDE]) await platform.save(definition);
    const filling = await platform.execute('filling');
    await platform.waitFor(filling.id, async () => {
      const step = find(await platform.steps(filling.id), 'fill');
      return step?.status === 'waiting' && step.attempts.at(-1)?.status === 'failed';
    });
    const fill = find(await platform.steps(filling.id), 'fill');
    expect(fill?.attempts.at(-1)?.error?.diagnosis).toMatchObject({ class: 'resource' });

    const beside = await platform.execute('beside');
    await platform.waitFor(
      beside.id,
      async () => (find(await platform.steps(beside.id), 'write')?.attempts.length ?? 0) > 1,
    );
    expect(find(await platform.steps(beside.id), 'say')?.status).toBe('succeeded');

    // Somebody makes room; the worker alone sees its disk by this path.
    const disk = join('/proc', String(platform.worker.pids[0]), 'root', platform.home, 'worker');
    await rm(join(disk, 'workspaces', filling.id, 'much'));
    const again = await platform.request('POST', `/runs/${filling.id}/steps/fill/retry`, {
      with: { run: ['true'] },
      reason: 'There must be room.',
    });
    expect(again.status).toBe(200);
    expect(await platform.waitForEnd(filling.id)).toMatchObject({ status: 'succeeded', output: 'enough\n' });
    expect(await platform.waitForEnd(beside.id)).toMatchObject({ status: 'succeeded', output: 'text\n' });
  },
);
