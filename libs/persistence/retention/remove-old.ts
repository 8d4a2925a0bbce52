import type { DataSource, EntityManager } from 'typeorm';
import type { ArchiveManifest, RetentionKindName, RetentionResult } from '#contracts/retention.js';
import { readCursor } from '../read-cursor.js';
import type { ArchivedRow, ArchiveFolder } from './archive-folder.js';
import { KINDS, type RetentionKind, selectOld } from './kinds.js';

/** Items of one file at most: their keys are kept in memory. */
const MOST_ITEMS = 10_000;
/** Items whose rows are read with one query. */
const READ_AT_ONCE = 100;
/** Rows that one fetch brings. */
const FETCHED = 200;
/** Weight of the items that one transaction removes: others do not wait for it for long. */
const MOST_WEIGHT = 3_000;
const REMOVED_AT_ONCE = 1_000;

export interface RemovalOrder {
  readonly project: string;
  readonly kind: Exclude<RetentionKindName, 'audit'>;
  /** What was over before is too old. */
  readonly cutoff: Date;
  /** Without one, what is removed is gone. */
  readonly archive: ArchiveFolder | undefined;
  readonly signal: AbortSignal;
}

interface Item {
  readonly key: string;
  readonly weight: number;
}

/**
 * Removes what is too old and needed by nothing, day by day, after it has been archived whole. A pass that was cut short
 * removes first what the last one had archived.
 */
export async function removeOld(dataSource: DataSource, order: RemovalOrder): Promise<RetentionResult> {
  const { project, kind: name, archive, signal } = order;
  const kind = KINDS[name];
  const files: string[] = [];
  let removed = await finishEarlier(dataSource, order);
  let after: string | undefined;
  while (!signal.aborted) {
    const day = await findDay(dataSource.manager, order, after);
    if (day === undefined) break;
    after = day;
    for (;;) {
      const items = await readItems(dataSource.manager, order, day);
      if (items.length === 0 || signal.aborted) break;
      const manifest = archive && (await writeItems(dataSource, order, { day, items }, archive));
      if (archive !== undefined && manifest !== undefined) files.push(archive.nameOf(manifest));
      const gone = await removeItems(dataSource, order, items);
      removed += gone;
      if (archive !== undefined && manifest !== undefined && !signal.aborted)
        await archive.markRemoved(manifest);
      // What somebody holds just now waits for the next pass.
      if (gone === 0 || items.length < MOST_ITEMS) break;
    }
  }
  const [{ held }] = await dataSource.query(`SELECT count(*)::integer AS held ${selectOld(kind, 'all')}`, [
    project,
    order.cutoff,
  ]);
  return { kind: name, removed, held, files };
}

/** Files that lie there whole while their rows may be in the database still. */
async function finishEarlier(dataSource: DataSource, order: RemovalOrder): Promise<number> {
  const { archive, project, kind, signal } = order;
  if (archive === undefined) return 0;
  let removed = 0;
  for (const manifest of await archive.list(project, kind)) {
    if (manifest.removedAt !== undefined || signal.aborted) continue;
    removed += await removeArchived(dataSource, order, { archive, manifest });
    if (!signal.aborted) await archive.markRemoved(manifest);
  }
  return removed;
}

async function removeArchived(
  dataSource: DataSource,
  order: RemovalOrder,
  { archive, manifest }: { readonly archive: ArchiveFolder; readonly manifest: ArchiveManifest },
): Promise<number> {
  const { table, key } = KINDS[order.kind];
  const read = readKey(key.sql);
  const keys: string[] = [];
  for await (const line of archive.read(manifest)) if (line.table === table) keys.push(read(line.row));
  return removeItems(
    dataSource,
    order,
    keys.map((each) => ({ key: each, weight: 100 })),
  );
}

/** From the row what the SQL of the key makes of it: columns, joined by a slash. */
function readKey(sql: string): (row: Readonly<Record<string, unknown>>) => string {
  const columns = [...sql.matchAll(/\bt\.(\w+)/g)].map(([, column]) => column!);
  return (row) => columns.map((column) => String(row[column])).join('/');
}

