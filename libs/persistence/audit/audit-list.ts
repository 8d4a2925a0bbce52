import type { EntityManager } from 'typeorm';
import type { ChainedEntry } from '#domain/audit/entry.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { CHAIN_COLUMNS, type ChainRow } from './entry-row.js';
import { readChain } from './read-chain.js';

export const AUDIT_SORTS = ['at'] as const;

export type AuditSort = (typeof AUDIT_SORTS)[number];

/** What entries are asked for by; `until` is exclusive. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly objectType?: string | undefined;
  readonly objectId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
}

const FILTERS: Readonly<Record<keyof AuditFilter, string>> = {
  actor: 'a.actor = ?',
  action: 'a.action = ?',
  objectType: 'a.object_type = ?',
  objectId: 'a.object_id = ?',
  correlationId: 'a.correlation_id = ?',
  from: 'a.at >= ?',
  until: 'a.at < ?',
};

const ENTRIES: Listing<AuditSort> = {
  columns: CHAIN_COLUMNS,
  from: 'audit_log a',
  sorts: { at: { sql: 'a.at', type: 'timestamptz' } },
  key: { sql: 'a.id', type: 'uuid' },
};

export function listAuditEntries(
  manager: EntityManager,
  project: string,
  page: AuditFilter & Omit<PageRequest<AuditSort>, 'where'>,
): Promise<ListedPage<ChainRow>> {
  const where = [{ sql: 'a.project = ?', value: project }, ...conditionsOf(page)];
  const { sort, limit, after, total } = page;
  return listPage(manager, ENTRIES, { where, sort, limit, after, total });
}

export async function findAuditEntry(
  manager: EntityManager,
  project: string,
  id: string,
): Promise<ChainRow | undefined> {
  const [row] = await manager.query(
    `SELECT ${CHAIN_COLUMNS} FROM audit_log a WHERE a.project = $1 AND a.id = $2`,
    [project, id],
  );
  return row;
}

/** Chained entries behind a place, in the order of the chain. */
export function readAuditEntries(
  manager: EntityManager,
  project: string,
  after: number,
  filter: AuditFilter,
): AsyncGenerator<readonly ChainedEntry[]> {
  const conditions = conditionsOf(filter);
  const sql = conditions.map((condition, at) => `AND ${condition.sql.replace('?', `$${at + 3}`)}`).join(' ');
  return readChain(manager, project, after, { sql, values: conditions.map(({ value }) => value) });
}

function conditionsOf(filter: AuditFilter): { readonly sql: string; readonly value: unknown }[] {
  return (Object.keys(FILTERS) as (keyof AuditFilter)[])
    .filter((name) => filter[name] !== undefined)
    .map((name) => ({ sql: FILTERS[name], value: filter[name] }));
}
