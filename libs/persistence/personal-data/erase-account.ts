import type { DataSource, EntityManager } from 'typeorm';
import type { PersonalRecord } from './export-person.js';

interface AccountOrder {
  readonly project: string;
  readonly name: string;
  readonly pseudonym: string;
}

/** The account of a person who is a member of the project: who it is, what it may do there, its keys without their hashes. */
export async function readAccount(
  manager: EntityManager,
  project: string,
  name: string,
): Promise<PersonalRecord[]> {
  const rows: { table: string; row: PersonalRecord['row'] }[] = await manager.query(
    `WITH person AS (SELECT u.* FROM users u JOIN members m ON m.user_id = u.id WHERE u.name = $2 AND m.project = $1)
     SELECT 'users' AS table, row_to_json(p) AS row FROM person p
     UNION ALL
     SELECT 'members', row_to_json(m) FROM members m JOIN person p ON p.id = m.user_id WHERE m.project = $1
     UNION ALL
     SELECT 'api_keys', to_json(jsonb_strip_nulls(to_jsonb(k) - 'hash'))
     FROM api_keys k JOIN person p ON p.id = k.user_id WHERE k.projects && ARRAY[$1::text, '*']`,
    [project, name],
  );
  return rows;
}

/**
 * Takes a person out of the project. One who is a member of no other has no account from then on: its name is gone, and
 * its keys are revoked. Answers with the rows that were changed.
 */
export async function eraseAccount(
  dataSource: DataSource,
  order: AccountOrder,
): Promise<Record<string, number>> {
  const { project, name, pseudonym } = order;
  return dataSource.transaction(async (manager) => {
    const [person] = await manager.query(
      `SELECT u.id, EXISTS (SELECT FROM members o WHERE o.user_id = u.id AND o.project <> $1) AS elsewhere
       FROM users u JOIN members m ON m.user_id = u.id AND m.project = $1 WHERE u.name = $2 FOR UPDATE OF u`,
      [project, name],
    );
    if (person === undefined) return {};
    await manager.query('DELETE FROM members WHERE project = $1 AND user_id = $2', [project, person.id]);
    if (person.elsewhere === true) return { members: 1 };
    await manager.query(
      `UPDATE users SET name = $2, display_name = NULL, issuer = NULL, subject = NULL,
         disabled_at = coalesce(disabled_at, now()) WHERE id = $1`,
      [person.id, pseudonym],
    );
    const [, keys] = (await manager.query(
      `UPDATE api_keys SET name = $2, revoked_at = coalesce(revoked_at, now()), revoked_by = coalesce(revoked_by, $2)
       WHERE user_id = $1`,
      [person.id, pseudonym],
    )) as [unknown, number];
    return { members: 1, users: 1, ...(keys === 0 ? {} : { api_keys: keys }) };
  });
}
