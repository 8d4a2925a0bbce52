import type { EntityManager } from 'typeorm';
import type { WebhookMessage } from '../entities/webhook-message.entity.js';
import type { Postponement } from '../repositories/outbox-repository.js';
import { textOrNull } from '../text-column.js';

/** An event on its way to a run. */
export type ClaimedMessage = Pick<
  WebhookMessage,
  'deliveryId' | 'targetRun' | 'event' | 'data' | 'sender' | 'attempts' | 'failures'
> & {
  readonly targetEnded: boolean;
  /** Of the request that started the run. */
  readonly correlationId: string | null;
};

export class MessageRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Takes due messages, oldest first, for `leaseMs`: a relay that dies loses none. */
  async claim(limit: number, leaseMs: number): Promise<ClaimedMessage[]> {
    const [rows] = await this.manager.query(
      `UPDATE webhook_messages m
       SET attempts = m.attempts + 1, next_attempt_at = now() + $2 * interval '1 millisecond'
       FROM (
         SELECT delivery_id, target_run FROM webhook_messages
         WHERE delivered_at IS NULL AND next_attempt_at <= now()
         ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ) AS due
       JOIN runs r ON r.id = due.target_run
       WHERE m.delivery_id = due.delivery_id AND m.target_run = due.target_run
       RETURNING m.delivery_id AS "deliveryId", m.target_run AS "targetRun", m.event, m.data, m.sender, m.attempts,
         m.failures, r.ended_at IS NOT NULL AS "targetEnded", r.correlation_id AS "correlationId"`,
      [limit, leaseMs],
    );
    return rows;
  }

  /** Delivered, or given up for the reason that is noted. */
  async close({ deliveryId, targetRun }: ClaimedMessage, note: string | undefined): Promise<void> {
    await this.manager.query(
      `UPDATE webhook_messages SET delivered_at = now(), last_error = $3 WHERE delivery_id = $1 AND target_run = $2`,
      [deliveryId, targetRun, textOrNull(note?.slice(0, 1_000))],
    );
  }

  /** Does nothing where it was closed, or claimed by another relay, meanwhile. */
  async postpone(
    { deliveryId, targetRun, attempts }: ClaimedMessage,
    { pauseMs, reason, failures, setAside }: Postponement,
  ): Promise<void> {
    await this.manager.query(
      `UPDATE webhook_messages
       SET next_attempt_at = now() + $4 * interval '1 millisecond', last_error = $5, failures = $6,
         set_aside_at = CASE WHEN $7 THEN COALESCE(set_aside_at, now()) ELSE set_aside_at END
       WHERE delivery_id = $1 AND target_run = $2 AND attempts = $3 AND delivered_at IS NULL`,
      [deliveryId, targetRun, attempts, pauseMs, textOrNull(reason.slice(0, 1_000)), failures, setAside],
    );
  }
}
