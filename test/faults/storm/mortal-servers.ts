import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProvidedPostgres, providePostgres } from '#persistence/server/embedded-postgres.js';
import { type ProvidedTemporal, provideTemporal } from '#temporal/server/provide-temporal.js';
import { findFreePort } from '../../../libs/host/port.js';
import { findBelonging } from '../../../libs/host/process.js';

/** Ways to lose a Postgres: it stops in order, is killed with all its processes, or answers nothing for a while. */
export const POSTGRES_FAULTS = ['stop', 'kill', 'freeze'] as const;

/** Postgres and Temporal with data that outlives them, each at one address for ever. */
export class MortalServers {
  private constructor(
    private readonly home: string,
    private readonly ports: { readonly postgres: number; readonly temporal: number; readonly ui: number },
    private postgres: ProvidedPostgres,
    private temporal: ProvidedTemporal,
  ) {}

  static async start(): Promise<MortalServers> {
    const home = await mkdtemp(join(tmpdir(), 'sluice-storm-'));
    const ports = {
      postgres: await findFreePort(),
      temporal: await findFreePort(),
      ui: await findFreePort(),
    };
    const postgres = await startPostgres(home, ports.postgres);
    try {
      return new MortalServers(home, ports, postgres, await startTemporal(home, ports));
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get temporalAddress(): string {
    return this.temporal.address;
  }

  async disturbPostgres(fault: (typeof POSTGRES_FAULTS)[number], downMs: number): Promise<void> {
    const processes = findBelonging({ folders: [join(this.home, 'postgres', 'data')] });
    const signal = (name: NodeJS.Signals) => {
      for (const { pid } of processes) tryKill(pid, name);
    };
    if (fault === 'freeze') {
      signal('SIGSTOP');
      await sleep(downMs);
      signal('SIGCONT');
      return;
    }
    if (fault === 'kill') {
      tryKill(this.postgres.pid!, 'SIGKILL');
      signal('SIGKILL');
      await this.postgres.exited;
    } else await this.postgres.stop();
    await sleep(downMs);
    this.postgres = await untilItStarts(() => startPostgres(this.home, this.ports.postgres));
  }

  async killTemporal(): Promise<void> {
    tryKill(this.temporal.pid!, 'SIGKILL');
    await this.temporal.exited;
    this.temporal = await untilItStarts(() => startTemporal(this.home, this.ports));
  }

  async close(): Promise<void> {
    await this.temporal.stop();
    await this.postgres.stop();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function startPostgres(home: string, port: number): Promise<ProvidedPostgres> {
  const { DATABASE_URL: _, ...env } = process.env;
  // What was committed must be there after a kill.
  const postgres = await providePostgres({ home, port, durable: true, env, onProgress: () => undefined });
  if (new URL(postgres.url).port === String(port)) return postgres;
  await postgres.stop();
  throw new Error(`port ${port} was taken`);
}

function startTemporal(
  home: string,
  ports: { readonly temporal: number; readonly ui: number },
): Promise<ProvidedTemporal> {
  const { TEMPORAL_ADDRESS: _, ...env } = process.env;
  return provideTemporal({
    home,
    env,
    port: ports.temporal,
    uiPort: ports.ui,
    dbFile: join(home, 'temporal.db'),
    onProgress: () => undefined,
  });
}

/** A port may be in use for a moment longer. */
async function untilItStarts<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await start();
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(250);
    }
  }
}

/** It may have ended by itself meanwhile. */
function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone.
  }
}
