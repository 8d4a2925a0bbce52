import type { MigrationInterface, QueryRunner } from 'typeorm';

/** External executors, and what is under way at them. */
export class Agents1763834400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE agent_invocations, agents');
  }
}

const STATEMENTS = [
  `CREATE TABLE agents (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    url text NOT NULL,
    health_url text,
    description text,
    auth json NOT NULL,
    timeout_ms integer NOT NULL,
    retry json NOT NULL,
    status text NOT NULL,
    health json,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT pk_agents PRIMARY KEY (id),
    CONSTRAINT ck_agents_status CHECK (status IN ('active', 'disabled'))
  )`,
  'CREATE UNIQUE INDEX ix_agents_name_project ON agents (project, name) WHERE deleted_at IS NULL',
  'CREATE INDEX ix_agents_created_at_id_project ON agents (project, created_at, id)',
  `CREATE TABLE agent_invocations (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    agent text NOT NULL,
    run_id uuid NOT NULL,
    step text NOT NULL,
    attempt integer NOT NULL,
    state text NOT NULL,
    task_token bytea NOT NULL,
    key bytea NOT NULL,
    answer json,
    answer_digest text,
    created_at timestamptz NOT NULL DEFAULT now(),
    accepted_at timestamptz,
    answered_at timestamptz,
    closed_at timestamptz,
    next_look_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_agent_invocations PRIMARY KEY (id),
    CONSTRAINT fk_agent_invocations_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
    CONSTRAINT ck_agent_invocations_state CHECK (state IN ('sending', 'accepted', 'answered', 'closed'))
  )`,
  `CREATE UNIQUE INDEX ix_agent_invocations_run_id_step ON agent_invocations (run_id, step) WHERE state <> 'closed'`,
  `CREATE INDEX ix_agent_invocations_next_look_at ON agent_invocations (next_look_at) WHERE state <> 'closed'`,
];
