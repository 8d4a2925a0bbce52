import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#persistence/data-source.js';
import { migrate } from '#persistence/migrate.js';

export interface TestDatabase {
  readonly url: string;
  /** Connected, at the newest migration. */
  readonly dataSource: DataSource;
  /** Removes the database with whatever is still connected to it. */
  close(): Promise<void>;
}

const TEMPLATE_LOCK = 4_820_117;
const CONNECT_TRIES = 5;

/** A database of its own for one test file, copied from a migrated template in some 50 ms. */
export async function createTestDatabase(
  options: { readonly poolSize?: number; readonly server?: string } = {},
): Promise<TestDatabase> {
  const server = options.server ?? requireServer();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const template = await requireTemplate(server, admin);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const url = urlOf(server, name);
  const dataSource = createDataSource(url, { poolSize: options.poolSize ?? 10 });
  await connect(dataSource);
  return {
    url,
    dataSource,
    close: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await onServer(server, (admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** On a loaded machine the server may take longer to answer than the product would wait. */
async function connect(dataSource: DataSource): Promise<void> {
  for (let tries = 1; !dataSource.isInitialized; tries++) {
    await dataSource.initialize().catch((error: unknown) => {
      if (tries === CONNECT_TRIES) throw error;
    });
  }
}

/** A database without any table, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = requireServer();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE template0`));
  return {
    url: urlOf(server, name),
    close: () =>
      onServer(
        server,
        async (admin) => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
      ),
  };
}

/** Named by the migrations' text, so that a changed one makes another template. */
async function requireTemplate(server: string, admin: Client): Promise<string> {
  const sources = createDataSource(urlOf(server, 'postgres'), { poolSize: 1 }).options
    .migrations as (new () => object)[];
  const digest = createHash('sha256')
    .update(await recordStatements(sources))
    .digest('hex');
  const name = `sluice_template_${digest.slice(0, 16)}`;
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount !== 0) return name;

  const unfinished = `${name}_unfinished`;
  await admin.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${unfinished} TEMPLATE template0`);
  const dataSource = createDataSource(urlOf(server, unfinished), { poolSize: 2 });
  await dataSource.initialize();
  await migrate(dataSource).finally(() => dataSource.destroy());
  await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
  return name;
}

async function recordStatements(sources: readonly (new () => object)[]): Promise<string> {
  const statements: string[] = [];
  const runner = { query: async (statement: string) => void statements.push(statement) };
  for (const source of sources) {
    await (new source() as { up(runner: unknown): Promise<void> }).up(runner);
  }
  return statements.join(';');
}

async function onServer<T>(server: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: server });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

function requireServer(): string {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined || url === '') {
    throw new Error(
      'TEST_DATABASE_URL is not set: run through `npm test`, which starts a Postgres for the tests.',
    );
  }
  return url;
}
