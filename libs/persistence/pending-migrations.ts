import type { DataSource } from 'typeorm';

/** Migrations of this program that the database has not seen. */
export async function listPendingMigrations(dataSource: DataSource): Promise<readonly string[]> {
  const rows: readonly { readonly name: string }[] = await dataSource.query('SELECT name FROM migrations');
  const done = new Set(rows.map(({ name }) => name));
  return dataSource.migrations
    .map((migration) => migration.constructor.name)
    .filter((name) => !done.has(name));
}
