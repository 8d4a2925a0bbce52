import type { EntityManager } from 'typeorm';
import type { DeliveryOutcome } from '#contracts/webhooks.js';
import type { Json } from '#domain/json.js';
import type { WebhookDelivery } from '../entities/webhook-delivery.entity.js';
import { jsonOrNull } from '../json-column.js';
import {
  type Condition,
  type ListedPage,
  type Listing,
  listPage,
  type PageRequest,
} from '../listing/list-page.js';
import { textOrNull } from '../text-column.js';

type DeliverySort = 'id';

export type NewDelivery = Omit<WebhookDelivery, 'receivedAt' | 'webhook'>;

/** Without what was sent, which may be large. */
export type DeliveryRow = Omit<WebhookDelivery, 'webhook' | 'headers' | 'body' | 'content' | 'key'>;

export type FullDeliveryRow = DeliveryRow & Pick<WebhookDelivery, 'headers' | 'body'>;

export interface DeliveryFilter {
  readonly outcome?: readonly DeliveryOutcome[] | undefined;
}

/** An event for runs. */
export interface OutgoingEvent {
  readonly name: string;
  readonly data: Json;
  readonly sender: string;
  /** Undefined: all that wait for it now. */
  readonly run: string | undefined;
}

const MOST_MESSAGE = 1_000;

export class DeliveryRepository {
  constructor(private readonly manager: EntityManager) {}

  /** False where the same delivery was noted before; waits for one that is being noted. */
  async add(delivery: NewDelivery): Promise<boolean> {
    const rows = await this.manager.query(
      `INSERT INTO webhook_deliveries (id, project, webhook_id, key, content, event, headers, body, outcome, code, message,
         run_id, targets, replay_of, replayed_by)
       VALUES ($1, $2, $3, $4, $5, $6::json, $7::json, $8, $9, $10, $11, $12, $13, $14, $15)
       ON CONFLICT DO NOTHING RETURNING id`,
      [
        delivery.id,
        delivery.project,
        delivery.webhookId,
        delivery.key,
        delivery.content,
        JSON.stringify(delivery.event),
        JSON.stringify(delivery.headers),
        delivery.body,
        delivery.outcome,
        delivery.code,
        textOrNull(delivery.message?.slice(0, MOST_MESSAGE)),
        delivery.runId,
        delivery.targets,
        delivery.replayOf,
        delivery.replayedBy,
      ],
    );
    return rows.length === 1;
  }

  /** The one that has this key, or the same signed content. */
  async findSame(
    webhookId: string,
    key: string | null,
    content: string | null,
  ): Promise<DeliveryRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${DELIVERIES.columns} FROM webhook_deliveries d WHERE d.webhook_id = $1 AND d.key = $2
       UNION ALL
       SELECT ${DELIVERIES.columns} FROM webhook_deliveries d WHERE d.webhook_id = $1 AND d.content = $3 LIMIT 1`,
      [webhookId, key, content],
    );
    return row;
  }

  async find(webhookId: string, id: string): Promise<FullDeliveryRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${DELIVERIES.columns}, d.headers, d.body FROM webhook_deliveries d WHERE d.webhook_id = $1 AND d.id = $2`,
      [webhookId, id],
    );
    return row;
  }

  list(
    webhookId: string,
    { outcome }: DeliveryFilter,
    page: Omit<PageRequest<DeliverySort>, 'where'>,
  ): Promise<ListedPage<DeliveryRow>> {
    const where: Condition[] = [{ sql: 'd.webhook_id = ?', value: webhookId }];
    if (outcome !== undefined) where.push({ sql: 'd.outcome = ANY (?)', value: outcome, scans: true });
    return listPage(this.manager, DELIVERIES, { ...page, where });
  }

  /** Living runs that are to get an event. */
  async findTargets(project: string, { name, run }: OutgoingEvent): Promise<string[]> {
    const rows: { id: string }[] = await this.manager.query(
      run === undefined
        ? `SELECT DISTINCT r.id FROM run_steps s JOIN runs r ON r.id = s.run_id AND r.ended_at IS NULL
           WHERE s.project = $1 AND s.waiting = 'event' AND s.event = $2`
        : 'SELECT id FROM runs r WHERE r.project = $1 AND r.id = $2 AND r.ended_at IS NULL',
      [project, run ?? name],
    );
    return rows.map(({ id }) => id);
  }

  /** Call in the transaction of the delivery. */
  async addMessages(
    { id, project }: Pick<NewDelivery, 'id' | 'project'>,
    { name, data, sender }: OutgoingEvent,
    targets: readonly string[],
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO webhook_messages (delivery_id, project, event, data, sender, target_run)
       SELECT $1, $2, $3, $4::json, $5, unnest($6::uuid[])`,
      [id, project, name, jsonOrNull(data), sender, targets],
    );
  }
}

const DELIVERIES: Listing<DeliverySort> = {
  columns: `d.id, d.project, d.webhook_id AS "webhookId", d.event, d.outcome, d.code, d.message, d.run_id AS "runId",
    d.targets, d.replay_of AS "replayOf", d.replayed_by AS "replayedBy", d.received_at AS "receivedAt"`,
  from: 'webhook_deliveries d',
  sorts: { id: { sql: 'd.id', type: 'uuid' } },
  key: { sql: 'd.id', type: 'uuid' },
};
