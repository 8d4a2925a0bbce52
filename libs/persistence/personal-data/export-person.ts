import type { EntityManager } from 'typeorm';
import { createNamePattern, replaceName } from '#domain/audit/replace-name.js';
import type { Json } from '#domain/json.js';
import { CHAIN_COLUMNS, type ChainRow, toChainedEntry } from '../audit/entry-row.js';
import { readCursor } from '../read-cursor.js';
import { readAccount } from './erase-account.js';
import { matchName, PERSONAL_TABLES, type PersonalTable, quote } from './personal-tables.js';

const FETCHED = 200;

/** A row that names the person: what tells it apart, what names the person, and when. */
export interface PersonalRecord {
  readonly table: string;
  readonly row: Readonly<Record<string, Json>>;
}

/** All that names one person in a project, some at a time. Call in a transaction. */
export async function* readPerson(
  manager: EntityManager,
  project: string,
  name: string,
): AsyncGenerator<readonly PersonalRecord[]> {
  const pattern = createNamePattern(name);
  const isNamed = (record: PersonalRecord) => replaceName(record.row as never, pattern, '') !== record.row;
  for (const table of PERSONAL_TABLES) {
    const columns = columnsOf(table).map((column) => `t.${quote(column)}`);
    const sql = `SELECT row_to_json(found) AS row FROM (
      SELECT ${columns.join(', ')} FROM ${table.table} t WHERE ${matchName(table)}) AS found`;
    for await (const rows of readCursor<{ row: PersonalRecord['row'] }>(
      manager,
      sql,
      [project, name],
      FETCHED,
    ))
      yield rows.map(({ row }) => ({ table: table.table, row })).filter(isNamed);
  }
  yield await readAccount(manager, project, name);
  for await (const rows of readCursor<ChainRow>(manager, SELECT_ENTRIES, [project, name], FETCHED)) {
    yield rows
      .map((row) => ({ table: 'audit_log', row: { ...toFacts(row) } as PersonalRecord['row'] }))
      .filter(isNamed);
  }
}

export const NAMED_ENTRIES = `a.project = $1 AND (a.actor = $2 OR a.object_id = $2
  OR position($2 in a.before::text) > 0 OR position($2 in a.after::text) > 0 OR position($2 in a.reason) > 0)`;

const SELECT_ENTRIES = `SELECT ${CHAIN_COLUMNS} FROM audit_log a WHERE ${NAMED_ENTRIES}`;

function columnsOf({ key, names, texts = [], values = [] }: PersonalTable): readonly string[] {
  return [...new Set([...key, ...names, ...texts, ...values])];
}

function toFacts(row: ChainRow) {
  const { chain: _, ...facts } = toChainedEntry(row);
  return facts;
}
