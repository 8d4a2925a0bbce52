import type { EntityManager } from 'typeorm';
import type { IntegrationHealth, IntegrationSync } from '#contracts/rest/integrations.js';
import type { Integration } from '../entities/integration.entity.js';
import type { StoredSecret } from '../entities/webhook.entity.js';
import type { Condition, ListedPage, PageRequest } from '../listing/list-page.js';
import { NamedRows, type NamedSort, type NamedTable } from '../listing/named-rows.js';
import { createUuidV7 } from '../uuid-v7.js';

export type IntegrationRow = Omit<Integration, 'nextCheckAt' | 'nextSyncAt' | 'deletedAt'>;

/** What people say of an integration. */
export type IntegrationFields = Pick<
  Integration,
  | 'name'
  | 'description'
  | 'platform'
  | 'baseUrl'
  | 'auth'
  | 'options'
  | 'authorities'
  | 'proxy'
  | 'status'
  | 'sync'
>;

export interface IntegrationFilter {
  readonly status?: Integration['status'] | undefined;
  readonly platform?: string | undefined;
}

export class IntegrationRepository extends NamedRows<IntegrationRow> {
  constructor(manager: EntityManager) {
    super(manager, INTEGRATIONS);
  }

  /** Undefined where the project has an integration of this name. It is looked at for the first time after `soonMs`. */
  async add(
    project: string,
    fields: IntegrationFields,
    { createdBy, soonMs }: { readonly createdBy: string; readonly soonMs: number },
  ): Promise<IntegrationRow | undefined> {
    const [row] = await this.manager.query(
      `INSERT INTO integrations (id, name, description, platform, base_url, auth, options, authorities, proxy, status, sync,
         project, created_by, next_check_at, next_sync_at)
       VALUES ($1, $2, $3, $4, $5, $6::json, $7::json, $8, $9, $10, $11::json, $12, $13, ${soon(14)}, ${soon(14)})
       ON CONFLICT (project, name) WHERE deleted_at IS NULL DO NOTHING RETURNING id`,
      [createUuidV7(), ...valuesOf(fields), project, createdBy, soonMs],
    );
    return row === undefined ? undefined : this.find(project, row.id);
  }

  /** Call in a transaction with the row locked; false where another has the name. It is looked at anew after `soonMs`. */
  change(id: string, fields: IntegrationFields, soonMs: number): Promise<boolean> {
    return this.write(
      `UPDATE integrations SET name = $2, description = $3, platform = $4, base_url = $5, auth = $6::json,
         options = $7::json, authorities = $8, proxy = $9, status = $10, sync = $11::json, revision = revision + 1,
         next_check_at = ${soon(12)}, next_sync_at = ${soon(12)}, updated_at = now() WHERE id = $1`,
      [id, ...valuesOf(fields), soonMs],
    );
  }

  list(
    project: string,
    { status, platform }: IntegrationFilter,
    page: Omit<PageRequest<NamedSort>, 'where'>,
  ): Promise<ListedPage<IntegrationRow>> {
    const where: Condition[] = [];
    if (status !== undefined) where.push({ sql: 'i.status = ?', value: status });
    if (platform !== undefined) where.push({ sql: 'i.platform = ?', value: platform });
    return this.listLiving(project, where, page);
  }

  /** Takes those whose health is to be asked for, for `everyMs`: what a process does not finish is due again then. */
  async claimChecks(limit: number, everyMs: number): Promise<IntegrationRow[]> {
    return this.claim('next_check_at', limit, everyMs, '');
  }

  /** Takes those whose executions are to be asked for, for `everyMs`. */
  async claimSyncs(limit: number, everyMs: number): Promise<IntegrationRow[]> {
    return this.claim('next_sync_at', limit, everyMs, 'AND json_array_length(sync) > 0');
  }

  async noteSync(
    { id, revision }: Pick<IntegrationRow, 'id' | 'revision'>,
    synced: IntegrationSync,
  ): Promise<void> {
    await this.manager.query('UPDATE integrations SET synced = $3::json WHERE id = $1 AND revision = $2', [
      id,
      revision,
      JSON.stringify(synced),
    ]);
  }

