import type { EntityManager } from 'typeorm';
import type { User } from '../entities/user.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { createUuidV7 } from '../uuid-v7.js';
import { EVERY_PROJECT } from './access-repository.js';

export type UserRow = User & {
  /** In all projects. */
  readonly roles: readonly string[];
};

export const USER_SORTS = ['name', 'createdAt'] as const;

export type UserSort = (typeof USER_SORTS)[number];

export interface MemberRow {
  readonly user: string;
  readonly displayName: string | null;
  readonly roles: readonly string[];
  readonly updatedBy: string;
  readonly updatedAt: Date;
}

export const MEMBER_SORTS = ['user', 'updatedAt'] as const;

export type MemberSort = (typeof MEMBER_SORTS)[number];

interface Membership {
  readonly project: string;
  readonly userId: string;
}

/** People, and what they are in projects. */
export class UserRepository {
  constructor(private readonly manager: EntityManager) {}

  list(page: Omit<PageRequest<UserSort>, 'where'>): Promise<ListedPage<UserRow>> {
    return listPage(this.manager, USERS, { ...page, where: [] });
  }

  async find(name: string): Promise<UserRow | undefined> {
    const [row] = await this.manager.query(`SELECT ${USERS.columns} FROM users u WHERE u.name = $1`, [name]);
    return row;
  }

  /** Its id; undefined where the name, or the subject of the issuer, is taken. */
  async add(
    draft: Pick<User, 'name' | 'displayName' | 'issuer' | 'subject' | 'createdBy'>,
  ): Promise<string | undefined> {
    const [row] = await this.manager.query(
      `INSERT INTO users (id, name, display_name, issuer, subject, created_by) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING RETURNING id`,
      [createUuidV7(), draft.name, draft.displayName, draft.issuer, draft.subject, draft.createdBy],
    );
    return row?.id;
  }

  /** Shutting out keeps the time of the first. */
  async change(
    id: string,
    { displayName, disabled }: { readonly displayName: string | null; readonly disabled: boolean },
  ): Promise<void> {
    await this.manager.query(
      `UPDATE users SET display_name = $2, disabled_at = CASE WHEN $3 THEN COALESCE(disabled_at, now()) END
       WHERE id = $1`,
      [id, displayName, disabled],
    );
  }

  listMembers(project: string, page: Omit<PageRequest<MemberSort>, 'where'>): Promise<ListedPage<MemberRow>> {
    const where = [{ sql: 'm.project = ?', value: project }];
    return listPage(this.manager, MEMBERS, { ...page, where });
  }

  async findMember(project: string, user: string): Promise<MemberRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${MEMBERS.columns} FROM ${MEMBERS.from} WHERE m.project = $1 AND u.name = $2`,
      [project, user],
    );
    return row;
  }

  /** Answers with the roles before; without roles the person is in it no longer. Call in a transaction. */
  async setRoles(
    { project, userId }: Membership,
    roles: readonly string[],
    by: string,
  ): Promise<readonly string[] | undefined> {
    // So that two changes at once do not both see what was before the first.
    await this.manager.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [userId]);
    const [before] = await this.manager.query(
      'SELECT roles FROM members WHERE project = $1 AND user_id = $2',
      [project, userId],
    );
    if (roles.length === 0) {
      await this.manager.query('DELETE FROM members WHERE project = $1 AND user_id = $2', [project, userId]);
    } else {
      await this.manager.query(
        `INSERT INTO members (project, user_id, roles, updated_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (project, user_id) DO UPDATE
         SET roles = excluded.roles, updated_by = excluded.updated_by, updated_at = now()`,
        [project, userId, roles, by],
      );
    }
    return before?.roles;
  }
}

const USERS: Listing<UserSort> = {
  columns: `u.id, u.name, u.display_name AS "displayName", u.issuer, u.subject, u.created_by AS "createdBy",
    u.created_at AS "createdAt", u.disabled_at AS "disabledAt",
    ARRAY(SELECT unnest(m.roles) FROM members m WHERE m.user_id = u.id AND m.project = '${EVERY_PROJECT}') AS roles`,
  from: 'users u',
  sorts: {
    name: { sql: 'u.name', type: 'text' },
    createdAt: { sql: 'u.created_at', type: 'timestamptz' },
  },
  key: { sql: 'u.id', type: 'uuid' },
};

const MEMBERS: Listing<MemberSort> = {
  columns: `u.name AS "user", u.display_name AS "displayName", m.roles, m.updated_by AS "updatedBy",
    m.updated_at AS "updatedAt"`,
  from: 'members m JOIN users u ON u.id = m.user_id',
  sorts: {
    user: { sql: 'u.name', type: 'text' },
    updatedAt: { sql: 'm.updated_at', type: 'timestamptz' },
  },
  key: { sql: 'm.user_id', type: 'uuid' },
};
