import type { DataSource, EntityManager } from 'typeorm';
import { RETENTION_KINDS, type RetentionKindName } from '#contracts/retention.js';
import type { ChainedEntry } from '#domain/audit/entry.js';
import { eraseName } from '#domain/audit/erase-name.js';
import { createNamePattern, replaceName } from '#domain/audit/replace-name.js';
import type { Json } from '#domain/json.js';
import { sha256 } from '../audit/entry-row.js';
import type { ArchiveFolder } from '../retention/archive-folder.js';
import { eraseAccount } from './erase-account.js';
import { eraseFromLog } from './erase-from-log.js';
import { matchName, PERSONAL_TABLES, type PersonalTable, quote } from './personal-tables.js';

/** Rows of one transaction. */
const BATCH = 200;

export interface ErasureOrder {
  readonly project: string;
  readonly name: string;
  readonly pseudonym: string;
  readonly archive: ArchiveFolder | undefined;
  readonly caller: { readonly actor: string; readonly correlationId: string };
  readonly reason: string | undefined;
}

export interface ErasureResult {
  readonly pseudonym: string;
  /** Rows that were changed, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Files of the archive that were written anew. */
  readonly files: readonly string[];
  /** Runs that name the person and have not ended: they keep the name until this is done again. */
  readonly living: number;
}

/**
 * Puts the pseudonym wherever the project names the person. Can be done again with the same pseudonym, where it was cut
 * short. Call under the lock of retention.
 */
export async function erasePerson(dataSource: DataSource, order: ErasureOrder): Promise<ErasureResult> {
  const rows: Record<string, number> = {};
  for (const table of PERSONAL_TABLES) {
    const changed = await eraseFromTable(dataSource, table, order);
    if (changed > 0) rows[table.table] = changed;
  }
  Object.assign(rows, await eraseAccount(dataSource, order));
  const files = order.archive === undefined ? [] : await eraseFromArchive(order.archive, order);
  const living = await countLiving(dataSource.manager, order);
  const entries = await eraseFromLog(dataSource, { ...order, rows, files, living });
  return {
    pseudonym: order.pseudonym,
    rows: entries === 0 ? rows : { ...rows, audit_log: entries },
    files,
    living,
  };
}

async function eraseFromTable(
  dataSource: DataSource,
  table: PersonalTable,
  order: ErasureOrder,
): Promise<number> {
  let changed = 0;
  let after = '';
  for (;;) {
    const batch = await dataSource.transaction((manager) => eraseBatch(manager, table, { order, after }));
    changed += batch.changed;
    if (batch.last === undefined) return changed;
    after = batch.last;
  }
}

interface Found {
  readonly place: string;
  readonly key: string;
  readonly row: Readonly<Record<string, Json>>;
}

async function eraseBatch(
  manager: EntityManager,
  table: PersonalTable,
  { order, after }: { readonly order: ErasureOrder; readonly after: string },
): Promise<{ readonly changed: number; readonly last: string | undefined }> {
  const { names, texts = [], values = [], run } = table;
  const columns = [...names, ...texts, ...values];
  const key = `concat_ws('/', ${table.key.map((column) => `t.${quote(column)}`).join(', ')})`;
  const ended = run === undefined ? '' : `AND ${isOf(table, 'IS NOT NULL')}`;
  const found: Found[] = await manager.query(
    `SELECT t.ctid::text AS place, ${key} AS key, json_build_object(${columns
      .map((column) => `'${column}', t.${quote(column)}`)
      .join(', ')}) AS row
     FROM ${table.table} t WHERE ${matchName(table)} AND ${key} > $3 ${ended}
     ORDER BY ${key} LIMIT ${BATCH} FOR UPDATE`,
    [order.project, order.name, after],
  );
  await manager.query(`SELECT set_config('sluice.erases_names', 'on', true)`);
  const pattern = createNamePattern(order.name);
  let changed = 0;
  for (const { place, row } of found) {
    const replaced = replaceName(row, pattern, order.pseudonym);
    if (replaced === row) continue;
    const sets = columns.map(
      (column, at) => `${quote(column)} = $${at + 2}${values.includes(column) ? '::json' : ''}`,
    );
    const bound = columns.map((column) => {
      const value = replaced[column] ?? null;
      return values.includes(column) && value !== null ? JSON.stringify(value) : value;
    });
    await manager.query(`UPDATE ${table.table} SET ${sets.join(', ')} WHERE ctid = $1::tid`, [
      place,
      ...bound,
    ]);
    changed += 1;
  }
  return { changed, last: found.length < BATCH ? undefined : found.at(-1)!.key };
}

function isOf({ run }: PersonalTable, ended: 'IS NULL' | 'IS NOT NULL'): string {
  return `EXISTS (SELECT FROM runs r WHERE r.id = t.${quote(run!)} AND r.ended_at ${ended})`;
}

async function countLiving(manager: EntityManager, { project, name }: ErasureOrder): Promise<number> {
  const living = PERSONAL_TABLES.filter((table) => table.run !== undefined).map(
    (table) =>
      `SELECT t.${quote(table.run!)} FROM ${table.table} t WHERE ${matchName(table)} AND ${isOf(table, 'IS NULL')}`,
  );
  const [{ count }] = await manager.query(
    `SELECT count(*)::integer AS count FROM (${living.join(' UNION ')}) AS living`,
    [project, name],
  );
  return count;
}

async function eraseFromArchive(archive: ArchiveFolder, order: ErasureOrder): Promise<string[]> {
  const files: string[] = [];
  const erase = createLineEraser(order);
  for (const kind of Object.keys(RETENTION_KINDS) as RetentionKindName[]) {
    for (const manifest of await archive.list(order.project, kind)) {
      let named = false;
      for await (const line of archive.readTexts(manifest)) {
        named = erase(line) !== line;
        if (named) break;
      }
      if (!named) continue;
      await archive.rewrite(manifest, erase);
      files.push(archive.nameOf(manifest));
    }
  }
  return files;
}

function createLineEraser({ name, pseudonym }: ErasureOrder): (line: string) => string {
  const pattern = createNamePattern(name);
  const columns = new Map(
    PERSONAL_TABLES.map(({ table, names, texts = [], values = [] }) => [
      table,
      [...names, ...texts, ...values],
    ]),
  );
  return (line) => {
    if (!line.includes(name)) return line;
    const { table, row } = JSON.parse(line) as { table: string; row: Record<string, Json> };
    const replaced =
      table === 'audit_log'
        ? eraseName(row as unknown as ChainedEntry, pattern, pseudonym, sha256)
        : eraseColumns(row, columns.get(table) ?? [], (value) => replaceName(value, pattern, pseudonym));
    return replaced === row ? line : JSON.stringify({ table, row: replaced });
  };
}

function eraseColumns(
  row: Record<string, Json>,
  columns: readonly string[],
  replace: (value: Json) => Json,
): Record<string, Json> {
  const changed = columns
    .map((column) => [column, replace(row[column] ?? null)] as const)
    .filter(([column, value]) => value !== (row[column] ?? null));
  return changed.length === 0 ? row : { ...row, ...Object.fromEntries(changed) };
}
