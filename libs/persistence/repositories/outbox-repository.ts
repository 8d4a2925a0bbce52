import type { EntityManager } from 'typeorm';
import type { OutboxMessage } from '../entities/outbox-message.entity.js';
import { type PreparedStatement, queryPrepared } from '../prepared-statement.js';
import { textOrNull } from '../text-column.js';
import { DELIVERABLE } from './admission.js';
import { type RunRow, WORKFLOW_NAME } from './run-row.js';

/** With what Temporal has to know of the run that it starts. */
export type ClaimedMessage = Pick<
  OutboxMessage,
  'id' | 'project' | 'kind' | 'runId' | 'attempts' | 'failures'
> &
  Pick<
    RunRow,
    | 'workflowId'
    | 'workflow'
    | 'version'
    | 'trigger'
    | 'startedBy'
    | 'inputs'
    | 'createdAt'
    | 'rerunOf'
    | 'correlationId'
    | 'traceparent'
  >;

/** What becomes of a message that was not delivered. */
export interface Postponement {
  readonly pauseMs: number;
  readonly reason: string;
  /** Failures of its own so far. */
  readonly failures: number;
  readonly setAside: boolean;
}

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
   * start was delivered or set aside; a start until no freeze holds the run, and its turn in its concurrency group has
   * come.
   */
  async claim(limit: number, leaseMs: number): Promise<ClaimedMessage[]> {
    const rows = await queryPrepared<ClaimedMessage>(this.manager, CLAIM, [limit, leaseMs]);
    return rows.sort((a, b) => Number(BigInt(a.id) - BigInt(b.id)));
  }

  /** False when it was delivered before. */
  async markDelivered(id: string): Promise<boolean> {
    const rows = await queryPrepared(this.manager, MARK_DELIVERED, [id]);
    return rows.length === 1;
  }

  /** Does nothing where the message was delivered, or claimed by another relay, meanwhile. */
  async postpone(
    message: ClaimedMessage,
    { pauseMs, reason, failures, setAside }: Postponement,
  ): Promise<void> {
    await this.manager.query(
      `UPDATE outbox SET next_attempt_at = now() + $3 * interval '1 millisecond', last_error = $4, failures = $5,
         set_aside_at = CASE WHEN $6 THEN COALESCE(set_aside_at, now()) ELSE set_aside_at END
       WHERE id = $1 AND attempts = $2 AND delivered_at IS NULL`,
      [message.id, message.attempts, pauseMs, textOrNull(reason.slice(0, 1_000)), failures, setAside],
    );
  }

  /** To be delivered again. */
  async reopen(runId: string, kind: 'start' | 'cancel'): Promise<void> {
    await this.manager.query(
      'UPDATE outbox SET delivered_at = NULL, next_attempt_at = now(), failures = 0, set_aside_at = NULL WHERE run_id = $1 AND kind = $2',
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

  /**
   * Tries a start that was set aside no more. An attempt may still be under way, so that whether the run is there is the
   * reconciler's to find out.
   */
  async giveUpStart(runId: string): Promise<void> {
    await this.manager.query(
      `UPDATE outbox SET delivered_at = now() WHERE run_id = $1 AND kind = 'start' AND delivered_at IS NULL AND set_aside_at IS NOT NULL`,
      [runId],
    );
  }
}

const CLAIM: PreparedStatement = {
  name: 'claim_messages',
  text: `
    UPDATE outbox SET attempts = outbox.attempts + 1, next_attempt_at = now() + $2 * interval '1 millisecond'
    FROM (
      SELECT o.id FROM outbox o JOIN runs r ON r.id = o.run_id
      WHERE o.delivered_at IS NULL AND o.next_attempt_at <= now() AND ${DELIVERABLE}
      ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED
    ) AS due, runs r, workflows w
    WHERE outbox.id = due.id AND r.id = outbox.run_id AND w.id = r.workflow_id
    RETURNING outbox.id, outbox.project, outbox.kind, outbox.run_id AS "runId", outbox.attempts, outbox.failures,
      r.workflow_id AS "workflowId", ${WORKFLOW_NAME} AS workflow, r.version, r.trigger,
      r.started_by AS "startedBy", r.inputs, r.created_at AS "createdAt", r.rerun_of AS "rerunOf",
      r.correlation_id AS "correlationId", r.traceparent`,
};

const MARK_DELIVERED: PreparedStatement = {
  name: 'mark_delivered',
  text: `
    UPDATE outbox SET delivered_at = now(), last_error = NULL WHERE id = $1 AND delivered_at IS NULL RETURNING id`,
};
