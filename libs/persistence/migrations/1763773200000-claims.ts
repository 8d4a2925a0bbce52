import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What runs share: pools, what steps hold of them and of locks, concurrency groups, freezes. */
export class Claims1763773200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...CLAIMS, ...RUNS, ...FREEZES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE freezes, claims, resource_pools');
    await runner.query('DROP INDEX ix_runs_concurrency_group_group_turn_project');
    await runner.query(
      'ALTER TABLE runs DROP COLUMN concurrency_group, DROP COLUMN group_turn, DROP COLUMN ignores_freezes',
    );
    await runner.query('DROP SEQUENCE group_turns');
  }
}

const CLAIMS = [
  `CREATE TABLE resource_pools (
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    capacity json NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    CONSTRAINT pk_resource_pools PRIMARY KEY (project, name)
  )`,
  `CREATE TABLE claims (
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    run_id uuid NOT NULL,
    step text NOT NULL,
    project text NOT NULL DEFAULT 'default',
    locks text[] NOT NULL,
    pool text,
    amounts json,
    priority smallint NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    granted_at timestamptz,
    CONSTRAINT pk_claims PRIMARY KEY (sequence),
    CONSTRAINT uq_claims_run_id_step UNIQUE (run_id, step),
    CONSTRAINT fk_claims_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX ix_claims_priority_project_sequence ON claims (project, priority, sequence)',
];

const RUNS = [
  'CREATE SEQUENCE group_turns',
  `ALTER TABLE runs
    ADD COLUMN concurrency_group text,
    ADD COLUMN group_turn bigint,
    ADD COLUMN ignores_freezes boolean NOT NULL DEFAULT false`,
  `CREATE INDEX ix_runs_concurrency_group_group_turn_project ON runs (project, concurrency_group, group_turn)
    WHERE concurrency_group IS NOT NULL AND ended_at IS NULL`,
];

const FREEZES = [
  `CREATE TABLE freezes (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text,
    workflows text[],
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_freezes PRIMARY KEY (id)
  )`,
  'CREATE INDEX ix_freezes_ends_at_project ON freezes (project, ends_at)',
];
