import type { EntityManager } from 'typeorm';
import type { Json } from '#domain/json.js';
import type { EarlierSteps } from '#domain/rerun/earlier-step.js';
import type { RunCheckpoint } from '../entities/run-checkpoint.entity.js';
import type { RunEvent } from '../entities/run-event.entity.js';
import { textOrNull } from '../text-column.js';

type CheckpointRow = Pick<RunCheckpoint, 'name' | 'sequence' | 'at' | 'by' | 'reason' | 'settled'>;

/** An event on its way from one run to another. */
export interface ClaimedDelivery {
  readonly sourceRun: string;
  readonly sequence: number;
  readonly targetRun: string;
  readonly attempts: number;
  readonly name: string;
  readonly data: Json;
  readonly targetEnded: boolean;
  /** Of the request that started the target. */
  readonly correlationId: string | null;
}

type DeliveryId = Pick<ClaimedDelivery, 'sourceRun' | 'sequence' | 'targetRun'>;

/** What runs published. */
export class EventRepository {
  constructor(private readonly manager: EntityManager) {}

  /** In their order, after the given number. */
  async list(runId: string, after: number, limit: number): Promise<Omit<RunEvent, 'run' | 'project'>[]> {
    return this.manager.query(
      `SELECT run_id AS "runId", sequence, at, type, step, by, reason, name, data
       FROM run_events WHERE run_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
      [runId, after, limit],
    );
  }

  /** In their order, after the given number. */
  async listCheckpoints(runId: string, after: number, limit: number): Promise<CheckpointRow[]> {
    return this.manager.query(
      `SELECT name, sequence, at, by, reason, settled
       FROM run_checkpoints WHERE run_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
      [runId, after, limit],
    );
  }

  /** What was over by then, and the number of that moment. */
  async findCheckpoint(
    runId: string,
    name: string,
  ): Promise<{ readonly steps: EarlierSteps; readonly sequence: number } | undefined> {
    const [row] = await this.manager.query(
      'SELECT steps, sequence FROM run_checkpoints WHERE run_id = $1 AND name = $2',
      [runId, textOrNull(name)],
    );
    return row;
  }

  /** Takes due deliveries, oldest first, for `leaseMs`: a relay that dies loses none. */
  async claimDeliveries(limit: number, leaseMs: number): Promise<ClaimedDelivery[]> {
    const [rows] = await this.manager.query(
      `UPDATE event_deliveries d
       SET attempts = d.attempts + 1, next_attempt_at = now() + $2 * interval '1 millisecond'
       FROM (
         SELECT source_run, sequence, target_run FROM event_deliveries
         WHERE delivered_at IS NULL AND next_attempt_at <= now()
         ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ) AS due
       JOIN run_events e ON e.run_id = due.source_run AND e.sequence = due.sequence
       JOIN runs r ON r.id = due.target_run
       WHERE d.source_run = due.source_run AND d.sequence = due.sequence AND d.target_run = due.target_run
       RETURNING d.source_run AS "sourceRun", d.sequence, d.target_run AS "targetRun", d.attempts,
         e.name, e.data, r.ended_at IS NOT NULL AS "targetEnded",
         r.correlation_id AS "correlationId"`,
      [limit, leaseMs],
    );
    return rows;
  }

  /** Delivered, or given up for the reason that is noted. */
  async closeDelivery(id: DeliveryId, note?: string): Promise<void> {
    await this.manager.query(
      `UPDATE event_deliveries SET delivered_at = now(), last_error = $4
       WHERE source_run = $1 AND sequence = $2 AND target_run = $3`,
      [id.sourceRun, id.sequence, id.targetRun, textOrNull(note?.slice(0, 1_000))],
    );
  }

  async postponeDelivery(id: DeliveryId, pauseMs: number, reason: string): Promise<void> {
    await this.manager.query(
      `UPDATE event_deliveries SET next_attempt_at = now() + $4 * interval '1 millisecond', last_error = $5
       WHERE source_run = $1 AND sequence = $2 AND target_run = $3`,
      [id.sourceRun, id.sequence, id.targetRun, pauseMs, textOrNull(reason.slice(0, 1_000))],
    );
  }
}
