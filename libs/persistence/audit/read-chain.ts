import type { EntityManager } from 'typeorm';
import { type ChainStart, START } from '#domain/audit/chain-checker.js';
import type { ChainedEntry } from '#domain/audit/entry.js';
import { CHAIN_COLUMNS, type ChainRow, toChainedEntry } from './entry-row.js';

const BATCH = 500;

/** What is recorded of the chain of a project. */
export interface ChainRecord {
  /** The last entry that was chained; 0 where there is none. */
  readonly head: { readonly sequence: number; readonly hash: string };
  /** Where the entries that are not archived begin. */
  readonly start: ChainStart;
}

export async function readChainRecord(manager: EntityManager, project: string): Promise<ChainRecord> {
  const [row] = await manager.query(
    `SELECT sequence, encode(hash, 'hex') AS hash, archived_sequence AS "archivedSequence",
       encode(archived_hash, 'hex') AS "archivedHash", archived_erasures AS "archivedErasures"
     FROM audit_chains WHERE project = $1`,
    [project],
  );
  if (row === undefined) return { head: START, start: START };
  return {
    head: { sequence: Number(row.sequence), hash: row.hash },
    start:
      row.archivedHash === null
        ? START
        : {
            sequence: Number(row.archivedSequence),
            hash: row.archivedHash,
            erasures: row.archivedErasures ?? {},
          },
  };
}

/** Chained entries behind a place, in their order, some hundred at a time; no query lasts long. */
export async function* readChain(
  manager: EntityManager,
  project: string,
  after: number,
  where: { readonly sql: string; readonly values: readonly unknown[] } = { sql: '', values: [] },
): AsyncGenerator<readonly ChainedEntry[]> {
  let last: number | string = after;
  for (;;) {
    const rows: ChainRow[] = await manager.query(
      `SELECT ${CHAIN_COLUMNS} FROM audit_log a WHERE a.project = $1 AND a.sequence > $2 ${where.sql}
       ORDER BY a.sequence LIMIT ${BATCH}`,
      [project, last, ...where.values],
    );
    if (rows.length > 0) yield rows.map(toChainedEntry);
    if (rows.length < BATCH) return;
    last = rows.at(-1)!.sequence!;
  }
}
