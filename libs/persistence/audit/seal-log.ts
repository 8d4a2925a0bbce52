import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { ERASABLE_PARTS, FIRST_PREVIOUS } from '#domain/audit/entry.js';
import { hashEntry } from '#domain/audit/entry-hash.js';
import { FACT_COLUMNS, type FactRow, readSalts, SALT_BYTES, sha256 } from './entry-row.js';

/** Any constant will do; it must never change. */
const SEAL_LOCK = 7_582_464;
/** Entries of one transaction. */
const BATCH = 500;

/**
 * Gives the entries that were committed since the last call their places in the chains of their projects, in the order in
 * which they are found: one that commits late comes later, whatever its time. Of several callers one does the work, the
 * others return at once. Answers with how many entries it chained.
 */
export async function sealAuditLog(dataSource: DataSource): Promise<number> {
  for (let total = 0; ; ) {
    const sealed = await dataSource.transaction(async (manager) => {
      const [{ mine }] = await manager.query('SELECT pg_try_advisory_xact_lock($1) AS mine', [SEAL_LOCK]);
      return mine === true ? sealBatch(manager) : 0;
    });
    total += sealed;
    if (sealed < BATCH) return total;
  }
}

/** Until the transaction ends nobody else chains entries, and all that are committed are chained. */
export async function sealAndHold(manager: EntityManager): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock($1)', [SEAL_LOCK]);
  while ((await sealBatch(manager)) === BATCH);
}

interface Head {
  sequence: number;
  hash: string;
}

async function sealBatch(manager: EntityManager): Promise<number> {
  const rows: FactRow[] = await manager.query(
    `SELECT ${FACT_COLUMNS} FROM audit_log a WHERE a.sequence IS NULL ORDER BY a.project, a.at, a.id LIMIT $1`,
    [BATCH],
  );
  if (rows.length === 0) return 0;
  const heads = await readHeads(manager, [...new Set(rows.map(({ project }) => project))]);
  const links = rows.map((row) => chain(row, heads.get(row.project)!));
  await manager.query(
    `UPDATE audit_log SET sequence = link.sequence, previous = decode(link.previous, 'hex'),
       hash = decode(link.hash, 'hex'), salts = decode(link.salts, 'hex')
     FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[])
       AS link (id, sequence, previous, hash, salts)
     WHERE audit_log.id = link.id`,
    [
      links.map(({ id }) => id),
      links.map(({ sequence }) => sequence),
      links.map(({ previous }) => previous),
      links.map(({ hash }) => hash),
      links.map(({ salts }) => salts),
    ],
  );
  await manager.query(
    `INSERT INTO audit_chains (project, sequence, hash)
     SELECT project, sequence, decode(hash, 'hex') FROM unnest($1::text[], $2::bigint[], $3::text[])
       AS head (project, sequence, hash)
     ON CONFLICT (project) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, sealed_at = now()`,
    [
      [...heads.keys()],
      [...heads.values()].map(({ sequence }) => sequence),
      [...heads.values()].map(({ hash }) => hash),
    ],
  );
  return rows.length;
}

async function readHeads(manager: EntityManager, projects: readonly string[]): Promise<Map<string, Head>> {
  const rows: { project: string; sequence: string; hash: string }[] = await manager.query(
    `SELECT project, sequence, encode(hash, 'hex') AS hash FROM audit_chains WHERE project = ANY ($1)`,
    [projects],
  );
  const heads = new Map(projects.map((project): [string, Head] => [project, firstHead()]));
  for (const { project, sequence, hash } of rows) heads.set(project, { sequence: Number(sequence), hash });
  return heads;
}

function firstHead(): Head {
  return { sequence: 0, hash: FIRST_PREVIOUS };
}

/** Moves the head on. */
function chain(row: FactRow, head: Head) {
  const salts = randomBytes(SALT_BYTES * ERASABLE_PARTS.length);
  const link = { sequence: head.sequence + 1, previous: head.hash, salts: readSalts(row, salts, {}) };
  const hash = hashEntry(row, link, sha256);
  head.sequence = link.sequence;
  head.hash = hash;
  return {
    id: row.id,
    sequence: link.sequence,
    previous: link.previous,
    hash,
    salts: salts.toString('hex'),
  };
}
