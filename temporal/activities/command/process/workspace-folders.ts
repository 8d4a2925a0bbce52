import { lstat, mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

/** What Sluice keeps in a workspace for itself; git ignores it. */
export const PRIVATE_FOLDER = '.sluice';

export interface PrivateFolders {
  /** Real path of the workspace. */
  readonly workspace: string;
  readonly root: string;
  /** HOME and TMPDIR of commands. */
  readonly home: string;
  readonly temporary: string;
}

/** Makes them where they are missing. Throws SluiceError `workspace-damaged` when something else stands in their place. */
export async function preparePrivateFolders(workspace: string): Promise<PrivateFolders> {
  const real = await realpath(workspace);
  const root = join(real, PRIVATE_FOLDER);
  const folders = { workspace: real, root, home: join(root, 'home'), temporary: join(root, 'tmp') };
  for (const folder of [root, folders.home, folders.temporary]) {
    await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting);
    if (!(await lstat(folder)).isDirectory()) throw createDamaged(folder);
  }
  await writeFile(join(root, '.gitignore'), '*\n', { flag: 'wx' }).catch(ignoreExisting);
  return folders;
}

/**
 * The real path of a file or folder that an input names, after symbolic links. Throws SluiceError `path-outside-workspace`,
 * `path-not-found`.
 */
export async function requireInWorkspace(workspace: string, path: string): Promise<string> {
  const found = await realpath(resolveInWorkspace(workspace, path)).catch(() => undefined);
  if (found === undefined) {
    throw createPathFailure(
      'path-not-found',
      path,
      'does not exist in the workspace',
      'Check the spelling, and that an earlier step makes it.',
    );
  }
  if (!isWithin(found, await realpath(workspace))) throw createOutside(path);
  return found;
}

/** The same for a folder. */
export async function requireFolderInWorkspace(workspace: string, path: string): Promise<string> {
  const found = await requireInWorkspace(workspace, path);
  if ((await stat(found)).isDirectory()) return found;
  throw createPathFailure('path-not-found', path, 'is not a folder', 'Name a folder of the workspace.');
}

/** The same for what may not exist yet: the nearest folder that does decides. */
export async function locateInWorkspace(workspace: string, path: string): Promise<string> {
  const root = await realpath(workspace);
  const wanted = resolveInWorkspace(workspace, path);
  let missing = '';
  for (let folder = wanted; ; folder = dirname(folder)) {
    const real = await realpath(folder).catch(() => undefined);
    if (real !== undefined) {
      if (!isWithin(real, root)) throw createOutside(path);
      return join(real, missing);
    }
    // A link that leads nowhere would be followed as soon as its target exists.
    if (
      await lstat(folder).then(
        () => true,
        () => false,
      )
    )
      throw createOutside(path);
    missing = join(basename(folder), missing);
  }
}

function resolveInWorkspace(workspace: string, path: string): string {
  const resolved = resolve(workspace, path);
  if (path.includes('\0') || isAbsolute(path) || !isWithin(resolved, resolve(workspace)))
    throw createOutside(path);
  return resolved;
}

/** Whether a path is `folder` or in it; by the letters alone. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function createOutside(path: string): SluiceError {
  return createPathFailure(
    'path-outside-workspace',
    path,
    'is outside the workspace',
    'Use a path relative to the workspace, without `..` or links that lead out of it.',
  );
}

function createPathFailure(code: string, path: string, problem: string, hint: string): SluiceError {
  return createActionFailure({
    code,
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${JSON.stringify(path)} ${problem}.`,
    hint,
  });
}

function createDamaged(folder: string): SluiceError {
  return createActionFailure({
    code: 'workspace-damaged',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${basename(folder)} in the workspace is no longer a folder.`,
    hint: `No step may replace ${PRIVATE_FOLDER} in the workspace: Sluice keeps its own files there.`,
  });
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
