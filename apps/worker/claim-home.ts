import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '#domain/errors.js';
import { identifyProcess, isRunning, type ProcessIdentity } from '../../libs/host/process.js';

/**
 * Takes the folder for this process, for as long as it lives. Two workers on one folder would hold the same workspaces
 * and stop each other's commands. Throws SluiceError `worker-home-taken`.
 */
export async function claimHome(home: string): Promise<void> {
  const file = join(home, 'worker.json');
  await mkdir(home, { recursive: true });
  const holder = await readHolder(file);
  if (holder !== undefined && holder.pid !== process.pid && isRunning(holder)) {
    throw new SluiceError({
      code: 'worker-home-taken',
      fault: 'user',
      message: `Another worker, process ${holder.pid}, works in ${home}.`,
      hint: 'Give each worker a folder of its own by SLUICE_WORKER_HOME, or stop the other one.',
    });
  }
  const own = `${file}.${process.pid}`;
  await writeFile(own, JSON.stringify(identifyProcess(process.pid)));
  await rename(own, file);
}

async function readHolder(file: string): Promise<ProcessIdentity | undefined> {
  try {
    const { pid, started } = JSON.parse(await readFile(file, 'utf8')) as Partial<ProcessIdentity>;
    return Number.isSafeInteger(pid) && typeof started === 'string'
      ? { pid: Number(pid), started }
      : undefined;
  } catch {
    return undefined;
  }
}
