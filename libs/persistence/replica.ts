import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { isDatabaseAway } from './database-away.js';

interface ReplicaOptions {
  readonly primary: DataSource;
  /** Not yet connected. */
  readonly replica: DataSource;
  /** How many milliseconds it may be behind the primary. */
  readonly maxLagMs: number;
  /** Is told when reads begin to go there, and when they come back. */
  readonly onChange: (used: boolean, reason: string) => void;
}

/** Between two looks at how far behind it is. */
const LOOK_MS = 1_000;

/**
 * A copy of the database for reads that may be a little old. While it is away, or too far behind, they go to the
 * primary.
 */
export class Replica {
  private used = false;
  private readonly stopped = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  constructor(private readonly options: ReplicaOptions) {}

  /** Returns when it has been looked at once. */
  async start(): Promise<void> {
    await this.look();
    this.watching = this.watch();
  }

  async close(): Promise<void> {
    this.stopped.abort();
    await this.watching;
    if (this.options.replica.isInitialized) await this.options.replica.destroy();
  }

  /** What it answers; where it went away meanwhile, what the primary answers. `work` only reads. */
  async read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (!this.used) return work(this.options.primary.manager);
    try {
      return await work(this.options.replica.manager);
    } catch (error) {
      // A standby ends queries that keep it from catching up (40001), or that would see what is not there yet.
      if (!isDatabaseAway(error) && !isConflict(error)) throw error;
      if (isDatabaseAway(error)) this.note(false, 'it does not answer');
      return work(this.options.primary.manager);
    }
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.look();
    }
  }

  private async look(): Promise<void> {
    const { replica, maxLagMs } = this.options;
    try {
      if (!replica.isInitialized) await replica.initialize();
      const [{ lag }] = await replica.query(LAG);
      if (lag <= maxLagMs) this.note(true, 'it is near enough');
      else this.note(false, `it is ${Math.round(lag)} ms behind`);
    } catch (error) {
      this.note(false, error instanceof Error ? error.message : String(error));
    }
  }

  private note(used: boolean, reason: string): void {
    if (used === this.used) return;
    this.used = used;
    this.options.onChange(used, reason);
  }
}

/**
 * Milliseconds. A standby that has replayed all that it was sent is not behind, however long ago that was; a server that
 * is none, as a copy by other means, does not know.
 */
const LAG = `
  SELECT CASE
    WHEN NOT pg_is_in_recovery() THEN 0
    WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
      AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') THEN 0
    ELSE COALESCE(extract(epoch FROM now() - pg_last_xact_replay_timestamp()) * 1000, 'infinity')
  END::double precision AS lag`;

function isConflict(error: unknown): boolean {
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  return (code ?? driverError?.code) === '40001';
}
