import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ArchiveLine, ArchiveManifest } from '#contracts/retention.js';
import { readTextLines } from '../view/lines.js';
import { usageError } from './usage-error.js';

/** A file of an archive, by the folder of archives and its name there. */
export interface NamedArchive {
  readonly folder: string;
  /** `default/runs/2026-01-31.jsonl.gz` */
  readonly name: string;
}

export type FoundArchive = NamedArchive & { readonly manifest: ArchiveManifest };

const FILE = /\.jsonl\.gz$/;

/** By project, kind and day. Throws SluiceError `usage` where there is no such folder. */
export async function listArchives(folder: string, kind: string | undefined): Promise<FoundArchive[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => {
    throw usageError(`There is no folder ${folder}.`, 'Name the folder of archives with --folder.');
  });
  const found: FoundArchive[] = [];
  for (const manifestName of names.filter((name) => name.endsWith('.json')).sort()) {
    const name = manifestName.replace(/\.json$/, '.jsonl.gz');
    const manifest = await readManifest({ folder, name });
    if (kind === undefined || manifest.kind === kind) found.push({ folder, name, manifest });
  }
  return found;
}

/** A file that is what its manifest says. Throws SluiceError `usage` for one that is not there, or was damaged. */
export async function requireArchive(archive: NamedArchive): Promise<NamedArchive> {
  const { name } = archive;
  if (!FILE.test(name) || normalize(name).startsWith('..'))
    throw usageError(`${name} is no file of an archive.`, 'List them: sluice archive list');
  const { sha256 } = await readManifest(archive);
  const hash = createHash('sha256');
  await pipeline(createReadStream(pathOf(archive)), hash).catch(() => {
    throw usageError(`The file ${name} cannot be read.`, 'Bring it back from a copy.');
  });
  if (hash.digest('hex') === sha256) return archive;
  throw usageError(
    `The file ${name} is not what was archived: its digest is another one.`,
    'Bring it back from a copy.',
  );
}

/** Its lines; with a table only the rows of it. */
export async function* readArchive(archive: NamedArchive, table: string | undefined): AsyncGenerator<string> {
  const source = createReadStream(pathOf(archive));
  const unpacked = createGunzip();
  source.on('error', (error) => unpacked.destroy(error));
  for await (const line of readTextLines(source.pipe(unpacked))) {
    if (table === undefined) yield line;
    else {
      const parsed = JSON.parse(line) as ArchiveLine;
      if (parsed.table === table) yield JSON.stringify(parsed.row);
    }
  }
}

async function readManifest({ folder, name }: NamedArchive): Promise<ArchiveManifest> {
  const path = join(folder, name.replace(FILE, '.json'));
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as ArchiveManifest;
    if (manifest.version === 1 && typeof manifest.sha256 === 'string') return manifest;
  } catch {
    // Said below.
  }
  throw usageError(`${name} has no manifest that can be read.`, 'List the files: sluice archive list');
}

function pathOf({ folder, name }: NamedArchive): string {
  return join(folder, name);
}
