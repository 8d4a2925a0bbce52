import type { EntityManager } from 'typeorm';
import type { Json } from '#domain/json.js';
import type { EarlierSteps } from '#domain/rerun/earlier-step.js';
import type { RunCheckpoint } from '../entities/run-checkpoint.entity.js';
import type { RunEvent } from '../entities/run-event.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { textOrNull } from '../text-column.js';
import type { Postponement } from './outbox-repository.js';

type CheckpointRow = Pick<RunCheckpoint, 'name' | 'sequence' | 'at' | 'by' | 'reason' | 'settled'>;

type EventRow = Omit<RunEvent, 'run' | 'project'>;

interface EventFilter {
  readonly type?: string | undefined;
  readonly step?: string | undefined;
  readonly by?: string | undefined;
}

export const SEQUENCE_SORTS = ['sequence'] as const;

type SequenceSort = (typeof SEQUENCE_SORTS)[number];

/** An event on its way from one run to another. */
export interface ClaimedDelivery {
  readonly sourceRun: string;
  readonly sequence: number;
  readonly targetRun: string;
  readonly attempts: number;
  readonly failures: number;
  readonly name: string;
  readonly data: Json;
  readonly targetEnded: boolean;
}

type DeliveryId = Pick<ClaimedDelivery, 'sourceRun' | 'sequence' | 'targetRun'>;

/** What runs published. */
export class EventRepository {
  constructor(private readonly manager: EntityManager) {}

  list(
    runId: string,
    { type, step, by }: EventFilter,
    page: Omit<PageRequest<SequenceSort>, 'where'>,
  ): Promise<ListedPage<EventRow>> {
    const where = [
      { sql: 'e.run_id = ?', value: runId },
      ...(type === undefined ? [] : [{ sql: 'e.type = ?', value: type, scans: true }]),
      ...(step === undefined ? [] : [{ sql: 'e.step = ?', value: step, scans: true }]),
      ...(by === undefined ? [] : [{ sql: 'e.by = ?', value: by, scans: true }]),
    ];
    return listPage(this.manager, EVENTS, { ...page, where });
  }

  listCheckpoints(
    runId: string,
    page: Omit<PageRequest<SequenceSort>, 'where'>,
  ): Promise<ListedPage<CheckpointRow>> {
    return listPage(this.manager, CHECKPOINTS, { ...page, where: [{ sql: 'c.run_id = ?', value: runId }] });
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
       RETURNING d.source_run AS "sourceRun", d.sequence, d.target_run AS "targetRun", d.attempts, d.failures,
         e.name, e.data, r.ended_at IS NOT NULL AS "targetEnded"`,
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

  /** Does nothing where it was closed, or claimed by another relay, meanwhile. */
  async postponeDelivery(
    delivery: ClaimedDelivery,
    { pauseMs, reason, failures, setAside }: Postponement,
  ): Promise<void> {
    await this.manager.query(
      `UPDATE event_deliveries
       SET next_attempt_at = now() + $5 * interval '1 millisecond', last_error = $6, failures = $7,
         set_aside_at = CASE WHEN $8 THEN COALESCE(set_aside_at, now()) ELSE set_aside_at END
       WHERE source_run = $1 AND sequence = $2 AND target_run = $3 AND attempts = $4 AND delivered_at IS NULL`,
      [
        delivery.sourceRun,
        delivery.sequence,
        delivery.targetRun,
        delivery.attempts,
        pauseMs,
        textOrNull(reason.slice(0, 1_000)),
        failures,
        setAside,
      ],
    );
  }
}

const EVENTS: Listing<SequenceSort> = {
  columns: 'e.run_id AS "runId", e.sequence, e.at, e.type, e.step, e.by, e.reason, e.name, e.data',
  from: 'run_events e',
  sorts: { sequence: { sql: 'e.sequence', type: 'integer' } },
  key: { sql: 'e.sequence', type: 'integer' },
};

const CHECKPOINTS: Listing<SequenceSort> = {
  columns: 'c.name, c.sequence, c.at, c.by, c.reason, c.settled',
  from: 'run_checkpoints c',
  sorts: { sequence: { sql: 'c.sequence', type: 'integer' } },
  key: { sql: 'c.name', type: 'text' },
};
