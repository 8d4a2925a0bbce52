import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Laboratory } from '../laboratory/laboratory.js';

/** A process that answers HTTP. */
export interface BenchServer {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Memory that the process holds now, in MiB (VmRSS; Linux only). */
  readMemory(): Promise<number>;
  stop(): Promise<void>;
}

const ROOT = new URL('../../', import.meta.url);

/** The API as it is started by hand, on this database; its rates of requests are not what is measured. */
export async function startApi(laboratory: Laboratory, databaseUrl: string): Promise<BenchServer> {
  const home = join(laboratory.home, 'api');
  const server = await start(fileURLToPath(new URL('apps/api/main.js', ROOT)), {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: laboratory.temporalAddress,
    SLUICE_HOME: home,
    SLUICE_PORT: '0',
    SLUICE_LOG_LEVEL: 'warn',
    SLUICE_RECONCILE_MS: '3600000',
    SLUICE_RATE_KEY: '1000000',
    SLUICE_RATE_ADDRESS: '1000000',
  });
  const key = (await readFile(join(home, 'admin.key'), 'utf8')).trim();
  return { ...server, headers: { authorization: `Bearer ${key}` } };
}

/** Fastify and pg with nothing in between, which read and write the same rows. */
export async function startBare(databaseUrl: string): Promise<BenchServer> {
  const server = await start(fileURLToPath(new URL('bare.js', import.meta.url)), {
    DATABASE_URL: databaseUrl,
  });
  return { ...server, headers: {} };
}

async function start(
  program: string,
  settings: Readonly<Record<string, string>>,
): Promise<Omit<BenchServer, 'headers'>> {
  const child = fork(program, [], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings },
    execArgv: profileArguments(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { url } = await hearReady(child);
  return {
    url,
    async readMemory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** With BENCH_PROFILE, the folder to put them in, it leaves a profile of its processor time. */
function profileArguments(): string[] {
  const folder = process.env['BENCH_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

async function hearReady(child: ChildProcess): Promise<{ readonly url: string }> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`a server of the bench ended with ${code}`);
  });
  const ready = once(child, 'message').then(([message]) => message as { readonly url: string });
  return Promise.race([ready, ended]);
}
