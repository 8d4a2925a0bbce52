import type { EntityManager } from 'typeorm';
import { RETENTION_KINDS, type RetentionKindName } from '#contracts/retention.js';
import { CANDIDATE_DAYS, type KindStatistics } from '#domain/retention/recommend.js';
import { KINDS } from './kinds.js';

/** Over which growth is measured. */
const GROWTH_DAYS = 7;

/** Tables that hold a kind, the one with its items first. */
function tablesOf(kind: RetentionKindName): readonly string[] {
  if (kind === 'audit') return ['audit_log'];
  return [KINDS[kind].table, ...KINDS[kind].parts.map(({ table }) => table)];
}

/**
 * What a project holds of each kind. Items are counted; rows and bytes are what Postgres knows of the tables of all
 * projects, of which the project has the share that its items are.
 */
export async function readStatistics(manager: EntityManager, project: string): Promise<KindStatistics[]> {
  const tables = await readTables(manager);
  const names = Object.keys(RETENTION_KINDS) as RetentionKindName[];
  const statistics: KindStatistics[] = [];
  for (const name of names) {
    const counted = await countItems(manager, project, name);
    const { items, all } = counted;
    const share = all === 0 ? 0 : items / all;
    const growth = items === 0 ? 0 : counted.recent / items / GROWTH_DAYS;
    const own = tablesOf(name).map((table) => {
      const { rows, bytes } = tables.get(table) ?? { rows: 0, bytes: 0 };
      const mine = Math.round(bytes * share);
      return { table, rows: Math.round(rows * share), bytes: mine, bytesPerDay: Math.round(mine * growth) };
    });
    statistics.push({
      kind: name,
      items,
      bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
      bytesPerDay: own.reduce((sum, { bytesPerDay }) => sum + bytesPerDay, 0),
      ...(counted.oldest === null ? {} : { oldest: counted.oldest.toISOString() }),
      olderThan: Object.fromEntries(CANDIDATE_DAYS.map((days, at) => [days, counted.older[at] ?? 0])),
      tables: own,
    });
  }
  return statistics;
}

interface Counted {
  readonly items: number;
  /** Of all projects. */
  readonly all: number;
  /** In the days of growth. */
  readonly recent: number;
  readonly oldest: Date | null;
  readonly older: readonly number[];
}

async function countItems(
  manager: EntityManager,
  project: string,
  name: RetentionKindName,
): Promise<Counted> {
  const kind = name === 'audit' ? { table: 'audit_log', time: 't.at', over: 'true', join: '' } : KINDS[name];
  const older = CANDIDATE_DAYS.map(
    (days) => `count(*) FILTER (WHERE ${kind.time} < now() - ${days} * interval '1 day')::integer`,
  );
  const [row] = await manager.query(
    `SELECT count(*)::integer AS items, min(${kind.time}) AS oldest,
       count(*) FILTER (WHERE ${kind.time} >= now() - ${GROWTH_DAYS} * interval '1 day')::integer AS recent,
       ARRAY[${older.join(', ')}] AS older,
       (SELECT count(*)::integer FROM ${kind.table}) AS all
     FROM ${kind.table} t ${kind.join ?? ''} WHERE t.project = $1 AND ${kind.over}`,
    [project],
  );
  return row;
}

async function readTables(
  manager: EntityManager,
): Promise<ReadonlyMap<string, { readonly rows: number; readonly bytes: number }>> {
  const rows: { name: string; rows: string; bytes: string }[] = await manager.query(
    `SELECT c.relname AS name, greatest(s.n_live_tup, 0) AS rows, pg_total_relation_size(c.oid) AS bytes
     FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid WHERE c.relnamespace = 'public'::regnamespace`,
  );
  return new Map(
    rows.map((row) => [row.name, { rows: Number(row.rows), bytes: Number(row.bytes) }] as const),
  );
}
