import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SluiceError } from '#domain/errors.js';
import { findBelonging, stopProcess } from '../../host/process.js';
import { asUser, type PostgresAccount } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { giveTo } from './postgres-place.js';

export const SUPERUSER = 'sluice';

/** Postgres programs see nothing of our environment: PGDATA, PGPORT or LC_ALL of the user would change what they do. */
export const POSTGRES_ENVIRONMENT = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

export interface Cluster {
  readonly data: string;
  readonly password: string;
  readonly account: PostgresAccount | undefined;
  readonly binaries: PostgresBinaries;
  /** Survives a power cut; costs time that tests need not spend. */
  readonly durable: boolean;
}

/** Makes the data folder unless it stands. It appears under its name only when it is complete. */
export async function provideCluster(cluster: Cluster): Promise<void> {
  if (existsSync(join(cluster.data, 'PG_VERSION'))) {
    requireSameMajor(cluster);
    return;
  }
  const place = dirname(cluster.data);
  const unfinished = `${cluster.data}.new`;
  const passwordFile = join(place, 'initdb-password');
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  giveTo(unfinished, cluster.account);
  writeFileSync(passwordFile, cluster.password, { mode: 0o600 });
  giveTo(passwordFile, cluster.account);
  try {
    await runInitdb(cluster, unfinished, passwordFile);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, cluster.data);
}

function requireSameMajor(cluster: Cluster): void {
  const found = readFileSync(join(cluster.data, 'PG_VERSION'), 'utf8').trim();
  if (found === cluster.binaries.major) return;
  throw new SluiceError({
    code: 'postgres-version-differs',
    fault: 'operational',
    message: `The database in ${cluster.data} was made by Postgres ${found}; installed is ${cluster.binaries.major}.`,
    hint: 'Move it with pg_dump of the older version, or start afresh with another SLUICE_HOME.',
  });
}

function runInitdb(cluster: Cluster, folder: string, passwordFile: string): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(cluster.durable ? [] : ['--no-sync']),
  ];
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(cluster.binaries.initdb, args, {
      cwd: dirname(folder),
      env: POSTGRES_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...asUser(cluster.account),
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new SluiceError({
            code: 'postgres-initdb-failed',
            fault: 'operational',
            message: `Postgres could not make its data folder ${folder}: ${output.trim()}`,
            hint: 'Set DATABASE_URL to a Postgres of your own, or SLUICE_HOME to another folder.',
          }),
        );
    });
  });
}

/**
 * Stops a server that an earlier, killed start left on this data, and removes a lock file whose number now belongs to
 * another program. Only processes that work in the data folder are touched.
 */
export async function stopLeftover(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(data)) return;
  const locked = existsSync(lock) ? Number(readFileSync(lock, 'utf8').split('\n')[0]) : 0;
  const belonging = findBelonging({ folders: [data] });
  const postmaster = belonging.find(({ pid }) => pid === locked);
  if (postmaster !== undefined) await stopProcess(postmaster, { signal: 'SIGINT', graceMs: 20_000 });
  for (const backend of belonging) await stopProcess(backend, { signal: 'SIGTERM', graceMs: 5_000 });
  if (process.platform === 'linux') rmSync(lock, { force: true });
}
