import { randomBytes, randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { ERASABLE_PARTS, FIRST_PREVIOUS } from '#domain/audit/entry.js';
import { hashEntry } from '#domain/audit/entry-hash.js';
import { readSalts, SALT_BYTES, sha256 } from '#persistence/audit/entry-row.js';

const BATCH = 5_000;
export const AFTER = {
  workflow: 'release',
  version: 3,
  inputs: { service: 'shop', regions: ['eu-west', 'us-east'] },
};

/** Writes a chain of so many entries of a project that has none, as it would stand after years. */
export async function fillChain(dataSource: DataSource, project: string, count: number): Promise<void> {
  let previous = FIRST_PREVIOUS;
  for (let last = 0; last < count; last += BATCH) {
    const entries = Array.from({ length: Math.min(BATCH, count - last) }, (_, at) => {
      const entry = chainEntry(project, last + at + 1, previous);
      previous = entry.hash;
      return entry;
    });
    await dataSource.query(
      `INSERT INTO audit_log (project, id, at, actor, action, object_type, object_id, after, sequence, previous, hash, salts)
       SELECT $1, e.id, e.at, 'ann', 'run.start', 'run', e.id::text, $7::json, e.sequence, decode(e.previous, 'hex'),
         decode(e.hash, 'hex'), decode(e.salts, 'hex')
       FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $8::timestamptz[])
         AS e (id, sequence, previous, hash, salts, at)`,
      [
        project,
        entries.map(({ id }) => id),
        entries.map(({ sequence }) => sequence),
        entries.map((entry) => entry.previous),
        entries.map(({ hash }) => hash),
        entries.map(({ salts }) => salts),
        JSON.stringify(AFTER),
        entries.map(({ at }) => at),
      ],
    );
  }
  await dataSource.query(
    `INSERT INTO audit_chains (project, sequence, hash) VALUES ($1, $2, decode($3, 'hex'))`,
    [project, count, previous],
  );
}

function chainEntry(project: string, sequence: number, previous: string) {
  const id = randomUUID();
  const at = new Date(Date.UTC(2026, 0, 1) + sequence).toISOString().replace('Z', '000Z');
  const facts = {
    id,
    project,
    at,
    actor: 'ann',
    action: 'run.start',
    objectType: 'run',
    objectId: id,
    before: null,
    after: AFTER,
    reason: null,
    correlationId: null,
  };
  const salts = randomBytes(SALT_BYTES * ERASABLE_PARTS.length);
  const hash = hashEntry(facts, { sequence, previous, salts: readSalts(facts, salts, {}) }, sha256);
  return { id, at, sequence, previous, hash, salts: salts.toString('hex') };
}
