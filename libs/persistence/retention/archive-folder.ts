import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { ArchiveLine, ArchiveManifest, RetentionKindName } from '#contracts/retention.js';

/** What a file is about. */
export interface ArchivePlace {
  readonly project: string;
  readonly kind: RetentionKindName;
  readonly day: string;
}

/** A table and the JSON of one of its rows. */
export type ArchivedRow = readonly [table: string, json: string];

/** The folder of archives: for each project and kind a folder, in it files by day, each with its manifest. */
export class ArchiveFolder {
  constructor(private readonly root: string) {}

  /**
   * Writes one more file for the day. Only when it lies whole on the disk it gets its name, and then its manifest: what has
   * no manifest is no archive.
   */
  async write(
    place: ArchivePlace,
    items: number,
    rows: AsyncIterable<readonly ArchivedRow[]>,
  ): Promise<ArchiveManifest> {
    const folder = this.folderOf(place.project, place.kind);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = await freeName(folder, place.day);
    const file = `${name}.jsonl.gz`;
    const counted: Record<string, number> = {};
    const written = await writeFile(join(folder, file), toLines(rows, counted));
    const manifest: ArchiveManifest = {
      version: 1,
      ...place,
      file,
      items,
      rows: counted,
      ...written,
      createdAt: new Date().toISOString(),
    };
    await this.writeManifest(manifest);
    return manifest;
  }

  /** Notes that what the file holds is gone from the database. */
  async markRemoved(manifest: ArchiveManifest): Promise<void> {
    await this.writeManifest({ ...manifest, removedAt: new Date().toISOString() });
  }

  /** The manifest goes first: without it the file is no archive. */
  async discard(manifest: ArchiveManifest): Promise<void> {
    await rm(manifestOf(this.pathOf(manifest)), { force: true });
    await rm(this.pathOf(manifest), { force: true });
  }

  /** Writes a file anew, with other lines and the rest as it was. */
  async rewrite(manifest: ArchiveManifest, change: (line: string) => string): Promise<void> {
    const path = this.pathOf(manifest);
    const written = await writeFile(path, changeLines(path, change));
    await this.writeManifest({ ...manifest, ...written });
  }

  /** In the order of their days; none where there is no folder. */
  async list(project: string, kind: RetentionKindName): Promise<ArchiveManifest[]> {
    const folder = this.folderOf(project, kind);
    const names = (await readdir(folder).catch(onMissing)).filter((name) => name.endsWith('.json')).sort();
    return Promise.all(
      names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as ArchiveManifest),
    );
  }

  async *read(manifest: ArchiveManifest): AsyncGenerator<ArchiveLine> {
    for await (const line of this.readTexts(manifest)) yield JSON.parse(line) as ArchiveLine;
  }

  /** Each line as it stands. */
  readTexts(manifest: ArchiveManifest): AsyncGenerator<string> {
    return readLines(this.pathOf(manifest));
  }

  async readFirst(manifest: ArchiveManifest): Promise<ArchiveLine | undefined> {
    for await (const line of this.read(manifest)) return line;
    return undefined;
  }

  /** Relative to the folder. */
  nameOf({ project, kind, file }: ArchiveManifest): string {
    return `${encodeURIComponent(project)}/${kind}/${file}`;
  }

  private pathOf(manifest: ArchiveManifest): string {
    return join(this.root, this.nameOf(manifest));
  }

  private folderOf(project: string, kind: RetentionKindName): string {
    return join(this.root, encodeURIComponent(project), kind);
  }

  private async writeManifest(manifest: ArchiveManifest): Promise<void> {
    const path = manifestOf(this.pathOf(manifest));
    const text = Readable.from([`${JSON.stringify(manifest, null, 2)}\n`]);
    await place(path, (temporary) =>
      pipeline(text, createWriteStream(temporary, { mode: 0o600, flush: true })),
    );
  }
}

function manifestOf(path: string): string {
  return path.replace(/\.jsonl\.gz$/, '.json');
}

async function writeFile(
  path: string,
  lines: AsyncIterable<string>,
): Promise<Pick<ArchiveManifest, 'bytes' | 'unpackedBytes' | 'sha256'>> {
  const hash = createHash('sha256');
  const unpacked = new Meter();
  await place(path, (temporary) =>
    pipeline(
      Readable.from(lines, { objectMode: false }),
      unpacked,
      createGzip(),
      new Meter(hash),
      createWriteStream(temporary, { mode: 0o600, flush: true }),
    ),
  );
  return { bytes: (await stat(path)).size, unpackedBytes: unpacked.bytes, sha256: hash.digest('hex') };
}

/** Under its name there is never half a file, and once this has returned a loss of power does not take it. */
async function place(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.unfinished`;
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const folder = await open(join(path, '..'));
  await folder.sync().finally(() => folder.close());
}

class Meter extends Transform {
  bytes = 0;

  constructor(private readonly hash?: Hash) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    this.hash?.update(chunk);
    done(null, chunk);
  }
}

/** A line break in JSON is white space between its tokens. */
async function* toLines(
  rows: AsyncIterable<readonly ArchivedRow[]>,
  counted: Record<string, number>,
): AsyncGenerator<string> {
  for await (const some of rows) {
    let text = '';
    for (const [table, json] of some) {
      counted[table] = (counted[table] ?? 0) + 1;
      text += `{"table":${JSON.stringify(table)},"row":${json.replace(/[\r\n]+/g, ' ')}}\n`;
    }
    if (text !== '') yield text;
  }
}

async function* changeLines(path: string, change: (line: string) => string): AsyncGenerator<string> {
  for await (const line of readLines(path)) yield `${change(line)}\n`;
}

async function* readLines(path: string): AsyncGenerator<string> {
  const source = createReadStream(path);
  const unpacked = createGunzip();
  source.on('error', (error) => unpacked.destroy(error));
  yield* createInterface({ input: source.pipe(unpacked), crlfDelay: Number.POSITIVE_INFINITY });
}

/** `2026-01-31`, then `2026-01-31.2` … */
async function freeName(folder: string, day: string): Promise<string> {
  const taken = new Set(await readdir(folder));
  for (let part = 1; ; part++) {
    const name = part === 1 ? day : `${day}.${part}`;
    if (!taken.has(`${name}.json`)) return name;
  }
}

function onMissing(error: unknown): string[] {
  if ((error as { code?: unknown }).code === 'ENOENT') return [];
  throw error;
}
