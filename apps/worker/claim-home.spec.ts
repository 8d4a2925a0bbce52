import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { identifyProcess } from '../../libs/host/process.js';
import { claimHome } from './claim-home.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'worker-home-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

it('refuses a folder in which another process works, and takes it once that is gone', async () => {
  const other = spawn('sleep', ['600']);
  await once(other, 'spawn');
  await writeFile(join(home, 'worker.json'), JSON.stringify(identifyProcess(other.pid!)));
  await expect(claimHome(home)).rejects.toMatchObject({
    code: 'worker-home-taken',
    message: expect.stringContaining(String(other.pid)),
  });
  other.kill('SIGKILL');
  await once(other, 'close');
  await claimHome(home);
  expect(JSON.parse(await readFile(join(home, 'worker.json'), 'utf8'))).toEqual(identifyProcess(process.pid));
});

it.each(['', 'null', '[]', '{"pid":"x"}', `{"pid":${process.ppid},"started":"another boot"}`])(
  'takes a folder whose record is %j',
  async (text) => {
    await writeFile(join(home, 'worker.json'), text);
    await expect(claimHome(home)).resolves.toBeUndefined();
  },
);
