import type { EntityManager } from 'typeorm';
import type { Overlap } from '#contracts/schedules.js';
import type { ScheduleOrder } from '../entities/schedule-order.entity.js';
import type { Postponement } from '../repositories/outbox-repository.js';
import { textOrNull } from '../text-column.js';
import { createUuidV7 } from '../uuid-v7.js';
import { SCHEDULE_COLUMNS, type ScheduleRow } from './schedule-repository.js';

export type OrderRow = Omit<ScheduleOrder, 'schedule' | 'project'>;

export interface NewOrder {
  readonly project: string;
  readonly schedule: string;
  readonly overlap: Overlap | undefined;
  readonly by: string;
}

/** What Temporal has to be told of schedules, and when it is looked at again. */
export class ScheduleDesk {
  constructor(private readonly manager: EntityManager) {}

  /** Those that are due, the longest ago first, for `leaseMs`: a process that dies loses none. */
  async claim(limit: number, leaseMs: number): Promise<ScheduleRow[]> {
    const [rows] = await this.manager.query(
      `UPDATE schedules s SET looks = s.looks + 1, look_at = now() + $2 * interval '1 millisecond'
       FROM (
         SELECT id FROM schedules WHERE look_at <= now() ORDER BY look_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ) AS due, workflows w
       WHERE s.id = due.id AND w.id = s.workflow_id
       RETURNING ${SCHEDULE_COLUMNS}`,
      [limit, leaseMs],
    );
    return rows;
  }

  /** Temporal equals this revision; a change that came meanwhile is due at once. */
  async markTold(
    { id, revision, looks }: ScheduleRow,
    seen: { readonly skipped: number; readonly missed: number; readonly nextLookMs: number },
  ): Promise<void> {
    await this.manager.query(
      `UPDATE schedules s SET told_revision = GREATEST(told_revision, $2), failures = 0, trouble = NULL,
         skipped = $4, missed = $5, look_at = CASE
           WHEN looks <> $3 THEN look_at
           WHEN revision = $2 AND NOT EXISTS (
             SELECT FROM schedule_orders o WHERE o.schedule_id = s.id AND o.delivered_at IS NULL)
           THEN now() + $6 * interval '1 millisecond' ELSE now() END
       WHERE id = $1`,
      [id, revision, looks, seen.skipped, seen.missed, seen.nextLookMs],
    );
  }

  /** Does nothing where another process took it up meanwhile. */
  async postpone(
    { id, looks, revision }: ScheduleRow,
    { pauseMs, reason, failures }: Postponement,
  ): Promise<void> {
    await this.manager.query(
      `UPDATE schedules SET look_at = now() + $3 * interval '1 millisecond', trouble = $4, failures = $5
       WHERE id = $1 AND looks = $2 AND revision = $6`,
      [id, looks, pauseMs, textOrNull(reason.slice(0, 1_000)), failures, revision],
    );
  }

  /** Temporal has it no more: nothing of it is left but its runs. */
  async forget(id: string): Promise<void> {
    await this.manager.query('DELETE FROM schedules WHERE id = $1 AND deleted_at IS NOT NULL', [id]);
  }

  /**
   * One tick, which stands for this second, or for the next before it for which none does: each has one run. Call with
   * the schedule locked.
   */
  async orderTrigger(order: NewOrder): Promise<OrderRow> {
    const [row] = await this.manager.query(
      `SELECT date_trunc('second', now()) - n * interval '1 second' AS at FROM generate_series(0, 3600) AS n
       WHERE NOT EXISTS (SELECT FROM schedule_orders o WHERE o.schedule_id = $1
           AND o.kind = 'trigger' AND o.from_at = date_trunc('second', now()) - n * interval '1 second')
         AND NOT EXISTS (SELECT FROM schedule_ticks t WHERE t.schedule_id = $1
           AND t.at = date_trunc('second', now()) - n * interval '1 second')
       ORDER BY n LIMIT 1`,
      [order.schedule],
    );
    const at: Date = row?.at ?? new Date();
    return this.addOrder(order, 'trigger', { from: at, to: at });
  }

  orderBackfill(order: NewOrder, stretch: { readonly from: Date; readonly to: Date }): Promise<OrderRow> {
    return this.addOrder(order, 'backfill', stretch);
  }

  /** Those that Temporal has yet to be told of, in their order. */
  async listOpenOrders(schedule: string): Promise<OrderRow[]> {
    return this.manager.query(
      `SELECT ${ORDER_COLUMNS} FROM schedule_orders WHERE schedule_id = $1 AND delivered_at IS NULL ORDER BY id`,
      [schedule],
    );
  }

  async countOpenOrders(schedule: string): Promise<number> {
    return (await this.listOpenOrders(schedule)).length;
  }

  async markDelivered(order: string): Promise<void> {
    await this.manager.query(
      'UPDATE schedule_orders SET delivered_at = now() WHERE id = $1 AND delivered_at IS NULL',
      [order],
    );
  }

  private async addOrder(
    { project, schedule, overlap, by }: NewOrder,
    kind: OrderRow['kind'],
    { from, to }: { readonly from: Date; readonly to: Date },
  ): Promise<OrderRow> {
    const [row] = await this.manager.query(
      `INSERT INTO schedule_orders (id, project, schedule_id, kind, from_at, to_at, overlap, ordered_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${ORDER_COLUMNS}`,
      [createUuidV7(), project, schedule, kind, from, to, overlap ?? null, by],
    );
    // Counted as a look: whoever is about to say that Temporal was told of all sees by it that there is more.
    await this.manager.query(
      'UPDATE schedules SET look_at = now(), looks = looks + 1, failures = 0 WHERE id = $1',
      [schedule],
    );
    return row;
  }
}

const ORDER_COLUMNS = `id, schedule_id AS "scheduleId", kind, from_at AS "fromAt", to_at AS "toAt", overlap,
  ordered_by AS "orderedBy", created_at AS "createdAt", delivered_at AS "deliveredAt"`;
