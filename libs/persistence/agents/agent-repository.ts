import type { EntityManager } from 'typeorm';
import type { AgentHealth } from '#contracts/rest/agents.js';
import { Agent } from '../entities/agent.entity.js';
import type { Condition, ListedPage, PageRequest } from '../listing/list-page.js';
import { NamedRows, type NamedSort, type NamedTable } from '../listing/named-rows.js';
import { createUuidV7 } from '../uuid-v7.js';

export type AgentRow = Omit<Agent, 'deletedAt'>;

/** What people say of an agent. */
export type AgentFields = Pick<
  Agent,
  'name' | 'url' | 'healthUrl' | 'description' | 'auth' | 'timeoutMs' | 'retry' | 'status'
>;

export interface AgentFilter {
  readonly status?: Agent['status'] | undefined;
}

export class AgentRepository extends NamedRows<AgentRow> {
  constructor(manager: EntityManager) {
    super(manager, AGENTS);
  }

  /** Undefined where the project has an agent of this name. */
  async add(project: string, fields: AgentFields, createdBy: string): Promise<AgentRow | undefined> {
    const [row] = await this.manager.query(
      `INSERT INTO agents (id, project, name, url, health_url, description, auth, timeout_ms, retry, status, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7::json, $8, $9::json, $10, $11)
       ON CONFLICT (project, name) WHERE deleted_at IS NULL DO NOTHING RETURNING id`,
      [createUuidV7(), project, ...valuesOf(fields), createdBy],
    );
    return row === undefined ? undefined : this.find(project, row.id);
  }

  /** Call in a transaction with the row locked; false where another has the name. */
  change(id: string, fields: AgentFields): Promise<boolean> {
    return this.write(
      `UPDATE agents SET name = $2, url = $3, health_url = $4, description = $5, auth = $6::json, timeout_ms = $7,
         retry = $8::json, status = $9, updated_at = now() WHERE id = $1`,
      [id, ...valuesOf(fields)],
    );
  }

  list(
    project: string,
    { status }: AgentFilter,
    page: Omit<PageRequest<NamedSort>, 'where'>,
  ): Promise<ListedPage<AgentRow>> {
    const where: Condition[] = [];
    if (status !== undefined) where.push({ sql: 'a.status = ?', value: status });
    return this.listLiving(project, where, page);
  }

  async noteHealth(id: string, health: AgentHealth): Promise<void> {
    await this.manager.query('UPDATE agents SET health = $2::json WHERE id = $1', [
      id,
      JSON.stringify(health),
    ]);
  }

  /** Its name is free again; what is under way at it goes on. */
  async remove(id: string): Promise<void> {
    await this.manager.query('UPDATE agents SET deleted_at = now() WHERE id = $1', [id]);
  }
}

function valuesOf(fields: AgentFields): unknown[] {
  const { name, url, healthUrl, description, auth, timeoutMs, retry, status } = fields;
  return [name, url, healthUrl, description, JSON.stringify(auth), timeoutMs, JSON.stringify(retry), status];
}

const AGENTS: NamedTable = {
  name: 'agents',
  alias: 'a',
  columns: `a.id, a.project, a.name, a.url, a.health_url AS "healthUrl", a.description, a.auth,
    a.timeout_ms AS "timeoutMs", a.retry, a.status, a.health, a.created_by AS "createdBy",
    a.created_at AS "createdAt", a.updated_at AS "updatedAt"`,
};
