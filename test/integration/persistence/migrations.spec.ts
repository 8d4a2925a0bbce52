import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate } from '#persistence/data-source.js';
import { createEmptyDatabase } from '../../postgres.js';

describe('migrations', () => {
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    dataSource = createDataSource(database.url, { poolSize: 4 });
    await dataSource.initialize();
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.close();
  });

  const objects = async () =>
    (
      await dataSource.query(
        `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
           AND relname !~ '^(pk_)?(migrations|typeorm_metadata)'
         UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`,
      )
    ).map((row: { name: string }) => row.name);
  const drift = async () =>
    (await dataSource.driver.createSchemaBuilder().log()).upQueries.map((query) => query.query);

  it('go up to the entities, down to nothing, and up again', async () => {
    await migrate(dataSource);
    expect(await drift()).toEqual([]);
    expect(await objects()).toEqual(expect.arrayContaining(['runs', 'run_changes', 'refuse_change']));

    for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
    expect(await objects()).toEqual([]);
    expect(await drift()).not.toEqual([]);

    await migrate(dataSource);
    expect(await drift()).toEqual([]);
  });

  it('notice a column that the entities do not have', async () => {
    await dataSource.query('ALTER TABLE runs ADD COLUMN surplus text');
    expect(await drift()).not.toEqual([]);
    await dataSource.query('ALTER TABLE runs DROP COLUMN surplus');
  });

  it('run once when many processes start at the same moment', async () => {
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
    const processes = [1, 2, 3, 4].map(() => createDataSource(database.url, { poolSize: 1 }));
    await Promise.all(processes.map((process) => process.initialize()));
    await Promise.all(processes.map(migrate));
    await Promise.all(processes.map((process) => process.destroy()));
    const [{ count }] = await dataSource.query('SELECT count(*)::int AS count FROM migrations');
    expect(count).toBe(dataSource.migrations.length);
  });

  it('refuse a database of a newer program', async () => {
    await dataSource.query(
      `INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture')`,
    );
    await expect(migrate(dataSource)).rejects.toMatchObject({ code: 'database-newer' });
    await dataSource.query(`DELETE FROM migrations WHERE name = 'FromTheFuture'`);
  });
});
