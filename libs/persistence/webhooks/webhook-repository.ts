import type { EntityManager } from 'typeorm';
import type { StoredSecret, Webhook } from '../entities/webhook.entity.js';
import {
  type Condition,
  type ListedPage,
  type Listing,
  listPage,
  type PageRequest,
} from '../listing/list-page.js';

export type { StoredSecret } from '../entities/webhook.entity.js';

export const WEBHOOK_SORTS = ['name', 'createdAt', 'updatedAt'] as const;

export type WebhookSort = (typeof WEBHOOK_SORTS)[number];

export type WebhookRow = Omit<Webhook, 'deletedAt' | 'workflow'> & {
  /** Name of the workflow that it starts. */
  readonly workflow: string | null;
};

/** What people say of a webhook. */
export type WebhookFields = Pick<
  Webhook,
  'name' | 'description' | 'scheme' | 'action' | 'workflowId' | 'filter' | 'deliveryKey' | 'status'
>;

export interface WebhookFilter {
  readonly status?: Webhook['status'] | undefined;
}

export class WebhookRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Undefined where the project has a webhook of this name. */
  async add(
    project: string,
    fields: WebhookFields,
    { id, secret, createdBy }: Pick<Webhook, 'id' | 'secret' | 'createdBy'>,
  ): Promise<WebhookRow | undefined> {
    const [row] = await this.manager.query(
      `INSERT INTO webhooks (id, name, description, scheme, action, workflow_id, filter, delivery_key, status, project,
         secret, created_by)
       VALUES ($1, $2, $3, $4::json, $5::json, $6, $7, $8, $9, $10, $11::json, $12)
       ON CONFLICT (project, name) WHERE deleted_at IS NULL DO NOTHING RETURNING id`,
      [id, ...valuesOf(fields), project, JSON.stringify(secret), createdBy],
    );
    return row === undefined ? undefined : this.find(project, id);
  }

  /** Call in a transaction with the row locked. */
  async change(id: string, fields: WebhookFields): Promise<void> {
    await this.manager.query(
      `UPDATE webhooks SET name = $2, description = $3, scheme = $4::json, action = $5::json, workflow_id = $6,
         filter = $7, delivery_key = $8, status = $9, updated_at = now() WHERE id = $1`,
      [id, ...valuesOf(fields)],
    );
  }

  /** The secret before is valid until then. */
  async rotate(id: string, secret: StoredSecret, previousUntil: Date): Promise<void> {
    await this.manager.query(
      `UPDATE webhooks SET previous_secret = secret, previous_until = $3, secret = $2::json, updated_at = now()
       WHERE id = $1`,
      [id, JSON.stringify(secret), previousUntil],
    );
  }

  /** By id or name. */
  async find(project: string, idOrName: string, lock = false): Promise<WebhookRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${WEBHOOKS.columns} FROM ${WEBHOOKS.from}
       WHERE h.project = $1 AND h.deleted_at IS NULL AND (h.id::text = $2 OR h.name = $2)
       ORDER BY h.id::text = $2 DESC LIMIT 1 ${lock ? 'FOR UPDATE OF h' : ''}`,
      [project, idOrName],
    );
    return row;
  }

  /** Of whichever project: its sender knows no more than its id. */
  async findForSender(id: string): Promise<WebhookRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${WEBHOOKS.columns} FROM ${WEBHOOKS.from} WHERE h.id = $1 AND h.deleted_at IS NULL`,
      [id],
    );
    return row;
  }

  /** Whether another one has the name. */
  async isTaken(project: string, name: string, id: string): Promise<boolean> {
    const [row] = await this.manager.query(
      'SELECT FROM webhooks WHERE project = $1 AND name = $2 AND id <> $3 AND deleted_at IS NULL',
      [project, name, id],
    );
    return row !== undefined;
  }

  /** So that it is not deleted meanwhile. False where it was. */
  async keepWorkflow(id: string): Promise<boolean> {
    const rows = await this.manager.query(
      'SELECT FROM workflows WHERE id = $1 AND deleted_at IS NULL FOR SHARE',
      [id],
    );
    return rows.length === 1;
  }

  list(
    project: string,
    { status }: WebhookFilter,
    page: Omit<PageRequest<WebhookSort>, 'where'>,
  ): Promise<ListedPage<WebhookRow>> {
    const where: Condition[] = [{ sql: 'h.project = ? AND h.deleted_at IS NULL', value: project }];
    if (status !== undefined) where.push({ sql: 'h.status = ?', value: status });
    return listPage(this.manager, WEBHOOKS, { ...page, where });
  }

  async count(project: string): Promise<number> {
    const [row] = await this.manager.query(
      'SELECT count(*)::integer AS count FROM webhooks WHERE project = $1 AND deleted_at IS NULL',
      [project],
    );
    return row.count;
  }

  /** Once a second at most, however many come. */
  async noteRefusal(id: string, reason: string): Promise<void> {
    await this.manager.query(
      `UPDATE webhooks SET refused_at = now(), refused_for = $2
       WHERE id = $1 AND (refused_at IS NULL OR refused_at < now() - interval '1 second')`,
      [id, reason],
    );
  }

  /** Its name is free again; its deliveries stay. */
  async remove(id: string): Promise<void> {
    await this.manager.query('UPDATE webhooks SET deleted_at = now() WHERE id = $1', [id]);
  }
}

function valuesOf(fields: WebhookFields): unknown[] {
  const { name, description, scheme, action, workflowId, filter, deliveryKey, status } = fields;
  const [schemeText, actionText] = [JSON.stringify(scheme), JSON.stringify(action)];
  return [name, description, schemeText, actionText, workflowId, filter, deliveryKey, status];
}

const WEBHOOKS: Listing<WebhookSort> = {
  columns: `h.id, h.project, h.name, h.description, h.scheme, h.secret, h.previous_secret AS "previousSecret",
    h.previous_until AS "previousUntil", h.action, h.workflow_id AS "workflowId", w.name AS workflow, h.filter,
    h.delivery_key AS "deliveryKey", h.status, h.refused_at AS "refusedAt", h.refused_for AS "refusedFor",
    h.created_by AS "createdBy", h.created_at AS "createdAt", h.updated_at AS "updatedAt"`,
  from: 'webhooks h LEFT JOIN workflows w ON w.id = h.workflow_id',
  narrow: 'webhooks h',
  sorts: {
    name: { sql: 'h.name', type: 'text' },
    createdAt: { sql: 'h.created_at', type: 'timestamptz' },
    updatedAt: { sql: 'h.updated_at', type: 'timestamptz' },
  },
  key: { sql: 'h.id', type: 'uuid' },
};
