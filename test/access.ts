import type { DataSource } from 'typeorm';
import { ApiKeyRepository } from '#persistence/repositories/api-key-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import { createApiKey } from '../apps/api/auth/api-key.js';

interface KeyRights {
  readonly name?: string;
  readonly roles?: readonly string[];
  /** All where absent. */
  readonly projects?: readonly string[];
  readonly speaksForOthers?: boolean;
  readonly expiresAt?: Date;
  /** Id of the person that it stands for. */
  readonly userId?: string;
}

/** Limits that no test comes near to. */
export const HIGH_RATES = {
  SLUICE_RATE_KEY: '1000000',
  SLUICE_RATE_ADDRESS: '1000000',
  SLUICE_RATE_FAILURE: '1000000',
  SLUICE_RATE_TOKEN: '1000000',
  SLUICE_RATE_WEBHOOK: '1000000',
};

/** A key that the API takes, straight into its database. */
export async function createTestKey(dataSource: DataSource, rights: KeyRights = {}): Promise<string> {
  const { name = 'test', roles = ['admin'], projects = ['*'], ...more } = rights;
  const { id, text, hash } = createApiKey();
  const draft = { id, hash, name, roles: [...roles], projects: [...projects], createdBy: 'test', ...more };
  await new ApiKeyRepository(dataSource.manager).add(draft);
  return text;
}

/** A person that is known by name, with these roles in a project; answers with its id. */
export async function createTestMember(
  dataSource: DataSource,
  name: string,
  roles: readonly string[],
  project = 'default',
): Promise<string> {
  const [known] = await dataSource.query('SELECT id FROM users WHERE name = $1', [name]);
  const id: string = known?.id ?? createUuidV7();
  await dataSource.query(
    `INSERT INTO users (id, name, created_by) VALUES ($1, $2, 'test') ON CONFLICT DO NOTHING`,
    [id, name],
  );
  await dataSource.query(
    `INSERT INTO members (project, user_id, roles, updated_by) VALUES ($1, $2, $3, 'test')`,
    [project, id, roles],
  );
  return id;
}

/** Others than `default` must be there before anybody can ask about them. */
export async function createTestProject(dataSource: DataSource, name: string): Promise<void> {
  await dataSource.query(
    `INSERT INTO projects (name, created_by) VALUES ($1, 'test') ON CONFLICT DO NOTHING`,
    [name],
  );
}
