import type { EntityManager } from 'typeorm';
import { Project, type ProjectSettings } from '../entities/project.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { EVERY_PROJECT } from './access-repository.js';

export type ProjectRow = Omit<Project, 'settings'>;

export const PROJECT_SORTS = ['name', 'createdAt'] as const;

export type ProjectSort = (typeof PROJECT_SORTS)[number];

/** Tables whose rows may outlive their project: what was done in it, and who was in it. */
const NOT_HELD: readonly string[] = [
  'audit_log',
  'members',
  'audit_chains',
  'retention_policies',
  'retention_passes',
];

export class ProjectRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Those of the given names; undefined: all. */
  list(
    names: readonly string[] | undefined,
    page: Omit<PageRequest<ProjectSort>, 'where'>,
  ): Promise<ListedPage<ProjectRow>> {
    const where = names === undefined ? [] : [{ sql: 'p.name = ANY (?)', value: names }];
    return listPage(this.manager, PROJECTS, { ...page, where });
  }

  async find(name: string): Promise<ProjectRow | undefined> {
    const [row] = await this.manager.query(`SELECT ${PROJECTS.columns} FROM projects p WHERE p.name = $1`, [
      name,
    ]);
    return row;
  }

  async readSettings(name: string): Promise<ProjectSettings> {
    const [row] = await this.manager.query('SELECT settings FROM projects WHERE name = $1', [name]);
    return row?.settings ?? {};
  }

  async writeSettings(name: string, settings: ProjectSettings): Promise<void> {
    await this.manager.query('UPDATE projects SET settings = $2::json, updated_at = now() WHERE name = $1', [
      name,
      JSON.stringify(settings),
    ]);
  }

  /** False where the name is taken. */
  async add(draft: Pick<Project, 'name' | 'description' | 'createdBy'>): Promise<boolean> {
    const rows: unknown[] = await this.manager.query(
      `INSERT INTO projects (name, description, created_by) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING name`,
      [draft.name, draft.description, draft.createdBy],
    );
    return rows.length > 0;
  }

  /** For the rest of the transaction nobody else changes it. */
  async lock(name: string): Promise<ProjectRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${PROJECTS.columns} FROM projects p WHERE p.name = $1 FOR UPDATE`,
      [name],
    );
    return row;
  }

  async describe(name: string, description: string | null): Promise<void> {
    await this.manager.query('UPDATE projects SET description = $2, updated_at = now() WHERE name = $1', [
      name,
      description,
    ]);
  }

  /** Names of the tables that hold something of it, those to come among them. */
  async findHolders(name: string): Promise<readonly string[]> {
    const tables = this.manager.connection.entityMetadatas
      .filter((entity) => entity.columns.some(({ databaseName }) => databaseName === 'project'))
      .map(({ tableName }) => tableName)
      .filter((table) => !NOT_HELD.includes(table));
    const asked = tables.map(
      (table) => `SELECT '${table}' AS name WHERE EXISTS (SELECT FROM ${table} WHERE project = $1)`,
    );
    const keys = `SELECT 'api_keys' WHERE EXISTS (
      SELECT FROM api_keys WHERE $1 = ANY (projects) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))`;
    const rows: { name: string }[] = await this.manager.query([...asked, keys].join(' UNION ALL '), [name]);
    return rows.map((row) => row.name);
  }

  /** With who is in it. */
  async remove(name: string): Promise<void> {
    await this.manager.query('DELETE FROM members WHERE project = $1', [name]);
    await this.manager.query('DELETE FROM projects WHERE name = $1', [name]);
  }

  /** Names of those in which the key or the person has a role, where it has none in all. */
  async findNamesOf(means: { readonly key?: string; readonly user?: string }): Promise<readonly string[]> {
    const rows: { name: string }[] = await this.manager.query(
      `SELECT m.project AS name FROM members m JOIN users u ON u.id = m.user_id WHERE u.name = $1 AND $2::text IS NULL
       UNION SELECT m.project FROM api_keys k JOIN members m ON m.user_id = k.user_id
         WHERE k.id = $2 AND (m.project = ANY (k.projects) OR $3 = ANY (k.projects))
       UNION SELECT unnest(k.projects) FROM api_keys k WHERE k.id = $2 AND k.user_id IS NULL`,
      [means.user ?? null, means.key ?? null, EVERY_PROJECT],
    );
    return rows.map((row) => row.name);
  }
}

const PROJECTS: Listing<ProjectSort> = {
  columns: `p.name, p.description, p.created_by AS "createdBy", p.created_at AS "createdAt",
    p.updated_at AS "updatedAt"`,
  from: 'projects p',
  sorts: {
    name: { sql: 'p.name', type: 'text' },
    createdAt: { sql: 'p.created_at', type: 'timestamptz' },
  },
  key: { sql: 'p.name', type: 'text' },
};
