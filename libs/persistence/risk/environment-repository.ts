import type { EntityManager } from 'typeorm';
import type { StoredEnvironment } from '../entities/risk-environment.entity.js';
import { jsonOrNull } from '../json-column.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';

export type EnvironmentRow = StoredEnvironment;

/** Ends of runs of a workflow. */
export interface DeploymentCount {
  readonly total: number;
  readonly failed: number;
}

/** A freeze that lasts. */
export interface LastingFreeze {
  /** Names; null: all. */
  readonly workflows: readonly string[] | null;
}

export const ENVIRONMENT_SORTS = ['name'] as const;

/** Runs that ended longer ago say nothing of how things are. */
const DEPLOYMENT_DAYS = 30;
const LATEST_DEPLOYMENTS = 20;

export class EnvironmentRepository {
  constructor(private readonly manager: EntityManager) {}

  async find(project: string, name: string, lock = false): Promise<EnvironmentRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${ENVIRONMENTS.columns} FROM ${ENVIRONMENTS.from} WHERE e.project = $1 AND e.name = $2
       ${lock ? 'FOR UPDATE' : ''}`,
      [project, name],
    );
    return row;
  }

  list(
    project: string,
    page: Omit<PageRequest<(typeof ENVIRONMENT_SORTS)[number]>, 'where'>,
  ): Promise<ListedPage<EnvironmentRow>> {
    return listPage(this.manager, ENVIRONMENTS, {
      ...page,
      where: [{ sql: 'e.project = ?', value: project }],
    });
  }

  async count(project: string): Promise<number> {
    const [row] = await this.manager.query(
      'SELECT count(*)::integer AS count FROM risk_environments WHERE project = $1',
      [project],
    );
    return row.count;
  }

  /** New, or in place of what was said before. */
  async save({
    project,
    name,
    state,
    workflows,
    updatedBy,
  }: Omit<EnvironmentRow, 'updatedAt'>): Promise<void> {
    await this.manager.query(
      `INSERT INTO risk_environments (project, name, state, workflows, updated_by) VALUES ($1, $2, $3::json, $4, $5)
       ON CONFLICT (project, name) DO UPDATE SET state = excluded.state, workflows = excluded.workflows,
         updated_by = excluded.updated_by, updated_at = now()`,
      [project, name, jsonOrNull(state), workflows, updatedBy],
    );
  }

  async remove(project: string, name: string): Promise<void> {
    await this.manager.query('DELETE FROM risk_environments WHERE project = $1 AND name = $2', [
      project,
      name,
    ]);
  }

  /** Of the latest runs of these workflows that succeeded or failed, how many there are and how many failed. */
  async countDeployments(project: string, workflows: readonly string[]): Promise<DeploymentCount> {
    const [row] = await this.manager.query(
      `SELECT count(*)::integer AS total, count(*) FILTER (WHERE status = 'failed')::integer AS failed FROM (
         SELECT last.status FROM workflows w CROSS JOIN LATERAL (
           SELECT r.status, r.ended_at FROM runs r
           WHERE r.workflow_id = w.id AND r.status IN ('succeeded', 'failed')
             AND r.ended_at > now() - $3 * interval '1 day'
           ORDER BY r.ended_at DESC LIMIT $4
         ) AS last
         WHERE w.project = $1 AND w.name = ANY ($2::text[]) ORDER BY last.ended_at DESC LIMIT $4
       ) AS latest`,
      [project, workflows, DEPLOYMENT_DAYS, LATEST_DEPLOYMENTS],
    );
    return row;
  }

  listFreezes(project: string): Promise<LastingFreeze[]> {
    return this.manager.query(
      'SELECT workflows FROM freezes WHERE project = $1 AND starts_at <= now() AND ends_at > now()',
      [project],
    );
  }
}

const ENVIRONMENTS: Listing<(typeof ENVIRONMENT_SORTS)[number]> = {
  columns: `e.project, e.name, e.state, e.workflows, e.updated_by AS "updatedBy", e.updated_at AS "updatedAt"`,
  from: 'risk_environments e',
  sorts: { name: { sql: 'e.name', type: 'text' } },
  key: { sql: 'e.name', type: 'text' },
};
