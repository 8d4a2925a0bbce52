import type { EntityManager } from 'typeorm';
import { queryOften } from '../prepared-statement.js';
import { type CursorPlace, formatCursor, parseCursor } from './cursor.js';
import {
  type Condition,
  isScanning,
  MAX_SCANNED,
  type PageOrder,
  writeCount,
  writePage,
  writePlace,
} from './list-statement.js';

/** What rows are sorted by. Never null, and an index holds it before the key that tells rows apart. */
export interface SortKey {
  readonly sql: string;
  readonly type: 'text' | 'timestamptz' | 'integer' | 'bigint' | 'uuid';
}

/** How one kind of rows is listed. */
export interface Listing<Sort extends string> {
  /** Told in its cursors, which no other list takes; the first word of `from` when absent. */
  readonly name?: string;
  /** What is selected of a row. */
  readonly columns: string;
  /** Tables and joins. */
  readonly from: string;
  /** The table and its alias with which `from` begins, where orders, key and conditions ask for no more: an index alone can tell. */
  readonly narrow?: string;
  readonly sorts: Readonly<Record<Sort, SortKey>>;
  /** Unique among the rows for which the conditions hold that do not scan, by an index: tells apart what sorts alike. */
  readonly key: SortKey | readonly SortKey[];
}

export type { Condition } from './list-statement.js';

/** A name of `Listing.sorts`, with `-` before it for the other direction. */
export type SortOrder<Sort extends string> = Sort | `-${Sort}`;

export interface PageRequest<Sort extends string> {
  readonly where: readonly Condition[];
  readonly sort: SortOrder<Sort>;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Whether to count the rows, 10,000 at most. */
  readonly total?: boolean | undefined;
  /** Values that `Listing.from` names as `$1`, `$2` and so on. */
  readonly given?: readonly unknown[];
}

export interface ListedPage<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
  readonly total?: number;
  /** There are more than `total`, which is where the counting ended. */
  readonly totalAtLeast?: true;
}

const MAX_COUNTED = 10_000;

/**
 * A page by keyset: rows that are added or removed meanwhile neither repeat nor hide others. Where a condition scans, a page
 * may hold fewer rows than the limit though there is a next one: its rows were looked for among 10,000. Throws
 * SluiceError `request-invalid` for a cursor that was not handed out for this list in this order.
 */
export async function listPage<Row extends object, Sort extends string>(
  manager: EntityManager,
  listing: Listing<Sort>,
  request: PageRequest<Sort>,
): Promise<ListedPage<Row>> {
  const { list, cursors, after } = prepare(listing, request);
  const total = request.total === true ? await countRows(manager, list) : {};
  const until = isScanning(list) ? await findPlace(manager, list, after) : undefined;
  const found = await readRows(manager, list, { after, until, limit: request.limit + 1 });
  const last = found.length > request.limit ? placeOf(list, found[request.limit - 1]!) : until;
  return { ...toListed<Row>(found.slice(0, request.limit), last, cursors), ...total };
}

/** The same of the rows that are kept, which are looked for among 10,000. They are not counted. */
export async function listKept<Row extends object, Sort extends string>(
  manager: EntityManager,
  listing: Listing<Sort>,
  request: PageRequest<Sort>,
  keep: (row: Row) => boolean,
): Promise<ListedPage<Row>> {
  const { list, cursors, after: first } = prepare(listing, request);
  const kept: PlacedRow[] = [];
  let after = first;
  for (let looked = 0; looked < MAX_SCANNED; looked += BATCH) {
    const found = await readRows(manager, list, { after, limit: BATCH });
    kept.push(...found.filter((row) => keep(row as unknown as Row)));
    after = found.length < BATCH ? undefined : placeOf(list, found.at(-1)!);
    if (kept.length > request.limit) after = placeOf(list, kept[request.limit - 1]!);
    if (after === undefined || kept.length >= request.limit) break;
  }
  return toListed<Row>(kept.slice(0, request.limit), after, cursors);
}

/** Rows of one read, where some of them are left out afterwards. */
const BATCH = 500;

function prepare<Sort extends string>(listing: Listing<Sort>, request: PageRequest<Sort>) {
  const order = readOrder(listing, request.sort);
  const list = { ...listing, order, where: request.where, given: request.given ?? [] };
  const cursors = { list: listing.name ?? listing.from.split(' ', 1)[0]!, sort: request.sort };
  const types = order.by.map(({ type }) => type);
  const after = request.after === undefined ? undefined : parseCursor(request.after, { ...cursors, types });
  return { list, cursors, after };
}

async function readRows(
  manager: EntityManager,
  list: ReadyList,
  stretch: Parameters<typeof writePage>[1],
): Promise<PlacedRow[]> {
  const { text, values } = writePage(list, stretch);
  return queryOften(manager, text, values);
}

function toListed<Row>(
  found: readonly PlacedRow[],
  last: CursorPlace | undefined,
  cursors: Parameters<typeof formatCursor>[0],
): ListedPage<Row> {
  return {
    rows: withoutPlaces<Row>(found),
    ...(last === undefined ? {} : { next: formatCursor(cursors, last) }),
  };
}

type ReadyList = Parameters<typeof writePage>[0];

function readOrder<Sort extends string>(listing: Listing<Sort>, sort: SortOrder<Sort>): PageOrder {
  const descending = sort.startsWith('-');
  const first = listing.sorts[(descending ? sort.slice(1) : sort) as Sort];
  const keys = [listing.key].flat().filter(({ sql }) => sql !== first.sql);
  return { by: [first, ...keys], descending };
}

/** The place of the last row that may be looked at; undefined where all that is left may be. */
async function findPlace(
  manager: EntityManager,
  list: ReadyList,
  after: CursorPlace | undefined,
): Promise<CursorPlace | undefined> {
  const { text, values } = writePlace(list, after);
  const [row] = await queryOften<PlacedRow>(manager, text, values);
  return row === undefined ? undefined : placeOf(list, row);
}

async function countRows(
  manager: EntityManager,
  list: ReadyList,
): Promise<Pick<ListedPage<never>, 'total' | 'totalAtLeast'>> {
  const until = isScanning(list) ? await findPlace(manager, list, undefined) : undefined;
  const { text, values } = writeCount(list, until, MAX_COUNTED + 1);
  const [row] = await queryOften<{ total: number }>(manager, text, values);
  const total = Math.min(row?.total ?? 0, MAX_COUNTED);
  const more = until !== undefined || (row?.total ?? 0) > MAX_COUNTED;
  return { total, ...(more ? { totalAtLeast: true } : {}) };
}

/** A row with its place as texts `$0`, `$1` and so on: no precision is lost on the way to the client and back. */
interface PlacedRow {
  readonly [column: string]: unknown;
}

function placeOf({ order }: ReadyList, row: PlacedRow): CursorPlace {
  return order.by.map((_, at) => row[`$${at}`] as string);
}

/** Copies of one shape, which cost less than to look at the columns of each. */
function withoutPlaces<Row>(rows: readonly PlacedRow[]): Row[] {
  const columns = Object.keys(rows[0] ?? {}).filter((column) => !column.startsWith('$'));
  const empty = Object.fromEntries(columns.map((column) => [column, null]));
  return rows.map((row) => {
    const kept: Record<string, unknown> = { ...empty };
    for (const column of columns) kept[column] = row[column];
    return kept as Row;
  });
}
