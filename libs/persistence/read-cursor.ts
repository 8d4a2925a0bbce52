import type { EntityManager } from 'typeorm';

let cursors = 0;

/** The rows of a query, some at a time, whatever their number. Call in a transaction, and read to the end or end it. */
export async function* readCursor<Row>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[],
  size: number,
): AsyncGenerator<readonly Row[]> {
  const name = `rows_${++cursors}`;
  await manager.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${sql}`, [...parameters]);
  for (;;) {
    const rows: Row[] = await manager.query(`FETCH ${size} FROM ${name}`);
    if (rows.length > 0) yield rows;
    if (rows.length < size) break;
  }
  await manager.query(`CLOSE ${name}`);
}
