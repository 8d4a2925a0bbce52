import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource, MigrationExecutor, type MigrationInterface, type QueryRunner } from 'typeorm';
import { SluiceError } from '#domain/errors.js';

/** Any constant will do; it must never change. */
const MIGRATION_LOCK = 7_582_463;
const LOCK_POLL_MS = 100;

interface Patience {
  /** A statement that waits so long for others keeps all that come after it waiting too: better tried again. */
  readonly lockTimeoutMs: number;
  readonly tries: number;
  readonly pauseMs: number;
}

const PATIENCE: Patience = { lockTimeoutMs: 3_000, tries: 20, pauseMs: 2_000 };

/** `lock_not_available`, `deadlock_detected`: others were in the way. */
const IN_THE_WAY = new Set(['55P03', '40P01']);

/**
 * Brings the schema up to this program's version, forward only. Processes that start at once wait for each other. Throws
 * SluiceError `database-newer` where a newer Sluice has migrated the database, `migration-changed` where a migration is
 * not what it was when it ran, `migration-blocked` where others hold what it needs for a minute.
 */
export async function migrate(dataSource: DataSource, patience = PATIENCE): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await lock(runner);
    try {
      await runner.query(`SET lock_timeout = ${patience.lockTimeoutMs}`);
      await runner.query('SET statement_timeout = 0');
      await migrateLocked(dataSource, runner, patience);
    } finally {
      await runner.query('RESET lock_timeout');
      await runner.query('RESET statement_timeout');
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    }
  } finally {
    await runner.release();
  }
}

/**
 * By trying again and again: an index that is built beside others' work waits for all queries that began before, one
 * that waits for this lock among them.
 */
async function lock(runner: QueryRunner): Promise<void> {
  for (;;) {
    const [row] = await runner.query('SELECT pg_try_advisory_lock($1) AS locked', [MIGRATION_LOCK]);
    if (row.locked === true) return;
    await sleep(LOCK_POLL_MS);
  }
}

async function migrateLocked(dataSource: DataSource, runner: QueryRunner, patience: Patience): Promise<void> {
  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = 'each';
  const executed = (await executor.getExecutedMigrations()).map(({ name }) => name);
  refuseNewer(executed, dataSource);
  const checksums = await computeChecksums(dataSource.migrations);
  await runner.query(ADD_CHECKSUMS);
  if (executed.length > 0) await refuseChanged(runner, checksums);
  await execute(executor, patience);
  await runner.query(ADD_CHECKSUMS);
  // Of those that ran just now, or before there were checksums.
  await runner.query(
    `UPDATE migrations m SET checksum = c.checksum FROM unnest($1::text[], $2::text[]) AS c (name, checksum)
     WHERE m.name = c.name AND m.checksum IS NULL`,
    [[...checksums.keys()], [...checksums.values()]],
  );
}

/** The table is made with the first migration. */
const ADD_CHECKSUMS = 'ALTER TABLE IF EXISTS migrations ADD COLUMN IF NOT EXISTS checksum text';

async function execute(executor: MigrationExecutor, { tries: most, pauseMs }: Patience): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await executor.executePendingMigrations();
      return;
    } catch (error) {
      if (!IN_THE_WAY.has(codeOf(error))) throw error;
      if (tries === most) throw blocked(error);
      await sleep(pauseMs);
    }
  }
}

function codeOf(error: unknown): string {
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  return String(code ?? driverError?.code ?? '');
}

/** What a migration does is its statements: layout and comments do not count. */
async function computeChecksums(
  migrations: readonly MigrationInterface[],
): Promise<ReadonlyMap<string, string>> {
  const checksums = new Map<string, string>();
  for (const migration of migrations) {
    const statements = await readStatements(migration);
    const text = statements.map((statement) => statement.replace(/\s+/g, ' ').trim()).join(';');
    checksums.set(migration.constructor.name, createHash('sha256').update(text).digest('hex'));
  }
  return checksums;
}

/** What it would ask of the database on its way up, in turn. */
export async function readStatements(migration: MigrationInterface): Promise<string[]> {
  const statements: string[] = [];
  const recorder = {
    query: async (statement: string) => {
      statements.push(statement);
      return [];
    },
  };
  await migration.up(recorder as unknown as QueryRunner);
  return statements;
}

async function refuseChanged(runner: QueryRunner, checksums: ReadonlyMap<string, string>): Promise<void> {
  const rows: { name: string; checksum: string }[] = await runner.query(
    'SELECT name, checksum FROM migrations WHERE checksum IS NOT NULL ORDER BY timestamp',
  );
  const changed = rows.filter(({ name, checksum }) => checksums.get(name) !== checksum);
  if (changed.length === 0) return;
  throw new SluiceError({
    code: 'migration-changed',
    fault: 'operational',
    message: `The database was migrated by something else than this program holds (${changed.map(({ name }) => name).join(', ')}).`,
    hint: 'Start the program that migrated it, or restore a backup from before; what ran once is never changed.',
  });
}

function refuseNewer(executed: readonly string[], dataSource: DataSource): void {
  const known = new Set(dataSource.migrations.map((migration) => migration.constructor.name));
  const unknown = executed.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new SluiceError({
    code: 'database-newer',
    fault: 'user',
    message: `The database was migrated by a newer Sluice (${unknown.join(', ')}).`,
    hint: 'Start that version or a later one; an older one would misread the data.',
  });
}

function blocked(cause: unknown): SluiceError {
  return new SluiceError({
    code: 'migration-blocked',
    fault: 'operational',
    message: 'A migration of the database waits for what others hold.',
    hint: 'End long transactions (pg_stat_activity shows them), then start again: what was migrated stays.',
    cause,
  });
}
