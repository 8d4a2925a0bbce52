import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { DataSource, EntityManager } from 'typeorm';
import type { ObjectStore, StoredObject } from '#contracts/ports.js';
import { SluiceError } from '#domain/errors.js';
import { createUuidV7 } from './uuid-v7.js';

/** Bytes of one part, compressed. */
const PART_BYTES = 512 * 1024;
/** Fast rather than small: it happens while a step waits. */
const COMPRESSION_LEVEL = 3;
/** Objects removed in one transaction. */
const REMOVED_AT_ONCE = 20;

/** Objects in Postgres, which every worker reaches. */
export class PostgresObjectStore implements ObjectStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Throws SluiceError `run-unknown` where there is no such run. */
  async put(owner: { readonly run: string; readonly step: string }, json: Uint8Array): Promise<StoredObject> {
    const digest = `sha256:${createHash('sha256').update(json).digest('hex')}`;
    const known = await findOne(this.dataSource.manager, 'run_id = $1 AND digest = $2', [owner.run, digest]);
    if (known !== undefined) return known;
    return this.dataSource.transaction(async (manager) => {
      const id = createUuidV7();
      // Who puts the same at the same time waits here, and finds it there.
      const [inserted] = await manager.query(
        `INSERT INTO objects (id, project, run_id, step, size, digest)
         SELECT $2, project, id, $3, $4, $5 FROM runs WHERE id = $1
         ON CONFLICT (run_id, digest) DO NOTHING RETURNING project`,
        [owner.run, id, owner.step, json.length, digest],
      );
      if (inserted === undefined) return requireOther(manager, owner.run, digest);
      await insertParts(manager, { id, project: inserted.project }, json);
      return { id, run: owner.run, size: json.length, digest };
    });
  }

  find(project: string, id: string): Promise<StoredObject | undefined> {
    return findOne(this.dataSource.manager, 'project = $1 AND id = $2', [project, id]);
  }

  async *read(id: string): AsyncIterable<Uint8Array> {
    const source = Readable.from(this.readParts(id), { objectMode: false });
    const text = createGunzip();
    source.on('error', (error) => text.destroy(error));
    try {
      for await (const part of source.pipe(text)) yield part as Uint8Array;
    } finally {
      source.destroy();
    }
  }

  async removeOld(retentionMs: number): Promise<number> {
    for (let total = 0; ; ) {
      const [, removed] = (await this.dataSource.query(
        `DELETE FROM objects WHERE id IN (
           SELECT o.id FROM objects o JOIN runs r ON r.id = o.run_id
           WHERE r.ended_at < now() - $1 * interval '1 millisecond' LIMIT $2 FOR UPDATE OF o SKIP LOCKED)`,
        [retentionMs, REMOVED_AT_ONCE],
      )) as [unknown, number];
      total += removed;
      if (removed < REMOVED_AT_ONCE) return total;
    }
  }

  private async *readParts(id: string): AsyncIterable<Buffer> {
    for (let part = 0; ; part++) {
      const [row] = await this.dataSource.query(
        'SELECT bytes FROM object_parts WHERE object_id = $1 AND part = $2',
        [id, part],
      );
      if (row === undefined) return;
      yield row.bytes as Buffer;
    }
  }
}

async function findOne(
  manager: EntityManager,
  condition: string,
  parameters: readonly string[],
): Promise<StoredObject | undefined> {
  const [row] = await manager.query(
    `SELECT id, run_id AS run, size, digest FROM objects WHERE ${condition}`,
    [...parameters],
  );
  return row as StoredObject | undefined;
}

async function requireOther(manager: EntityManager, run: string, digest: string): Promise<StoredObject> {
  const other = await findOne(manager, 'run_id = $1 AND digest = $2', [run, digest]);
  if (other !== undefined) return other;
  throw new SluiceError({ code: 'run-unknown', fault: 'operational', message: 'The run is not stored.' });
}

async function insertParts(
  manager: EntityManager,
  { id, project }: { readonly id: string; readonly project: string },
  json: Uint8Array,
): Promise<void> {
  let waiting: Buffer[] = [];
  let size = 0;
  let part = 0;
  const write = async (): Promise<void> => {
    await manager.query(
      'INSERT INTO object_parts (object_id, part, project, bytes) VALUES ($1, $2, $3, $4)',
      [id, part++, project, Buffer.concat(waiting)],
    );
    waiting = [];
    size = 0;
  };
  const compressed = Readable.from(sliceUp(json), { objectMode: false }).pipe(
    createGzip({ level: COMPRESSION_LEVEL, chunkSize: 64 * 1024 }),
  );
  for await (const bytes of compressed) {
    waiting.push(bytes as Buffer);
    size += (bytes as Buffer).length;
    if (size >= PART_BYTES) await write();
  }
  await write();
}

function* sliceUp(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PART_BYTES) yield bytes.subarray(at, at + PART_BYTES);
}