async function findDay(
  manager: EntityManager,
  { project, kind: name, cutoff }: RemovalOrder,
  after: string | undefined,
): Promise<string | undefined> {
  const kind = KINDS[name];
  const [{ day }] = await manager.query(
    `SELECT to_char(min(${kind.time}) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day ${selectOld(kind, 'free')}
     AND ($3::date IS NULL OR ${kind.time} >= ($3::date + 1)::timestamp AT TIME ZONE 'UTC')`,
    [project, cutoff, after ?? null],
  );
  return day ?? undefined;
}

async function readItems(
  manager: EntityManager,
  { project, kind: name, cutoff }: RemovalOrder,
  day: string,
): Promise<Item[]> {
  const kind = KINDS[name];
  return manager.query(
    `SELECT (${kind.key.sql})::text AS key, (${kind.weight})::integer AS weight ${selectOld(kind, 'free')}
       AND ${kind.time} >= $3::date::timestamp AT TIME ZONE 'UTC'
       AND ${kind.time} < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
     ORDER BY ${kind.time} LIMIT ${MOST_ITEMS}`,
    [project, cutoff, day],
  );
}

/** As of one moment, and without keeping anybody from anything. */
async function writeItems(
  dataSource: DataSource,
  { project, kind: name }: RemovalOrder,
  { day, items }: { readonly day: string; readonly items: readonly Item[] },
  archive: ArchiveFolder,
): Promise<ArchiveManifest> {
  return dataSource.transaction('REPEATABLE READ', (manager) =>
    archive.write({ project, kind: name, day }, items.length, readRows(manager, KINDS[name], items)),
  );
}

async function* readRows(
  manager: EntityManager,
  kind: RetentionKind,
  items: readonly Item[],
): AsyncGenerator<readonly ArchivedRow[]> {
  const { table, key, parts } = kind;
  for (let at = 0; at < items.length; at += READ_AT_ONCE) {
    const keys = items.slice(at, at + READ_AT_ONCE).map((item) => item.key);
    const sources = [{ table, sql: selectRows(table, 't', `${key.sql} = ANY ($1::${key.type}[])`) }];
    for (const part of parts)
      sources.push({ table: part.table, sql: selectRows(part.table, 'p', part.where) });
    for (const source of sources) {
      for await (const rows of readCursor<{ row: string }>(manager, source.sql, [keys], FETCHED)) {
        yield rows.map(({ row }) => [source.table, row] as const);
      }
    }
  }
}

function selectRows(table: string, alias: string, where: string): string {
  return `SELECT row_to_json(${alias})::text AS row FROM ${table} ${alias} WHERE ${where}`;
}

async function removeItems(
  dataSource: DataSource,
  order: RemovalOrder,
  items: readonly Item[],
): Promise<number> {
  let removed = 0;
  for (const batch of toBatches(items)) {
    if (order.signal.aborted) return removed;
    removed += await removeBatch(dataSource, order, batch);
  }
  return removed;
}

function* toBatches(items: readonly Item[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let weight = 0;
  for (const item of items) {
    if (batch.length > 0 && (weight + item.weight > MOST_WEIGHT || batch.length === REMOVED_AT_ONCE)) {
      yield batch;
      batch = [];
      weight = 0;
    }
    batch.push(item.key);
    weight += item.weight;
  }
  if (batch.length > 0) yield batch;
}

/** What is needed by now, or held by somebody, stays. */
async function removeBatch(
  dataSource: DataSource,
  { project, kind: name, cutoff }: RemovalOrder,
  keys: readonly string[],
): Promise<number> {
  const kind = KINDS[name];
  const { table, key } = kind;
  const [, removed] = (await dataSource.query(
    `DELETE FROM ${table} WHERE ctid IN (
       SELECT t.ctid ${selectOld(kind, 'free')} AND ${key.sql} = ANY ($3::${key.type}[])
       FOR UPDATE OF t SKIP LOCKED)`,
    [project, cutoff, keys],
  )) as [unknown, number];
  return removed;
}
