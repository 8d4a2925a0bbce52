import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { PRIVATE_FOLDER, type PrivateFolders } from '../process/workspace-folders.js';

/**
 * Makes `folder` empty for a checkout. What an earlier checkout, whole or cut off, left there goes; a marker outside
 * the folder tells. Throws SluiceError `directory-not-empty` for anything else.
 */
export async function prepareCheckoutFolder(
  folder: string,
  root: string,
  folders: PrivateFolders,
): Promise<void> {
  const way = relative(root, folder);
  const marker = join(folders.root, 'checkouts', createHash('sha256').update(way).digest('hex'));
  await mkdir(join(folders.root, 'checkouts'), { recursive: true });
  const isOurs = await stat(marker).then(
    () => true,
    () => false,
  );
  if (isOurs) await emptyFolder(folder);
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' && error.code !== 'ENOTDIR') throw error;
  });
  const content = await listContent(folder);
  if (content === undefined || content.length > 0) throw createNotEmpty(way === '' ? '.' : way);
  await writeFile(marker, way);
}

export async function emptyFolder(folder: string): Promise<void> {
  for (const name of (await listContent(folder)) ?? []) {
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Names of what is not Sluice's own; undefined where there is no folder. */
async function listContent(folder: string): Promise<string[] | undefined> {
  const names = await readdir(folder).catch(() => undefined);
  return names?.filter((name) => name !== PRIVATE_FOLDER);
}

function createNotEmpty(directory: string): Error {
  return createActionFailure({
    code: 'directory-not-empty',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${JSON.stringify(directory)} in the workspace holds something that no checkout put there.`,
    hint: 'Check out into another `directory`, or let the checkout come first.',
  });
}
