import type { EntityManager } from 'typeorm';
import type { StoredSecret, Webhook } from '../entities/webhook.entity.js';
import type { Condition, ListedPage, PageRequest } from '../listing/list-page.js';
import { NamedRows, type NamedSort, type NamedTable } from '../listing/named-rows.js';

export type { StoredSecret } from '../entities/webhook.entity.js';

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

export class WebhookRepository extends NamedRows<WebhookRow> {
  constructor(manager: EntityManager) {
    super(manager, WEBHOOKS);
  }

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

  /** Call in a transaction with the row locked; false where another has the name. */
  change(id: string, fields: WebhookFields): Promise<boolean> {
    return this.write(
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

  /** Of whichever project: its sender knows no more than its id. */
  async findForSender(id: string): Promise<WebhookRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${WEBHOOKS.columns} FROM webhooks h ${WEBHOOKS.joins} WHERE h.id = $1 AND h.deleted_at IS NULL`,
      [id],
    );
    return row;
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
    page: Omit<PageRequest<NamedSort>, 'where'>,
  ): Promise<ListedPage<WebhookRow>> {
    const where: Condition[] = [];
    if (status !== undefined) where.push({ sql: 'h.status = ?', value: status });
    return this.listLiving(project, where, page);
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

const WEBHOOKS: NamedTable = {
  name: 'webhooks',
  alias: 'h',
  columns: `h.id, h.project, h.name, h.description, h.scheme, h.secret, h.previous_secret AS "previousSecret",
    h.previous_until AS "previousUntil", h.action, h.workflow_id AS "workflowId", w.name AS workflow, h.filter,
    h.delivery_key AS "deliveryKey", h.status, h.refused_at AS "refusedAt", h.refused_for AS "refusedFor",
    h.created_by AS "createdBy", h.created_at AS "createdAt", h.updated_at AS "updatedAt"`,
  joins: 'LEFT JOIN workflows w ON w.id = h.workflow_id',
};
