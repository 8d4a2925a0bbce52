import type { EntityManager } from 'typeorm';
import { type PreparedStatement, queryPrepared } from '../prepared-statement.js';
import { createUuidV7 } from '../uuid-v7.js';

/** Stands for every project among those of a key or of a member. */
export const EVERY_PROJECT = '*';

/** The project of requests that name none. */
export const DEFAULT_PROJECT = 'default';

/** What somebody is in the project that a request is about. */
export interface Standing {
  readonly project: string;
  /** Roles in it; none where there is no such project. */
  readonly roles: readonly string[];
  /** Those that hold in every project. */
  readonly everywhere: readonly string[];
}

export interface KeyAccess {
  readonly id: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly speaksForOthers: boolean;
  readonly expiresAt: Date | null;
  readonly revoked: boolean;
  readonly lastUsedAt: Date | null;
  /** The person that it stands for. */
  readonly user: { readonly id: string; readonly name: string; readonly disabled: boolean } | undefined;
  readonly standing: Standing;
}

export interface UserAccess {
  readonly id: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly projectExists: boolean;
  readonly standing: Standing;
}

interface KeyRow extends Omit<KeyAccess, 'user' | 'standing'> {
  readonly userId: string | null;
  readonly userName: string;
  readonly userDisabled: boolean;
  readonly projects: readonly string[];
  readonly roles: readonly string[];
  readonly project: string;
  readonly exists: boolean;
  readonly given: readonly string[];
  readonly givenEverywhere: readonly string[];
}

interface Subject {
  readonly issuer: string;
  readonly subject: string;
  /** In small letters; one that is taken gets a number. */
  readonly name: string;
  readonly displayName: string | undefined;
}

/** Reads who somebody is and what they may do, in one query a request. */
export class AccessRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Without a project: the key's only one, else `default`. */
  async findKey(id: string, project: string | undefined): Promise<KeyAccess | undefined> {
    const [row] = await queryPrepared<KeyRow>(this.manager, FIND_KEY, [
      id,
      project ?? null,
      EVERY_PROJECT,
      DEFAULT_PROJECT,
    ]);
    if (row === undefined) return undefined;
    const { userId, userName, userDisabled, projects, roles, given, givenEverywhere, ...key } = row;
    const everywhere = projects.includes(EVERY_PROJECT);
    const covered = key.exists && (everywhere || projects.includes(key.project));
    const held: readonly string[] = userId === null ? roles : [...given, ...givenEverywhere];
    return {
      id: key.id,
      name: key.name,
      hash: key.hash,
      speaksForOthers: key.speaksForOthers,
      expiresAt: key.expiresAt,
      revoked: key.revoked,
      lastUsedAt: key.lastUsedAt,
      user: userId === null ? undefined : { id: userId, name: userName, disabled: userDisabled },
      standing: {
        project: key.project,
        roles: covered ? [...new Set(held)] : [],
        everywhere: everywhere ? (userId === null ? roles : givenEverywhere) : [],
      },
    };
  }

  findUserById(id: string, project: string): Promise<UserAccess | undefined> {
    return this.findUser('u.id = $3', [project, EVERY_PROJECT, id]);
  }

  findUserByName(name: string, project: string): Promise<UserAccess | undefined> {
    return this.findUser('u.name = $3', [project, EVERY_PROJECT, name]);
  }

  findUserBySubject(issuer: string, subject: string, project: string): Promise<UserAccess | undefined> {
    return this.findUser('u.issuer = $3 AND u.subject = $4', [project, EVERY_PROJECT, issuer, subject]);
  }

  private async findUser(condition: string, values: readonly string[]): Promise<UserAccess | undefined> {
    const [row] = await this.manager.query(
      `SELECT u.id, u.name, u.disabled_at IS NOT NULL AS disabled,
         EXISTS (SELECT FROM projects WHERE name = $1) AS exists,
         ${rolesIn('u.id', '$1')} AS given, ${rolesIn('u.id', '$2')} AS "givenEverywhere"
       FROM users u WHERE ${condition}`,
      [...values],
    );
    if (row === undefined) return undefined;
    const { exists, given, givenEverywhere, ...user } = row;
    const roles: string[] = exists ? [...new Set<string>([...given, ...givenEverywhere])] : [];
    return {
      ...user,
      projectExists: exists,
      standing: { project: values[0]!, roles, everywhere: givenEverywhere },
    };
  }

  async projectExists(name: string): Promise<boolean> {
    const [row] = await this.manager.query('SELECT FROM projects WHERE name = $1', [name]);
    return row !== undefined;
  }

  /** A person whom an issuer vouches for the first time. Answers with the name, or undefined where the person is known. */
  async addSubject({ issuer, subject, name, displayName }: Subject): Promise<string | undefined> {
    for (let n = 1; ; n++) {
      const free = n === 1 ? name : `${name}-${n}`;
      const [row] = await this.manager.query(
        `INSERT INTO users (id, name, display_name, issuer, subject, created_by) VALUES ($1, $2, $3, $4, $5, $2)
         ON CONFLICT DO NOTHING RETURNING id`,
        [createUuidV7(), free, displayName ?? null, issuer, subject],
      );
      if (row !== undefined) return free;
      const known: unknown[] = await this.manager.query(
        'SELECT FROM users WHERE issuer = $1 AND subject = $2',
        [issuer, subject],
      );
      if (known.length > 0) return undefined;
    }
  }

  /** At most once a minute, whatever the number of processes. */
  async touchKey(id: string): Promise<void> {
    await this.manager.query(
      `UPDATE api_keys SET last_used_at = now()
       WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
      [id],
    );
  }
}

function rolesIn(user: string, project: string): string {
  return `ARRAY(SELECT unnest(m.roles) FROM members m WHERE m.user_id = ${user} AND m.project = ${project})`;
}

const FIND_KEY: PreparedStatement = {
  name: 'find_key',
  text: `
  WITH k AS (
    SELECT *, COALESCE($2, CASE WHEN cardinality(projects) = 1 AND projects[1] <> $3 THEN projects[1] END, $4) AS project
    FROM api_keys WHERE id = $1
  )
  SELECT k.id, k.name, k.hash, k.projects, k.roles, k.project, k.speaks_for_others AS "speaksForOthers",
    k.expires_at AS "expiresAt", k.last_used_at AS "lastUsedAt", k.revoked_at IS NOT NULL AS revoked,
    u.id AS "userId", u.name AS "userName", u.disabled_at IS NOT NULL AS "userDisabled",
    EXISTS (SELECT FROM projects p WHERE p.name = k.project) AS exists,
    ${rolesIn('k.user_id', 'k.project')} AS given, ${rolesIn('k.user_id', '$3')} AS "givenEverywhere"
  FROM k LEFT JOIN users u ON u.id = k.user_id`,
};
