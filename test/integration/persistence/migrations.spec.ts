import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource, MigrationInterface } from 'typeorm';
import { createDataSource } from '#persistence/data-source.js';
import { migrate, readStatements } from '#persistence/migrate.js';
import { insertManyRuns } from '../../../bench/lists/many-runs.js';
import { createEmptyDatabase } from '../../postgres.js';
import { findUnsafe } from './migration-rule.js';

/** Migrations that stood before the rule of docs/database.md; nobody has them but with all of them. */
const RULED_FROM = 1763816400000;
/** By name: what the rule does not know, and why it does no harm. */
const EXEMPT: ReadonlyMap<string, string> = new Map([
  ['AuditChain1763823600000', 'The version before only adds entries, which the triggers let through.'],
  [
    'KeptIndexes1763830000000',
    'What the version before writes has no sequence, so nothing of it can be refused.',
  ],
  [
    'IntegrationDeliveries1763849100000',
    'What the version before writes has no integration, so nothing of it can be refused.',
  ],
  [
    'FailureOrder1763848000000',
    'What goes begins the index that has taken its place: all that read it read that.',
  ],
]);

function timestampOf(migration: MigrationInterface): number {
  return Number(/\d+$/.exec(migration.constructor.name)?.[0]);
}

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

  /** That one, and all after it. */
  const undoDownTo = async (name: string) => {
    const isThere = () => dataSource.query('SELECT FROM migrations WHERE name = $1', [name]);
    while ((await isThere()).length > 0) await dataSource.undoLastMigration();
  };

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
    await Promise.all(processes.map((process) => migrate(process)));
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

  it('refuse a database where one of them was something else when it ran', async () => {
    const change = (checksum: string | null) =>
      dataSource.query(`UPDATE migrations SET checksum = $1 WHERE name LIKE 'CreateStore%'`, [checksum]);
    const [{ checksum }] = await dataSource.query(
      `SELECT checksum FROM migrations WHERE name LIKE 'CreateStore%'`,
    );
    expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    await change('0'.repeat(64));
    await expect(migrate(dataSource)).rejects.toMatchObject({
      code: 'migration-changed',
      message: expect.stringContaining('CreateStore1763683200000'),
    });
    // Of a database from before there were checksums, what stands there is believed.
    await change(null);
    await migrate(dataSource);
    expect(await dataSource.query(`SELECT FROM migrations WHERE checksum = $1`, [checksum])).toHaveLength(1);
  });

  it('try again where others are in the way, and say so where they stay', async () => {
    await undoDownTo('DeletedWorkflows1763816400000');
    const other = dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('LOCK TABLE workflows IN ACCESS SHARE MODE');
    const patience = { lockTimeoutMs: 50, tries: 2, pauseMs: 10 };
    await expect(migrate(dataSource, patience)).rejects.toMatchObject({ code: 'migration-blocked' });
    const patient = migrate(dataSource, { ...patience, tries: 1_000 });
    await other.commitTransaction();
    await other.release();
    await patient;
    expect(await drift()).toEqual([]);
  });

  it('build an index anew that was begun and not finished', async () => {
    await undoDownTo('ListIndexes1763817000000');
    await dataSource.query('CREATE INDEX ix_runs_id_project ON runs (project)');
    await migrate(dataSource);
    expect(await drift()).toEqual([]);
  });

  it('keep data on their way down to the first release with lists and up again, and lose none before', async () => {
    await insertManyRuns(dataSource, 500);
    const count = async () =>
      (
        await dataSource.query(
          'SELECT count(*)::int AS runs, (SELECT count(*)::int FROM workflows) AS workflows FROM runs',
        )
      )[0];
    const before = await count();
    const ruled = dataSource.migrations.filter((migration) => timestampOf(migration) >= RULED_FROM);
    for (const _ of ruled) await dataSource.undoLastMigration();
    expect(await count()).toEqual(before);
    await migrate(dataSource);
    expect(await count()).toEqual(before);
    expect(await drift()).toEqual([]);
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
    expect(await objects()).toEqual([]);
  });

  it('from the rule on let the version before go on meanwhile', async () => {
    const found: [string, string[]][] = [];
    for (const migration of dataSource.migrations) {
      if (timestampOf(migration) < RULED_FROM) continue;
      const { name } = migration.constructor;
      const statements = await readStatements(migration);
      const transaction = migration.transaction !== false;
      const unsafe = EXEMPT.has(name) ? [] : findUnsafe({ statements, transaction });
      if (unsafe.length > 0) found.push([name, unsafe]);
    }
    expect(found).toEqual([]);
  });
});

describe('the rule of migrations', () => {
  it.each([
    'ALTER TABLE runs DROP COLUMN total',
    'DROP TABLE runs',
    'DROP INDEX ix_runs_id_project',
    'ALTER TABLE runs RENAME COLUMN total TO steps',
    'ALTER TABLE runs RENAME TO executions',
    'ALTER TABLE runs ALTER COLUMN total TYPE bigint',
    'ALTER TABLE runs ALTER COLUMN cancel_by SET NOT NULL',
    'ALTER TABLE runs ALTER COLUMN settled DROP DEFAULT',
    'ALTER TABLE runs ADD COLUMN label text NOT NULL',
    'ALTER TABLE runs ADD COLUMN fine text, ADD COLUMN label text NOT NULL',
    'ALTER TABLE runs ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY',
    'ALTER TABLE runs ADD COLUMN n uuid NOT NULL DEFAULT gen_random_uuid()',
    `ALTER TABLE runs ADD CONSTRAINT ck_x CHECK (status IN ('a', 'b'))`,
    'ALTER TABLE runs ADD CONSTRAINT fk_x FOREIGN KEY (parent_run) REFERENCES runs (id)',
    'ALTER TABLE runs ADD CONSTRAINT uq_x UNIQUE (project, total)',
    'ALTER TABLE runs DROP CONSTRAINT ck_runs_status',
    'CREATE INDEX ix_x ON runs (total)',
    'CREATE INDEX CONCURRENTLY ix_x ON runs (total)',
    'CREATE UNIQUE INDEX CONCURRENTLY ix_x ON runs (total)',
    'CREATE TRIGGER t BEFORE UPDATE ON runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
    'UPDATE runs SET total = 0',
    'LOCK TABLE runs',
  ])('forbids %s', (statement) => {
    expect(findUnsafe({ statements: [statement], transaction: true })).toHaveLength(1);
  });

  it.each([
    ['a table of its own', ['CREATE TABLE new (id uuid)', 'CREATE UNIQUE INDEX ix_new ON new (id)']],
    ['a column that may be null', ['ALTER TABLE runs ADD COLUMN label text']],
    ['a column with a default', [`ALTER TABLE runs ADD COLUMN label text NOT NULL DEFAULT ''`]],
    [
      'a wider check',
      [
        `ALTER TABLE runs DROP CONSTRAINT ck_runs_trigger, ADD CONSTRAINT ck_runs_trigger CHECK (true) NOT VALID`,
      ],
    ],
  ])('allows %s', (_, statements) => {
    expect(findUnsafe({ statements, transaction: true })).toEqual([]);
  });

  it('allows an index that is built beside the work of others, again where it was not finished', () => {
    const statements = ['DROP INDEX IF EXISTS ix_x', 'CREATE INDEX CONCURRENTLY ix_x ON runs (total)'];
    expect(findUnsafe({ statements, transaction: false })).toEqual([]);
    expect(findUnsafe({ statements: statements.slice(1), transaction: false })).toHaveLength(1);
  });
});
