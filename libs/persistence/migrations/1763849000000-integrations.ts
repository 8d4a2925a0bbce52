import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Platforms of CI/CD that projects are connected with. */
export class Integrations1763849000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE integrations');
  }
}

const STATEMENTS = [
  `CREATE TABLE integrations (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    description text,
    platform text NOT NULL,
    base_url text NOT NULL,
    auth json NOT NULL,
    options json NOT NULL,
    authorities text,
    proxy text,
    status text NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    sync json NOT NULL,
    hook_secret json,
    previous_hook_secret json,
    previous_hook_until timestamptz,
    refused_at timestamptz,
    refused_for text,
    health json,
    next_check_at timestamptz NOT NULL DEFAULT now(),
    synced json,
    next_sync_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT pk_integrations PRIMARY KEY (id),
    CONSTRAINT ck_integrations_status CHECK (status IN ('active', 'disabled'))
  )`,
  'CREATE UNIQUE INDEX ix_integrations_name_project ON integrations (project, name) WHERE deleted_at IS NULL',
  'CREATE INDEX ix_integrations_created_at_id_project ON integrations (project, created_at, id)',
  `CREATE INDEX ix_integrations_next_check_at ON integrations (next_check_at)
    WHERE deleted_at IS NULL AND status = 'active'`,
  `CREATE INDEX ix_integrations_next_sync_at ON integrations (next_sync_at)
    WHERE deleted_at IS NULL AND status = 'active'`,
];
