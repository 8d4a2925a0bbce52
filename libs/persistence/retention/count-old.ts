import type { EntityManager } from 'typeorm';
import type { RetentionKindName } from '#contracts/retention.js';
import { KINDS, selectOld } from './kinds.js';

/** What a period would remove now. */
export interface OldItems {
  readonly items: number;
  /** Old enough, but needed by what is kept. */
  readonly held: number;
  readonly oldest: Date | null;
}

export async function countOld(
  manager: EntityManager,
  project: string,
  kind: RetentionKindName,
  cutoff: Date,
): Promise<OldItems> {
  if (kind === 'audit') {
    const [row] = await manager.query(
      `SELECT count(*)::integer AS items, 0 AS held, min(at) AS oldest FROM audit_log
       WHERE project = $1 AND at < $2 AND sequence < coalesce(
         (SELECT min(sequence) FROM audit_log WHERE project = $1 AND at >= $2), 9223372036854775807)`,
      [project, cutoff],
    );
    return row;
  }
  const old = KINDS[kind];
  const [free] = await manager.query(
    `SELECT count(*)::integer AS items, min(${old.time}) AS oldest ${selectOld(old, 'free')}`,
    [project, cutoff],
  );
  const [all] = await manager.query(`SELECT count(*)::integer AS items ${selectOld(old, 'all')}`, [
    project,
    cutoff,
  ]);
  return { items: free.items, held: all.items - free.items, oldest: free.oldest };
}
