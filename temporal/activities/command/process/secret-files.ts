import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** In the worker's own folder, which commands in a sandbox do not see. */
const FOLDER = 'secrets';

export interface SecretFiles {
  /** Real path of a folder of one attempt. */
  readonly folder: string;
  /** Paths of the files, by name. */
  readonly paths: Readonly<Record<string, string>>;
}

/**
 * Does `work` while each of `files` (contents by name) is a file that this user alone can read. They are gone when it
 * ends, however it ends; those of a worker that was killed go when it starts again.
 */
export async function withSecretFiles<T>(
  dataFolder: string,
  files: ReadonlyMap<string, string>,
  work: (files: SecretFiles | undefined) => Promise<T>,
): Promise<T> {
  if (files.size === 0) return work(undefined);
  const parent = join(dataFolder, FOLDER);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const folder = join(await realpath(parent), randomUUID());
  try {
    await mkdir(folder, { mode: 0o700 });
    const paths: Record<string, string> = {};
    for (const [name, content] of files) {
      paths[name] = join(folder, name);
      await writeFile(paths[name], content, { flag: 'wx', mode: 0o600 });
    }
    return await work({ folder, paths });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what an earlier worker of this folder had no time to remove. */
export async function removeSecretFiles(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, FOLDER), { recursive: true, force: true });
}
