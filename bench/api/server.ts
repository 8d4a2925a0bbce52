import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Laboratory } from '../laboratory/laboratory.js';
import { type Program, startProgram } from '../laboratory/program.js';

/** A process that answers HTTP. */
export interface BenchServer extends Program {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const ROOT = new URL('../../', import.meta.url);

/** The API as it is started by hand, on this database; its rates of requests are not what is measured. */
export async function startApi(
  laboratory: Laboratory,
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const home = join(laboratory.home, 'api');
  const server = await startProgram<{ readonly url: string }>(
    fileURLToPath(new URL('apps/api/main.js', ROOT)),
    {
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: laboratory.temporalAddress,
      SLUICE_HOME: home,
      SLUICE_PORT: '0',
      SLUICE_LOG_LEVEL: 'warn',
      SLUICE_RECONCILE_MS: '3600000',
      SLUICE_RATE_KEY: '1000000',
      SLUICE_RATE_ADDRESS: '1000000',
      ...settings,
    },
  );
  const key = (await readFile(join(home, 'admin.key'), 'utf8')).trim();
  return { ...server, url: server.ready.url, headers: { authorization: `Bearer ${key}` } };
}

/** Fastify and pg with nothing in between, which read and write the same rows. */
export async function startBare(databaseUrl: string): Promise<BenchServer> {
  const program = fileURLToPath(new URL('./bare.js', import.meta.url));
  const server = await startProgram<{ readonly url: string }>(program, { DATABASE_URL: databaseUrl });
  return { ...server, url: server.ready.url, headers: {} };
}
