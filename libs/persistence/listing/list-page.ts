import type { EntityManager } from 'typeorm';
import { formatCursor, parseCursor } from './cursor.js';

/** What rows are sorted by. Never null, and an index holds it before the key that tells rows apart. */
export interface SortKey {
  readonly sql: string;
  readonly type: 'text' | 'timestamptz' | 'integer' | 'bigint' | 'uuid';
}

/** How one kind of rows is listed. */
export interface Listing<Sort extends string> {
  /** What is selected of a row. */
  readonly columns: string;
  /** Tables and joins. */
  readonly from: string;
  readonly sorts: Readonly<Record<Sort, SortKey>>;
  /** Unique: tells apart what sorts alike. */
  readonly key: SortKey;
}

/** One condition of a WHERE; `?` stands for the value. */
export interface Condition {
  readonly sql: string;
  readonly value: unknown;
}

/** A name of `Listing.sorts`, with `-` before it for the other direction. */
export type SortOrder<Sort extends string> = Sort | `-${Sort}`;

export interface PageRequest<Sort extends string> {
  readonly where: readonly Condition[];
  readonly sort: SortOrder<Sort>;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Whether to count all rows, which takes time with their number. */
  readonly total?: boolean | undefined;
}

export interface ListedPage<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
  readonly total?: number;
}

/** A row with its place, read as text: no precision is lost on the way to the client and back. */
type PlacedRow<Row> = Row & { readonly $sort: string; readonly $key: string };

/**
 * A page by keyset: rows that are added or removed meanwhile neither repeat nor hide others. Throws SluiceError
 * `request-invalid` for a cursor that was not handed out for this order.
 */
export async function listPage<Row extends object, Sort extends string>(
  manager: EntityManager,
  { columns, from, sorts, key }: Listing<Sort>,
  { where, sort, limit, after, total: counted }: PageRequest<Sort>,
): Promise<ListedPage<Row>> {
  const descending = sort.startsWith('-');
  const by = sorts[(descending ? sort.slice(1) : sort) as Sort];
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const filters = where.map(({ sql, value }) => sql.replaceAll('?', bind(value)));
  const total = counted === true ? await count(manager, `FROM ${from} ${all(filters)}`, values) : undefined;
  const place = after === undefined ? undefined : parseCursor(after, sort, [by, key]);
  if (place !== undefined) {
    const [value, tie] = place;
    const bound = `(${bind(value)}::${by.type}, ${bind(tie)}::${key.type})`;
    filters.push(`(${by.sql}, ${key.sql}) ${descending ? '<' : '>'} ${bound}`);
  }
  const direction = descending ? 'DESC' : 'ASC';
  const rows: PlacedRow<Row>[] = await manager.query(
    `SELECT ${columns}, (${by.sql})::text AS "$sort", (${key.sql})::text AS "$key"
     FROM ${from} ${all(filters)}
     ORDER BY ${by.sql} ${direction}, ${key.sql} ${direction} LIMIT ${bind(limit + 1)}`,
    values,
  );
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    rows: rows.slice(0, limit).map(({ $sort, $key, ...row }) => row as unknown as Row),
    ...(last === undefined ? {} : { next: formatCursor(sort, [last.$sort, last.$key]) }),
    ...(total === undefined ? {} : { total }),
  };
}

function all(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

async function count(manager: EntityManager, of: string, values: readonly unknown[]): Promise<number> {
  const [row] = await manager.query(`SELECT count(*)::integer AS total ${of}`, [...values]);
  return row.total;
}
