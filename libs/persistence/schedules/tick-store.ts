import type { DataSource, EntityManager } from 'typeorm';
import type { TickStore } from '#contracts/ports.js';
import type { TickEnd, TickNote, TickOutcome } from '#contracts/schedules.js';

/** Ticks in Postgres. */
export class PostgresTickStore implements TickStore {
  constructor(private readonly dataSource: DataSource) {}

  async note(tick: TickNote): Promise<TickEnd | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const [schedule]: { project: string; paused: boolean }[] = await manager.query(
        `SELECT project, paused_at IS NOT NULL AS paused FROM schedules
         WHERE id = $1 AND deleted_at IS NULL FOR SHARE`,
        [tick.schedule],
      );
      if (schedule === undefined) return { outcome: 'gone' };
      const known = await find(manager, tick);
      if (known !== undefined) return known.outcome === null ? undefined : { outcome: known.outcome };
      if (schedule.paused && !(await isOrdered(manager, tick))) return { outcome: 'paused' };
      await manager.query(
        `INSERT INTO schedule_ticks (schedule_id, at, project, workflow_id, cancel_asked)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        [tick.schedule, new Date(tick.at), schedule.project, tick.workflowId, tick.canceled],
      );
      return undefined;
    });
  }
}

/** As it was noted before; an outcome of null: its run goes on, or is about to begin. */
async function find(
  manager: EntityManager,
  tick: TickNote,
): Promise<{ readonly outcome: TickOutcome | null } | undefined> {
  const [[row]] = await manager.query(
    `UPDATE schedule_ticks SET cancel_asked = cancel_asked OR $3
     WHERE schedule_id = $1 AND at = $2 RETURNING outcome`,
    [tick.schedule, new Date(tick.at), tick.canceled],
  );
  return row;
}

/** Somebody asked for it, whether the schedule is paused or not. */
async function isOrdered(manager: EntityManager, { schedule, at }: TickNote): Promise<boolean> {
  const rows = await manager.query(
    'SELECT FROM schedule_orders WHERE schedule_id = $1 AND $2::timestamptz BETWEEN from_at AND to_at LIMIT 1',
    [schedule, new Date(at)],
  );
  return rows.length > 0;
}
