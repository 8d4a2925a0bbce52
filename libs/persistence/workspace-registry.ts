import type { DataSource } from 'typeorm';
import type { WorkspaceRegistry } from '#contracts/ports.js';
import { lockRuns } from './run-lock.js';

/** Workers and workspaces in Postgres, by the clock of its server alone. */
export class PostgresWorkspaceRegistry implements WorkspaceRegistry {
  constructor(private readonly dataSource: DataSource) {}

  async beat(worker: { readonly queue: string; readonly identity: string }): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO workers (queue, identity) VALUES ($1, $2)
       ON CONFLICT (queue) DO UPDATE SET identity = excluded.identity, seen_at = now()`,
      [worker.queue, worker.identity],
    );
  }

  async assign(
    { run, pool = '' }: { readonly run: string; readonly pool?: string },
    queue: string,
    aliveMs: number,
  ): Promise<{ queue: string; fresh: boolean }> {
    return lockRuns(this.dataSource, [run], async (manager) => {
      const [holder] = await manager.query(
        `SELECT s.queue, w.seen_at > now() - $2 * interval '1 millisecond' AS alive
         FROM workspaces s LEFT JOIN workers w ON w.queue = s.queue
         WHERE s.run_id = $1 AND s.pool = $3 AND s.held`,
        [run, aliveMs, pool],
      );
      if (holder !== undefined && (holder.alive === true || holder.queue === queue)) {
        return { queue: holder.queue as string, fresh: false };
      }
      await manager.query('UPDATE workspaces SET held = false WHERE run_id = $1 AND pool = $2 AND held', [
        run,
        pool,
      ]);
      await manager.query(
        `INSERT INTO workspaces (run_id, queue, project, pool, held)
         SELECT id, $2, project, $3, true FROM runs WHERE id = $1
         ON CONFLICT (run_id, queue) DO UPDATE SET pool = excluded.pool, held = true, assigned_at = now()`,
        [run, queue, pool],
      );
      return { queue, fresh: true };
    });
  }

  async removable(queue: string, retentionMs: number): Promise<readonly string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT r.id FROM workspaces s JOIN runs r ON r.id = s.run_id
       WHERE s.queue = $1 AND r.ended_at < now() - $2 * interval '1 millisecond'
       ORDER BY r.ended_at`,
      [queue, retentionMs],
    );
    return rows.map((row) => row.id);
  }

  async released(run: string, queue: string): Promise<void> {
    await this.dataSource.query('DELETE FROM workspaces WHERE run_id = $1 AND queue = $2', [run, queue]);
  }
}
