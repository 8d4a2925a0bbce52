import type { EntityManager } from 'typeorm';
import type { AgentHealth } from '#contracts/rest/agents.js';
import { Agent } from '../entities/agent.entity.js';
import {
  type Condition,
  type ListedPage,
  type Listing,
  listPage,
  type PageRequest,
} from '../listing/list-page.js';
import { createUuidV7 } from '../uuid-v7.js';

export const AGENT_SORTS = ['name', 'createdAt', 'updatedAt'] as const;

export type AgentSort = (typeof AGENT_SORTS)[number];

export type AgentRow = Omit<Agent, 'deletedAt'>;

/** What people say of an agent. */
export type AgentFields = Pick<
  Agent,
  'name' | 'url' | 'healthUrl' | 'description' | 'auth' | 'timeoutMs' | 'retry' | 'status'
>;

export interface AgentFilter {
  readonly status?: Agent['status'] | undefined;
}

export class AgentRepository {
  constructor(private readonly manager: EntityManager) {}

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

  /** Call in a transaction with the row locked. */
  async change(id: string, fields: AgentFields): Promise<void> {
    await this.manager.query(
      `UPDATE agents SET name = $2, url = $3, health_url = $4, description = $5, auth = $6::json, timeout_ms = $7,
         retry = $8::json, status = $9, updated_at = now() WHERE id = $1`,
      [id, ...valuesOf(fields)],
    );
  }

  /** By id or name. */
  async find(project: string, idOrName: string, lock = false): Promise<AgentRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${AGENTS.columns} FROM ${AGENTS.from}
       WHERE a.project = $1 AND a.deleted_at IS NULL AND (a.id::text = $2 OR a.name = $2)
       ORDER BY a.id::text = $2 DESC LIMIT 1 ${lock ? 'FOR UPDATE' : ''}`,
      [project, idOrName],
    );
    return row;
  }

  /** Whether another one has the name. */
  async isTaken(project: string, name: string, id: string): Promise<boolean> {
    const [row] = await this.manager.query(
      'SELECT FROM agents WHERE project = $1 AND name = $2 AND id <> $3 AND deleted_at IS NULL',
      [project, name, id],
    );
    return row !== undefined;
  }

  list(
    project: string,
    { status }: AgentFilter,
    page: Omit<PageRequest<AgentSort>, 'where'>,
  ): Promise<ListedPage<AgentRow>> {
    const where: Condition[] = [{ sql: 'a.project = ? AND a.deleted_at IS NULL', value: project }];
    if (status !== undefined) where.push({ sql: 'a.status = ?', value: status });
    return listPage(this.manager, AGENTS, { ...page, where });
  }

  async count(project: string): Promise<number> {
    const [row] = await this.manager.query(
      'SELECT count(*)::integer AS count FROM agents WHERE project = $1 AND deleted_at IS NULL',
      [project],
    );
    return row.count;
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

const AGENTS: Listing<AgentSort> = {
  columns: `a.id, a.project, a.name, a.url, a.health_url AS "healthUrl", a.description, a.auth,
    a.timeout_ms AS "timeoutMs", a.retry, a.status, a.health, a.created_by AS "createdBy",
    a.created_at AS "createdAt", a.updated_at AS "updatedAt"`,
  from: 'agents a',
  sorts: {
    name: { sql: 'a.name', type: 'text' },
    createdAt: { sql: 'a.created_at', type: 'timestamptz' },
    updatedAt: { sql: 'a.updated_at', type: 'timestamptz' },
  },
  key: { sql: 'a.id', type: 'uuid' },
};
