import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';

/** A query that is asked all the time: each connection has Postgres parse and plan it once. */
export interface PreparedStatement {
  /** Stands for this text alone. */
  readonly name: string;
  readonly text: string;
}

/** Where Postgres refuses it, throws what the driver throws. */
export function queryPrepared<Row>(
  manager: EntityManager,
  statement: PreparedStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  return ask(manager, { ...statement, values });
}

/**
 * For a query whose text is put together anew for each request: prepared as soon as it turns out that its text is asked
 * often. Postgres must read what it should by a plan that knows no values. Where Postgres refuses it, throws what the
 * driver throws.
 */
export function queryOften<Row>(
  manager: EntityManager,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const name = oftenAsked.nameOf(text);
  return ask(manager, name === undefined ? { text, values } : { name, text, values });
}

/** Asked so many times, a text has a name. */
const OFTEN = 10;
/** Each connection keeps the plan of each of them, which takes memory of Postgres. */
const MAX_NAMED = 100;
/** Texts that are counted at a time. */
const MAX_COUNTED = 1_000;

/** Knows the texts of this process that are asked often; the first of them, where there are many. */
export class OftenAsked {
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  /** Counts; undefined where the text is not known to be asked often. */
  nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= MAX_NAMED) return known;
    const count = (this.counts.get(text) ?? 0) + 1;
    if (count < OFTEN) {
      if (this.counts.size >= MAX_COUNTED) this.counts.clear();
      this.counts.set(text, count);
      return undefined;
    }
    this.counts.delete(text);
    const name = `often_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    this.names.set(text, name);
    return name;
  }
}

const oftenAsked = new OftenAsked();

async function ask<Row>(manager: EntityManager, query: Query): Promise<Row[]> {
  const transaction = manager.queryRunner;
  const runner = transaction ?? manager.dataSource.createQueryRunner();
  try {
    const client: PreparingClient = await runner.connect();
    const { rows } = await client.query(query);
    return rows as Row[];
  } finally {
    if (transaction === undefined) await runner.release();
  }
}

interface Query {
  /** Prepared where it has one. */
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What we use of the driver's client, which TypeORM hands out as it is. */
interface PreparingClient {
  query(query: Query): Promise<{ readonly rows: readonly unknown[] }>;
}
