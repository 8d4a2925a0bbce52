import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long projects keep what is over, and what was done about it. */
export class Retention1763827200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE retention_policies, retention_passes');
  }
}

const TABLES = [
  `CREATE TABLE retention_policies (
    project text NOT NULL,
    kind text NOT NULL,
    days integer NOT NULL,
    archive boolean NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_retention_policies PRIMARY KEY (project, kind)
  )`,
  `CREATE TABLE retention_passes (
    id uuid NOT NULL,
    project text NOT NULL,
    trigger text NOT NULL,
    status text NOT NULL,
    started_by text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    results json NOT NULL,
    error text,
    CONSTRAINT pk_retention_passes PRIMARY KEY (id),
    CONSTRAINT ck_retention_passes_status CHECK (status IN ('running', 'succeeded', 'failed', 'interrupted'))
  )`,
  'CREATE INDEX ix_retention_passes_id_project ON retention_passes (project, id)',
];
