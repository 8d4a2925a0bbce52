import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SteadyClient } from '../steady-client.js';

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/** Whether the database is at the newest migration; false also where it cannot be asked. */
export async function isMigrated(url: string): Promise<boolean> {
  const client = new SteadyClient({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM migrations WHERE timestamp = $1', [newest()]);
    return rowCount === 1;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Files are named `<milliseconds since the epoch>-<what it does>`. */
function newest(): string | undefined {
  return readdirSync(MIGRATIONS)
    .flatMap((name) => /^[0-9]+(?=-)/.exec(name) ?? [])
    .sort()
    .at(-1);
}
