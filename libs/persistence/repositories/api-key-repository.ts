import type { EntityManager } from 'typeorm';
import type { ApiKey } from '../entities/api-key.entity.js';
import {
  type Condition,
  type ListedPage,
  type Listing,
  listPage,
  type PageRequest,
} from '../listing/list-page.js';

/** A key as people may see it. */
export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  /** Name of the person that it stands for. */
  readonly user: string | null;
  readonly projects: readonly string[];
  readonly roles: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
}

type ApiKeyDraft = Pick<ApiKey, 'id' | 'name' | 'hash' | 'projects' | 'roles' | 'createdBy'> &
  Partial<Pick<ApiKey, 'userId' | 'expiresAt' | 'speaksForOthers'>>;

export const API_KEY_SORTS = ['createdAt', 'name'] as const;

export type ApiKeySort = (typeof API_KEY_SORTS)[number];

/** Any constant will do: keys are made one after the other, so that names are told apart and the first is the only one. */
const CREATE_LOCK = 7_582_479;

export class ApiKeyRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Until the end of the transaction nobody else makes a key. */
  async lock(): Promise<void> {
    await this.manager.query('SELECT pg_advisory_xact_lock($1)', [CREATE_LOCK]);
  }

  async add(draft: ApiKeyDraft): Promise<void> {
    await this.manager.query(
      `INSERT INTO api_keys (id, name, hash, user_id, projects, roles, speaks_for_others, created_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        draft.id,
        draft.name,
        draft.hash,
        draft.userId ?? null,
        draft.projects,
        draft.roles,
        draft.speaksForOthers ?? false,
        draft.createdBy,
        draft.expiresAt ?? null,
      ],
    );
  }

  /** Whether a key that lives has this name in one of the projects. */
  async isNameTaken(name: string, projects: readonly string[]): Promise<boolean> {
    const [row] = await this.manager.query(
      `SELECT FROM api_keys WHERE name = $1 AND projects && $2::text[] AND ${LIVING} LIMIT 1`,
      [name, projects],
    );
    return row !== undefined;
  }

  /** Whether somebody may do all: a key or a member of all projects. */
  async hasAdministrator(): Promise<boolean> {
    const [row] = await this.manager.query(
      `SELECT FROM api_keys WHERE '*' = ANY (projects) AND 'admin' = ANY (roles) AND ${LIVING}
       UNION ALL SELECT FROM members WHERE project = '*' AND 'admin' = ANY (roles) LIMIT 1`,
    );
    return row !== undefined;
  }

  async countLiving(project: string): Promise<number> {
    const [row] = await this.manager.query(
      `SELECT count(*)::integer AS count FROM api_keys WHERE $1 = ANY (projects) AND ${LIVING}`,
      [project],
    );
    return row.count;
  }

  /** Those whose projects are among the given ones; undefined: all. */
  list(
    projects: readonly string[] | undefined,
    page: Omit<PageRequest<ApiKeySort>, 'where'>,
  ): Promise<ListedPage<ApiKeyRow>> {
    return listPage(this.manager, API_KEYS, { ...page, where: within(projects) });
  }

  async find(id: string, projects: readonly string[] | undefined): Promise<ApiKeyRow | undefined> {
    const scope = projects === undefined ? '' : 'AND k.projects <@ $2::text[]';
    const [row] = await this.manager.query(
      `SELECT ${API_KEYS.columns} FROM ${API_KEYS.from} WHERE k.id = $1 ${scope}`,
      [id, ...(projects === undefined ? [] : [projects])],
    );
    return row;
  }

  /** False where it was revoked before. */
  async revoke(id: string, by: string): Promise<boolean> {
    const [rows] = await this.manager.query(
      'UPDATE api_keys SET revoked_at = now(), revoked_by = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id',
      [id, by],
    );
    return rows.length > 0;
  }
}

const LIVING = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

function within(projects: readonly string[] | undefined): Condition[] {
  return projects === undefined ? [] : [{ sql: 'k.projects <@ ?::text[]', value: projects }];
}

const API_KEYS: Listing<ApiKeySort> = {
  columns: `k.id, k.name, u.name AS "user", k.projects, k.roles, k.created_by AS "createdBy",
    k.created_at AS "createdAt", k.expires_at AS "expiresAt", k.last_used_at AS "lastUsedAt",
    k.revoked_at AS "revokedAt", k.revoked_by AS "revokedBy"`,
  from: 'api_keys k LEFT JOIN users u ON u.id = k.user_id',
  sorts: {
    createdAt: { sql: 'k.created_at', type: 'timestamptz' },
    name: { sql: 'k.name', type: 'text' },
  },
  key: { sql: 'k.id', type: 'text' },
};
