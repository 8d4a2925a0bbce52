import type { EntityManager } from 'typeorm';
import type { OutboxMessage } from '../entities/outbox-message.entity.js';
import { FREEZES_OVER, RUNS_AHEAD } from './admission.js';

export type ClaimedMessage = Pick<OutboxMessage, 'id' | 'project' | 'kind' | 'runId' | 'attempts'> & {
  /** Of its run. */
  readonly correlationId: string | null;
};

export class OutboxRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Call in the transaction whose change it tells of. */
  async add(message: {
    readonly project: string;
    readonly kind: 'start' | 'cancel';
    readonly runId: string;
  }): Promise<void> {
    await this.manager.query(
      'INSERT INTO outbox (project, kind, run_id) VALUES ($1, $2, $3) ON CONFLICT (run_id, kind) DO NOTHING',
      [message.project, message.kind, message.runId],
    );
  }

  /**
   * Takes due messages, oldest first, for `leaseMs`: a relay that dies loses none. A cancel waits until its run's
   * start was delivered; a start until no freeze holds the run, and its turn in its concurrency group has come.
   */
  async claim(limit: number, leaseMs: number): Promise<ClaimedMessage[]> {
    const [rows] = await this.manager.query(
      `UPDATE outbox SET attempts = outbox.attempts + 1, next_attempt_at = now() + $2 * interval '1 millisecond'
       FROM (
         SELECT o.id, r.correlation_id FROM outbox o JOIN runs r ON r.id = o.run_id
         WHERE o.delivered_at IS NULL AND o.next_attempt_at <= now() AND CASE o.kind
           WHEN 'start' THEN (r.ignores_freezes OR r.workflow_id NOT IN (
               SELECT w.id FROM workflows w WHERE EXISTS (SELECT ${FREEZES_OVER})))
             AND (r.concurrency_group IS NULL OR NOT EXISTS (SELECT ${RUNS_AHEAD}))
           ELSE EXISTS (
             SELECT FROM outbox s WHERE s.run_id = o.run_id AND s.kind = 'start' AND s.delivered_at IS NOT NULL) END
         ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED
       ) AS due
       WHERE outbox.id = due.id
       RETURNING outbox.id, outbox.project, kind, run_id AS "runId", attempts,
         due.correlation_id AS "correlationId"`,
      [limit, leaseMs],
    );
    return rows;
  }

  async markDelivered(id: string): Promise<void> {
    await this.manager.query('UPDATE outbox SET delivered_at = now(), last_error = NULL WHERE id = $1', [id]);
  }

  async postpone(id: string, pauseMs: number, reason: string): Promise<void> {
    await this.manager.query(
      `UPDATE outbox SET next_attempt_at = now() + $2 * interval '1 millisecond', last_error = $3 WHERE id = $1`,
      [id, pauseMs, reason.replaceAll('\0', '').slice(0, 1_000)],
    );
  }

  /** To be delivered again. */
  async reopen(runId: string, kind: 'start' | 'cancel'): Promise<void> {
    await this.manager.query(
      'UPDATE outbox SET delivered_at = NULL, next_attempt_at = now() WHERE run_id = $1 AND kind = $2',
      [runId, kind],
    );
  }

  /** Takes back a start that no relay has tried yet; false when it is too late. Waits for a relay that is claiming it. */
  async withdrawStart(runId: string): Promise<boolean> {
    const [rows] = await this.manager.query(
      `UPDATE outbox SET delivered_at = now(), last_error = 'withdrawn'
       WHERE run_id = $1 AND kind = 'start' AND delivered_at IS NULL AND attempts = 0 RETURNING id`,
      [runId],
    );
    return rows.length === 1;
  }
}
