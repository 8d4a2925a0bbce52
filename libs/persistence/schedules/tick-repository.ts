import type { EntityManager } from 'typeorm';
import type { RunViewStatus } from '#contracts/rest/runs.js';
import type { TickView } from '#contracts/rest/schedules.js';
import type { TickOutcome } from '#contracts/schedules.js';
import type { ScheduleTick } from '../entities/schedule-tick.entity.js';
import { jsonOrNull } from '../json-column.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import type { Postponement } from '../repositories/outbox-repository.js';

export type TickRow = Omit<ScheduleTick, 'schedule'> & {
  /** Of its run; null where that is gone, or never was. */
  readonly runStatus: RunViewStatus | null;
  readonly runEnded: boolean;
};

type TickSort = 'at';

/** What came of the moments of schedules. */
export class TickRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Those of which something has to be done: to start their run, to cancel it, to tell Temporal of its end. */
  async claim(limit: number, leaseMs: number): Promise<TickRow[]> {
    const [rows] = await this.manager.query(
      `UPDATE schedule_ticks t SET looks = t.looks + 1, look_at = now() + $2 * interval '1 millisecond'
       FROM (
         SELECT d.schedule_id, d.at, d.run_id, r.status, r.ended_at IS NOT NULL AS ended
         FROM schedule_ticks d LEFT JOIN runs r ON r.id = d.run_id
         WHERE d.closed_at IS NULL AND d.look_at <= now()
           AND (d.run_id IS NULL OR r.id IS NULL OR r.ended_at IS NOT NULL OR (d.cancel_asked AND NOT d.cancel_told))
         ORDER BY d.look_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED
       ) AS due
       WHERE t.schedule_id = due.schedule_id AND t.at = due.at
       RETURNING ${TICK_COLUMNS}, due.status AS "runStatus",
         t.run_id IS NOT NULL AND COALESCE(due.ended, true) AS "runEnded"`,
      [limit, leaseMs],
    );
    return rows;
  }

  async noteRun({ scheduleId, at }: TickKey, run: string): Promise<void> {
    await this.manager.query(
      'UPDATE schedule_ticks SET run_id = $3, look_at = now() WHERE schedule_id = $1 AND at = $2 AND run_id IS NULL',
      [scheduleId, at, run],
    );
  }

  async noteCancelTold({ scheduleId, at }: TickKey): Promise<void> {
    await this.manager.query(
      'UPDATE schedule_ticks SET cancel_told = true, look_at = now() WHERE schedule_id = $1 AND at = $2',
      [scheduleId, at],
    );
  }

  /** False where it was noted before. */
  async noteOutcome(
    { scheduleId, at }: TickKey,
    outcome: TickOutcome,
    error?: TickView['error'],
  ): Promise<boolean> {
    const [rows] = await this.manager.query(
      `UPDATE schedule_ticks SET outcome = $3, error = $4::json
       WHERE schedule_id = $1 AND at = $2 AND outcome IS NULL RETURNING at`,
      [scheduleId, at, outcome, jsonOrNull(error)],
    );
    return rows.length === 1;
  }

  /** Temporal was told of its outcome. */
  async close({ scheduleId, at }: TickKey): Promise<void> {
    await this.manager.query(
      'UPDATE schedule_ticks SET closed_at = now() WHERE schedule_id = $1 AND at = $2 AND closed_at IS NULL',
      [scheduleId, at],
    );
  }

  async postpone({ scheduleId, at, looks }: TickRow, { pauseMs, failures }: Postponement): Promise<void> {
    await this.manager.query(
      `UPDATE schedule_ticks SET look_at = now() + $4 * interval '1 millisecond', failures = $5
       WHERE schedule_id = $1 AND at = $2 AND looks = $3`,
      [scheduleId, at, looks, pauseMs, failures],
    );
  }

  /** The latest first. */
  list(schedule: string, page: Omit<PageRequest<TickSort>, 'where' | 'sort'>): Promise<ListedPage<TickRow>> {
    return listPage(this.manager, TICKS, {
      ...page,
      sort: '-at',
      where: [{ sql: 't.schedule_id = ?::uuid', value: schedule }],
    });
  }
}

type TickKey = Pick<TickRow, 'scheduleId' | 'at'>;

const TICK_COLUMNS = `t.schedule_id AS "scheduleId", t.at, t.project, t.workflow_id AS "workflowId", t.run_id AS "runId",
  t.cancel_asked AS "cancelAsked", t.cancel_told AS "cancelTold", t.outcome, t.error, t.noted_at AS "notedAt",
  t.closed_at AS "closedAt", t.looks, t.failures, t.look_at AS "lookAt"`;

const TICKS: Listing<TickSort> = {
  columns: `${TICK_COLUMNS}, r.status AS "runStatus", r.ended_at IS NOT NULL AS "runEnded"`,
  from: 'schedule_ticks t LEFT JOIN runs r ON r.id = t.run_id',
  narrow: 'schedule_ticks t',
  sorts: { at: { sql: 't.at', type: 'timestamptz' } },
  key: { sql: 't.at', type: 'timestamptz' },
};
