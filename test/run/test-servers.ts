import { join } from 'node:path';
import { providePostgres } from '#persistence/server/embedded-postgres.js';
import { provideTemporal } from '#temporal/server/provide-temporal.js';
import { findFreePort } from '../../libs/host/port.js';

export interface TestServers {
  /** Variables by which tests find them. */
  readonly env: { readonly TEST_DATABASE_URL: string; readonly TEST_TEMPORAL_ADDRESS: string };
  stop(): Promise<void>;
}

export interface ServersRequest {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
  readonly onSpawn: (pid: number) => void;
}

/** May be a link to a folder elsewhere, where root runs the tests in a folder that is closed to others. */
export function placeOfPostgres(folder: string): string {
  return join(folder, 'servers', 'postgres');
}

/**
 * Postgres and Temporal for the tests, on free ports, in memory or in the folder. Servers of the person's own are used
 * when TEST_DATABASE_URL or TEST_TEMPORAL_ADDRESS name them; never those of DATABASE_URL, which hold real data.
 */
export async function provideTestServers({
  folder,
  env,
  onProgress,
  onSpawn,
}: ServersRequest): Promise<TestServers> {
  const home = join(folder, 'servers');
  const postgres = await providePostgres({
    home,
    durable: false,
    env: { ...env, DATABASE_URL: env['TEST_DATABASE_URL'] },
    onProgress,
    onSpawn,
  });
  const temporal = await provideTemporal({
    home,
    port: await findFreePort(),
    uiPort: await findFreePort(),
    env: { ...env, TEMPORAL_ADDRESS: env['TEST_TEMPORAL_ADDRESS'] },
    onProgress,
    onSpawn,
  });
  return {
    env: { TEST_DATABASE_URL: postgres.url, TEST_TEMPORAL_ADDRESS: temporal.address },
    async stop() {
      await temporal.stop();
      await postgres.stop();
    },
  };
}
