import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#persistence/data-source.js';
import { Replica } from '#persistence/replica.js';
import { type ProvidedPostgres, providePostgres } from '#persistence/server/embedded-postgres.js';
import { eventually } from '../api/api-fixture.js';

const started: ProvidedPostgres[] = [];
const homes: string[] = [];
let primary: DataSource;
let standby: ProvidedPostgres;

function makeHome(): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-replica-')));
  chmodSync(home, 0o711);
  homes.push(home);
  return home;
}

async function start(home: string): Promise<ProvidedPostgres> {
  const server = await providePostgres({ home, durable: false, env: {}, onProgress: () => undefined });
  started.push(server);
  return server;
}

/** A streaming standby: the stopped server's files, told whom to follow. */
beforeAll(async () => {
  const home = makeHome();
  await (await start(home)).stop();
  const copy = makeHome();
  execFileSync('cp', ['-a', realpathSync(join(home, 'postgres')), join(copy, 'postgres')]);
  const server = await start(home);
  const { port, username, password } = new URL(server.url);
  const data = join(copy, 'postgres', 'data');
  const { uid, gid } = statSync(data);
  writeFileSync(join(data, 'standby.signal'), '');
  chownSync(join(data, 'standby.signal'), uid, gid);
  appendFileSync(
    join(data, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${port} user=${username} password=${password}'\n`,
  );
  standby = await start(copy);
  primary = await createDataSource(server.url, { poolSize: 2 }).initialize();
  await primary.query('CREATE TABLE things (id integer)');
}, 120_000);
afterAll(async () => {
  await primary?.destroy();
  for (const server of started.toReversed()) await server.stop().catch(() => undefined);
  for (const home of homes) {
    rmSync(realpathSync(join(home, 'postgres')), { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
});

it('is read while it is near, and the primary while it is away or behind', async () => {
  const changes: boolean[] = [];
  const replica = new Replica({
    primary,
    replica: createDataSource(standby.url, { poolSize: 2, connectTimeoutMs: 2_000 }),
    maxLagMs: 300,
    onChange: (used) => changes.push(used),
  });
  const readsStandby = () =>
    replica.read(
      async (manager) => (await manager.query('SELECT pg_is_in_recovery() AS is'))[0].is as boolean,
    );
  const admin = await createDataSource(standby.url, { poolSize: 1 }).initialize();
  try {
    await replica.start();
    await eventually(readsStandby, (standing) => standing);
    await primary.query('INSERT INTO things VALUES (1)');
    const things = () => replica.read((manager) => manager.query('SELECT id FROM things'));
    await eventually(things, (rows) => rows.length === 1);

    await admin.query('SELECT pg_wal_replay_pause()');
    await primary.query('INSERT INTO things VALUES (2)');
    await eventually(readsStandby, (standing) => !standing);
    expect(await things()).toHaveLength(2);
    await admin.query('SELECT pg_wal_replay_resume()');
    await eventually(readsStandby, (standing) => standing);

    await admin.destroy();
    await standby.stop();
    expect(await things()).toHaveLength(2);
    expect(await readsStandby()).toBe(false);
    expect(changes).toEqual([true, false, true, false]);
  } finally {
    if (admin.isInitialized) await admin.destroy();
    await replica.close();
  }
});
