import type { EntityManager } from 'typeorm';

/** A query that is asked all the time: each connection has Postgres parse and plan it once. */
export interface PreparedStatement {
  /** Stands for this text alone. */
  readonly name: string;
  readonly text: string;
}

/** Where Postgres refuses it, throws what the driver throws. */
export async function queryPrepared<Row>(
  manager: EntityManager,
  { name, text }: PreparedStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  const transaction = manager.queryRunner;
  const runner = transaction ?? manager.dataSource.createQueryRunner();
  try {
    const client: PreparingClient = await runner.connect();
    const { rows } = await client.query({ name, text, values });
    return rows as Row[];
  } finally {
    if (transaction === undefined) await runner.release();
  }
}

/** What we use of the driver's client, which TypeORM hands out as it is. */
interface PreparingClient {
  query(config: PreparedStatement & { readonly values: readonly unknown[] }): Promise<{
    readonly rows: readonly unknown[];
  }>;
}
