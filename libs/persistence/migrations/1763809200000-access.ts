import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Projects, the people in them, and the keys by which programs ask. */
export class Access1763809200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE projects (
        name text NOT NULL,
        description text,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_projects PRIMARY KEY (name)
      )`,
    );
    await runner.query(`INSERT INTO projects (name, created_by) VALUES ('default', 'sluice')`);
    await runner.query(
      `CREATE TABLE users (
        id uuid NOT NULL,
        name text NOT NULL,
        display_name text,
        issuer text,
        subject text,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        disabled_at timestamptz,
        CONSTRAINT pk_users PRIMARY KEY (id),
        CONSTRAINT uq_users_name UNIQUE (name),
        CONSTRAINT uq_users_issuer_subject UNIQUE (issuer, subject)
      )`,
    );
    await runner.query(
      `CREATE TABLE members (
        project text NOT NULL,
        user_id uuid NOT NULL,
        roles text[] NOT NULL,
        updated_by text NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_members PRIMARY KEY (project, user_id),
        CONSTRAINT fk_members_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`,
    );
    await runner.query('CREATE INDEX ix_members_user_id ON members (user_id)');
    await runner.query(
      `CREATE TABLE api_keys (
        id text NOT NULL,
        name text NOT NULL,
        hash bytea NOT NULL,
        user_id uuid,
        projects text[] NOT NULL,
        roles text[] NOT NULL,
        speaks_for_others boolean NOT NULL DEFAULT false,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        revoked_by text,
        CONSTRAINT pk_api_keys PRIMARY KEY (id),
        CONSTRAINT fk_api_keys_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`,
    );
    await runner.query('CREATE INDEX ix_api_keys_user_id ON api_keys (user_id)');
    await runner.query('CREATE INDEX ix_api_keys_created_at_id ON api_keys (created_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['api_keys', 'members', 'users', 'projects']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