  /** Of what it was at `revision`: what was changed meanwhile is looked at anew. */
  async noteHealth(
    { id, revision }: Pick<IntegrationRow, 'id' | 'revision'>,
    health: IntegrationHealth,
  ): Promise<void> {
    await this.manager.query('UPDATE integrations SET health = $3::json WHERE id = $1 AND revision = $2', [
      id,
      revision,
      JSON.stringify(health),
    ]);
  }

  /** Of whichever project: its sender knows no more than its id. */
  async findForSender(id: string): Promise<IntegrationRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${INTEGRATIONS.columns} FROM integrations i WHERE i.id = $1 AND i.deleted_at IS NULL`,
      [id],
    );
    return row;
  }

  /** The secret before, where there was one, is valid until then. Workers know nothing of it: the revision stays. */
  async rotateHook(id: string, secret: StoredSecret, previousUntil: Date): Promise<void> {
    await this.manager.query(
      `UPDATE integrations SET previous_hook_secret = hook_secret, previous_hook_until = $3, hook_secret = $2::json,
         updated_at = now() WHERE id = $1`,
      [id, JSON.stringify(secret), previousUntil],
    );
  }

  /** Once a second at most, however many come. */
  async noteRefusal(id: string, reason: string): Promise<void> {
    await this.manager.query(
      `UPDATE integrations SET refused_at = now(), refused_for = $2
       WHERE id = $1 AND (refused_at IS NULL OR refused_at < now() - interval '1 second')`,
      [id, reason],
    );
  }

  /** Its executions are asked for at once, and no more often than once in `pauseMs` for that reason. */
  async hintSync(id: string, pauseMs: number): Promise<void> {
    await this.manager.query(
      `UPDATE integrations SET next_sync_at = now()
       WHERE id = $1 AND json_array_length(sync) > 0 AND next_sync_at > now()
         AND COALESCE((synced->>'at')::timestamptz, 'epoch') < now() - $2 * interval '1 millisecond'`,
      [id, pauseMs],
    );
  }

  /** Its name is free again; its executions stay. */
  async remove(id: string): Promise<void> {
    await this.manager.query('UPDATE integrations SET deleted_at = now() WHERE id = $1', [id]);
  }

  /** A tenth more or less: those that were made together do not stay together. */
  private async claim(
    column: 'next_check_at' | 'next_sync_at',
    limit: number,
    everyMs: number,
    more: string,
  ): Promise<IntegrationRow[]> {
    const [rows] = await this.manager.query(
      `UPDATE integrations i SET ${column} = now() + $2 * (0.9 + 0.2 * random()) * interval '1 millisecond'
       FROM (
         SELECT id FROM integrations WHERE deleted_at IS NULL AND status = 'active' AND ${column} <= now() ${more}
         ORDER BY ${column} LIMIT $1 FOR UPDATE SKIP LOCKED
       ) AS due
       WHERE i.id = due.id RETURNING ${INTEGRATIONS.columns}`,
      [limit, everyMs],
    );
    return rows;
  }
}

/** SQL of the moment so many milliseconds from now. */
function soon(parameter: number): string {
  return `now() + $${parameter} * interval '1 millisecond'`;
}

function valuesOf(fields: IntegrationFields): unknown[] {
  const { name, description, platform, baseUrl, auth, options, authorities, proxy, status, sync } = fields;
  return [
    name,
    description,
    platform,
    baseUrl,
    JSON.stringify(auth),
    JSON.stringify(options),
    authorities,
    proxy,
    status,
    JSON.stringify(sync),
  ];
}

const INTEGRATIONS: NamedTable = {
  name: 'integrations',
  alias: 'i',
  columns: `i.id, i.project, i.name, i.description, i.platform, i.base_url AS "baseUrl", i.auth, i.options, i.authorities,
    i.proxy, i.status, i.revision, i.sync, i.hook_secret AS "hookSecret", i.previous_hook_secret AS "previousHookSecret",
    i.previous_hook_until AS "previousHookUntil", i.refused_at AS "refusedAt", i.refused_for AS "refusedFor", i.health,
    i.synced, i.created_by AS "createdBy", i.created_at AS "createdAt", i.updated_at AS "updatedAt"`,
};
