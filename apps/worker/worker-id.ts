import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The id under which this worker's workspaces are found, kept in its folder: a worker that comes back with the same
 * folder is the same worker.
 */
export async function readWorkerId(home: string): Promise<string> {
  const file = join(home, 'worker-id');
  await mkdir(home, { recursive: true });
  try {
    // Of two that start at once, one writes and both read the same.
    await writeFile(file, randomUUID(), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
