import type { DataSource } from 'typeorm';

/** Channel of Postgres' NOTIFY; the payload is a run's id. */
export const RUN_CHANNEL = 'sluice_run_changed';

const COALESCE_MS = 25;

/**
 * Tells listeners that a run has changed, at most once per run and 25 ms: a NOTIFY in each writing transaction
 * would put all commits of the server in one row. A lost one does no harm: readers also look by themselves.
 */
export class RunNotifier {
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly dataSource: DataSource) {}

  /** Call after the change was committed. */
  notify(run: string): void {
    this.changed.add(run);
    // What comes after a silence is told at once.
    const pause = Math.max(0, this.toldAt + COALESCE_MS - performance.now());
    this.timer ??= setTimeout(() => void this.flush(), pause).unref();
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    this.toldAt = performance.now();
    const runs = [...this.changed];
    this.changed.clear();
    if (!this.dataSource.isInitialized) return;
    const query = `SELECT pg_notify('${RUN_CHANNEL}', run) FROM unnest($1::text[]) AS run`;
    await this.dataSource.query(query, [runs]).catch(() => undefined);
  }
}
