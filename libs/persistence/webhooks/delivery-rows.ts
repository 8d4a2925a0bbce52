import type { EntityManager } from 'typeorm';
import type { WebhookDelivery } from '../entities/webhook-delivery.entity.js';
import {
  type Condition,
  type ListedPage,
  type Listing,
  listPage,
  type PageRequest,
} from '../listing/list-page.js';
import { textOrNull } from '../text-column.js';

export const DELIVERY_SORTS = ['id'] as const;

export type DeliverySort = (typeof DELIVERY_SORTS)[number];

/** Whose deliveries they are. */
type Source = 'webhook_id' | 'integration_id';

type Stored = Omit<WebhookDelivery, 'webhook' | 'integration' | 'webhookId' | 'integrationId' | 'outcome'>;

/** One that is to be noted; `source` is the id of whose it is. */
export type NewRow<Outcome> = Omit<Stored, 'receivedAt'> & {
  readonly source: string;
  readonly outcome: Outcome;
};

/** Without what was sent, which may be large. */
export type StoredRow<Outcome> = Omit<Stored, 'headers' | 'body' | 'content' | 'key'> & {
  readonly outcome: Outcome;
};

export type FullRow<Outcome> = StoredRow<Outcome> & Pick<Stored, 'headers' | 'body'>;

const MOST_MESSAGE = 1_000;

/** Deliveries of one kind of source, in the table that all of them share. */
export abstract class DeliveryRows<Outcome extends string> {
  constructor(
    protected readonly manager: EntityManager,
    private readonly source: Source,
  ) {}

  /** The one that has this key, or the same signed content. */
  async findSame(
    source: string,
    key: string | null,
    content: string | null,
  ): Promise<StoredRow<Outcome> | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${DELIVERIES.columns} FROM webhook_deliveries d WHERE d.${this.source} = $1 AND d.key = $2
       UNION ALL
       SELECT ${DELIVERIES.columns} FROM webhook_deliveries d WHERE d.${this.source} = $1 AND d.content = $3 LIMIT 1`,
      [source, key, content],
    );
    return row;
  }

  async find(source: string, id: string): Promise<FullRow<Outcome> | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${DELIVERIES.columns}, d.headers, d.body FROM webhook_deliveries d
       WHERE d.${this.source} = $1 AND d.id = $2`,
      [source, id],
    );
    return row;
  }

  list(
    source: string,
    { outcome }: { readonly outcome?: readonly Outcome[] | undefined },
    page: Omit<PageRequest<DeliverySort>, 'where'>,
  ): Promise<ListedPage<StoredRow<Outcome>>> {
    const where: Condition[] = [{ sql: `d.${this.source} = ?`, value: source }];
    if (outcome !== undefined) where.push({ sql: 'd.outcome = ANY (?)', value: outcome, scans: true });
    return listPage(this.manager, DELIVERIES, { ...page, where });
  }

  /** False where the same delivery was noted before; waits for one that is being noted. */
  protected async insert(delivery: NewRow<Outcome>): Promise<boolean> {
    const rows = await this.manager.query(
      `INSERT INTO webhook_deliveries (id, project, ${this.source}, key, content, event, headers, body, outcome, code,
         message, run_id, targets, execution_id, replay_of, replayed_by)
       VALUES ($1, $2, $3, $4, $5, $6::json, $7::json, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       ON CONFLICT DO NOTHING RETURNING id`,
      [
        delivery.id,
        delivery.project,
        delivery.source,
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
        delivery.executionId,
        delivery.replayOf,
        delivery.replayedBy,
      ],
    );
    return rows.length === 1;
  }
}

const DELIVERIES: Listing<DeliverySort> = {
  columns: `d.id, d.project, d.event, d.outcome, d.code, d.message, d.run_id AS "runId", d.targets,
    d.execution_id AS "executionId", d.replay_of AS "replayOf", d.replayed_by AS "replayedBy",
    d.received_at AS "receivedAt"`,
  from: 'webhook_deliveries d',
  sorts: { id: { sql: 'd.id', type: 'uuid' } },
  key: { sql: 'd.id', type: 'uuid' },
};
