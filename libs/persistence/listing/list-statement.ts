import type { CursorPlace } from './cursor.js';
import type { Listing, SortKey } from './list-page.js';

/** One condition of a WHERE. */
export type Condition = PlainCondition | ChoiceCondition;

interface PlainCondition {
  /** `?` stands for the value. */
  readonly sql: string;
  readonly value?: unknown;
  /** No index holds it: rows are looked through for it. */
  readonly scans?: boolean;
}

/** The column has one of the values; each is read by the index that holds the column, and they are merged. */
interface ChoiceCondition {
  readonly column: string;
  readonly type: SortKey['type'];
  readonly anyOf: readonly string[];
  readonly scans?: boolean;
}

export interface PageOrder {
  /** Unique together. */
  readonly by: readonly SortKey[];
  readonly descending: boolean;
}

/** All that a query of a list is made of. */
interface List extends Pick<Listing<never>, 'columns' | 'from' | 'narrow' | 'key'> {
  readonly order: PageOrder;
  readonly where: readonly Condition[];
  readonly given: readonly unknown[];
}

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

interface Stretch {
  readonly after: CursorPlace | undefined;
  /** Included. */
  readonly until?: CursorPlace | undefined;
}

export function isScanning({ where }: Pick<List, 'where'>): boolean {
  return where.some(({ scans }) => scans === true);
}

/** Rows that are looked through for one page where a condition has no index. */
export const MAX_SCANNED = 10_000;

/** Rows of the stretch, in order; each with its place, as texts `$0`, `$1` and so on. */
export function writePage(
  list: List,
  { limit, ...stretch }: Stretch & { readonly limit: number },
): Statement {
  const writer = new Writer(list);
  return { text: writer.page(stretch, limit), values: writer.values };
}

/** The place of the last row that may be looked through; no row where all that are left may be. */
export function writePlace(list: List, after: CursorPlace | undefined): Statement {
  const writer = new Writer(list);
  const { order } = list;
  const places = order.by.map((_, at) => `page."$${at}"::text AS "$${at}"`);
  const source = writer.stretch({ after });
  const text = `SELECT ${places.join(', ')} FROM ${source}
    ORDER BY ${direct(order, (_, at) => `page."$${at}"`)} OFFSET ${MAX_SCANNED - 1} LIMIT 1`;
  return { text, values: writer.values };
}

/** As many as there are up to a place, `limit` at most. */
export function writeCount(list: List, until: CursorPlace | undefined, limit: number): Statement {
  const writer = new Writer(list);
  const source = writer.keys({ after: undefined, until }, limit);
  const text = `SELECT count(*)::integer AS total FROM (SELECT FROM ${source} LIMIT ${limit}) AS counted`;
  return { text, values: writer.values };
}

/** Of which each value is read by itself. */
function choiceOf(where: readonly Condition[]): ChoiceCondition | undefined {
  return where.find(
    (condition): condition is ChoiceCondition => 'anyOf' in condition && condition.anyOf.length > 1,
  );
}

function narrowed({ from, narrow = from }: List): Selection {
  return { columns: '', from: narrow };
}

interface Selection extends Pick<List, 'columns' | 'from'> {
  /** Keys as texts, for those who are told. */
  readonly placed?: boolean;
}

class Writer {
  readonly values: unknown[];

  constructor(private readonly list: List) {
    this.values = [...list.given];
  }

  /**
   * Rows with their places. Where an index alone tells their keys, those are found first: whatever the values are, and also
   * where Postgres plans without them, another index would have to read rows and is left alone.
   */
  page(stretch: Stretch, limit: number): string {
    const { columns, from, narrow, order, where } = this.list;
    const placed = { columns, from, placed: true };
    if (narrow === undefined && !isScanning(this.list) && choiceOf(where) === undefined) {
      return this.first(placed, where, stretch, limit);
    }
    const keys = this.keys(stretch, limit);
    if (narrow === undefined) {
      return `SELECT told.* FROM ${keys} CROSS JOIN LATERAL (${this.same(placed, this.indexed)}) AS told
        ORDER BY ${direct(order, (_, at) => `page."$${at}"`)}`;
    }
    // Whole before anything is joined to them: Postgres would join it to each by itself.
    const alias = narrow.split(' ').at(-1)!;
    const row = `SELECT ${alias}.* FROM ${narrow} ${this.whereSame(this.indexed)} OFFSET 0`;
    return `SELECT ${this.select(placed)}
      FROM (SELECT ${alias}.* FROM ${keys} CROSS JOIN LATERAL (${row}) AS ${alias} OFFSET 0) AS ${alias}
      ${from.slice(narrow.length)} ORDER BY ${direct(order, ({ sql }) => sql)}`;
  }

