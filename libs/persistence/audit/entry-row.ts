import { hash } from 'node:crypto';
import {
  type AuditFacts,
  type ChainedEntry,
  ERASABLE_PARTS,
  type ErasablePart,
} from '#domain/audit/entry.js';
import type { Sha256 } from '#domain/audit/entry-hash.js';

export const SALT_BYTES = 16;

export const sha256: Sha256 = (text) => hash('sha256', text, 'hex');

/** What of an entry goes into its hash, with its time as text: a Date has no microseconds. */
export const FACT_COLUMNS = `a.id, a.project,
  to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
  a.actor, a.action, a.object_type AS "objectType", a.object_id AS "objectId", a.before, a.after, a.reason,
  a.correlation_id AS "correlationId"`;

export const CHAIN_COLUMNS = `${FACT_COLUMNS}, a.sequence, encode(a.previous, 'hex') AS previous,
  encode(a.hash, 'hex') AS hash, a.salts, a.erased`;

/** A row of `FACT_COLUMNS`. */
export type FactRow = AuditFacts;

/** A row of `CHAIN_COLUMNS`; the place in the chain is null until the entry has one. */
export interface ChainRow extends AuditFacts {
  readonly sequence: string | null;
  readonly previous: string | null;
  readonly hash: string | null;
  readonly salts: Buffer | null;
  readonly erased: NonNullable<ChainedEntry['chain']['erased']> | null;
}

/** Of a row that has its place in the chain; a row that lacks a part of it fits nowhere. */
export function toChainedEntry(row: ChainRow): ChainedEntry {
  const { sequence, previous, hash, salts, erased, ...facts } = row;
  return {
    ...facts,
    chain: {
      sequence: Number(sequence),
      previous: previous ?? '',
      hash: hash ?? '',
      salts: readSalts(facts, salts ?? Buffer.alloc(0), erased ?? {}),
      ...(erased === null ? {} : { erased }),
    },
  };
}

export function readSalts(
  facts: AuditFacts,
  salts: Buffer,
  erased: Partial<Record<ErasablePart, unknown>>,
): Partial<Record<ErasablePart, string>> {
  const kept = ERASABLE_PARTS.map((part, at) => ({ part, at })).filter(
    ({ part }) => facts[part] !== null && erased[part] === undefined,
  );
  return Object.fromEntries(
    kept.map(({ part, at }) => [
      part,
      salts.subarray(at * SALT_BYTES, (at + 1) * SALT_BYTES).toString('hex'),
    ]),
  );
}
