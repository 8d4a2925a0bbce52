import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { ImportSource } from '#domain/front-ends/import-text.js';
import type { Finding } from '#domain/validation/finding.js';
import { usageError } from '../input/usage-error.js';

const MAX_FILES = 20_000;
const MAX_DEPTH = 32;
/** One byte more than is read as a definition, so that what is larger is seen to be. */
const MAX_BYTES = 1024 * 1024 + 1;

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);

/** A file to import, or why it is none. */
export type Source = ImportSource | { readonly path: string; readonly finding: Finding };

/**
 * Files by their names, and those of folders: `.yaml`, `.yml` and `.json` at any depth, without hidden folders and
 * `node_modules`, in the order of their names. A link is followed as far as it stays in its folder. Throws SluiceError
 * `usage` for what is not there, and for more than 20,000 files.
 */
export async function findSources(paths: readonly string[]): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw usageError(
        `${path} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file or folder' : error.message}.`,
        'Name files or folders that hold lists of steps or definitions.',
      );
    });
    if (found.isDirectory()) await readFolder(path, { root: await realpath(path), depth: 0 }, sources);
    else await addFile(path, sources);
  }
  return sources;
}

interface Place {
  readonly root: string;
  readonly depth: number;
}

async function readFolder(folder: string, place: Place, sources: Source[]): Promise<void> {
  if (place.depth > MAX_DEPTH) {
    throw usageError(`${folder} lies more than ${MAX_DEPTH} folders deep.`, 'Name a folder further in.');
  }
  const names = (await readdir(folder)).sort();
  for (const name of names) {
    if (name.startsWith('.') || name === 'node_modules') continue;
    const path = join(folder, name);
    const entry = await lstat(path);
    if (entry.isDirectory()) await readFolder(path, { ...place, depth: place.depth + 1 }, sources);
    else if (EXTENSIONS.has(extname(name).toLowerCase()))
      await addFound(path, entry.isSymbolicLink(), place, sources);
  }
}

async function addFound(path: string, isLink: boolean, { root }: Place, sources: Source[]): Promise<void> {
  const target = isLink ? await realpath(path).catch(() => undefined) : path;
  const isInside = !isLink || target?.startsWith(root + sep) === true;
  if (target !== undefined && isInside) {
    if ((await stat(target)).isFile()) await addFile(path, sources);
    return;
  }
  const message = target === undefined ? 'The link leads nowhere.' : 'The link leads out of the folder.';
  const finding: Finding = {
    code: 'link-outside',
    severity: 'error',
    path: '',
    line: 1,
    column: 1,
    message,
    hint: 'Name the file itself.',
  };
  sources.push({ path, finding });
}

async function addFile(path: string, sources: Source[]): Promise<void> {
  if (sources.length >= MAX_FILES) {
    throw usageError(`There are more than ${MAX_FILES} files.`, 'Import them in several calls.');
  }
  sources.push({ path, content: await readStart(path) });
}

/** As much of the file as may be a definition, and one byte more. */
async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((error: Error) => {
    throw usageError(`${path} cannot be read: ${error.message}.`, 'Name files that you may read.');
  });
  try {
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.min(size === 0 ? MAX_BYTES : size + 1, MAX_BYTES));
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