  /** Keys of the rows of a page. */
  keys(stretch: Stretch, limit: number): string {
    const { where } = this.list;
    if (isScanning(this.list)) return `(${this.search(stretch, limit)}) AS page`;
    if (choiceOf(where) !== undefined) return `(${this.merge(stretch, limit)}) AS page`;
    return `(${this.first(narrowed(this.list), where, stretch, limit)}) AS page`;
  }

  /** Keys of the first rows for each of several values: Postgres plans what belongs to a row once, and not for each value. */
  private merge(stretch: Stretch, limit: number): string {
    return `SELECT page.* FROM (${this.first(narrowed(this.list), this.list.where, stretch, limit)}) AS page
      ORDER BY ${direct(this.list.order, (_, at) => `page."$${at}"`)} LIMIT ${limit}`;
  }

  /**
   * Keys of rows for which all conditions hold. Those of the stretch come first, of an index alone, then each of its rows by
   * its key, whatever Postgres takes the conditions for: where it reads the stretch by another index, it reads what lies
   * between its rows too.
   */
  private search(stretch: Stretch, limit: number): string {
    return `SELECT page.* FROM ${this.stretch(stretch)}
      CROSS JOIN LATERAL (${this.same(narrowed(this.list), this.list.where)}) AS looked
      ORDER BY ${direct(this.list.order, (_, at) => `page."$${at}"`)} LIMIT ${limit}`;
  }

  /** The row of the key of `page`. */
  private same(selection: Selection, where: readonly Condition[]): string {
    return `SELECT ${this.select(selection)} FROM ${selection.from} ${this.whereSame(where)} OFFSET 0`;
  }

  /** Of the key of `page`, which is unique among the rows for which the conditions hold that do not scan. */
  private whereSame(where: readonly Condition[]): string {
    const keys = [this.list.key].flat().map(({ sql }) => {
      const at = this.list.order.by.findIndex((sorted) => sorted.sql === sql);
      return `${sql} = page."$${at}"`;
    });
    return whereAll([...keys, ...where.map((condition) => this.condition(condition))]);
  }

  /** Keys of rows that are looked through. */
  stretch(stretch: Stretch): string {
    return `(${this.first(narrowed(this.list), this.indexed, stretch, MAX_SCANNED)}) AS page`;
  }

  /** The first rows in order, or the first for each of several values of one column. */
  private first(selection: Selection, where: readonly Condition[], stretch: Stretch, limit: number): string {
    const { order } = this.list;
    const choice = choiceOf(where);
    const conditions = this.conditions(
      where.filter((condition) => condition !== choice),
      stretch,
    );
    const first = (more: readonly string[]) =>
      `SELECT ${this.select(selection)} FROM ${selection.from} ${whereAll([...conditions, ...more])}
      ORDER BY ${direct(order, ({ sql }) => sql)} LIMIT ${limit}`;
    if (choice === undefined) return first([]);
    // Each by itself, so that Postgres knows how rare its value is.
    const branches = choice.anyOf.map((value) => `(${first([`${choice.column} = ${this.bind(value)}`])})`);
    return branches.join(' UNION ALL ');
  }

  private get indexed(): Condition[] {
    return this.list.where.filter(({ scans }) => scans !== true);
  }

  private select({ columns, placed = false }: Selection): string {
    const keys = this.list.order.by.map(({ sql }, at) => `${sql}${placed ? '::text' : ''} AS "$${at}"`);
    return [columns, ...keys].filter((text) => text !== '').join(', ');
  }

  private conditions(where: readonly Condition[], { after, until }: Stretch): string[] {
    const { descending } = this.list.order;
    return [
      ...where.map((condition) => this.condition(condition)),
      ...(after === undefined ? [] : [this.compare(descending ? '<' : '>', after)]),
      ...(until === undefined ? [] : [this.compare(descending ? '>=' : '<=', until)]),
    ];
  }

  private condition(condition: Condition): string {
    if ('anyOf' in condition) {
      const { column, type, anyOf } = condition;
      if (anyOf.length === 1) return `${column} = ${this.bind(anyOf[0])}`;
      return `${column} = ANY (${this.bind(anyOf)}::${type}[])`;
    }
    const { sql, value } = condition;
    return value === undefined ? sql : sql.replaceAll('?', this.bind(value));
  }

  private compare(operator: string, place: CursorPlace): string {
    const { by } = this.list.order;
    const values = by.map(({ type }, at) => `${this.bind(place[at])}::${type}`);
    return `(${by.map(({ sql }) => sql).join(', ')}) ${operator} (${values.join(', ')})`;
  }

  private bind(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

function direct({ by, descending }: PageOrder, write: (key: SortKey, at: number) => string): string {
  return by.map((key, at) => `${write(key, at)} ${descending ? 'DESC' : 'ASC'}`).join(', ');
}

function whereAll(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}
