import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Values that come from users are `json`, not `jsonb`: what they wrote comes back with its order of keys, and
 * U+0000 or a lone surrogate, which jsonb refuses, cannot make a write fail.
 */
export class CreateStore1763683200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...WORKFLOWS, ...RUNS, ...DELIVERY, ...WORKSPACES])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables =
      'workspaces, workers, audit_log, outbox, step_logs, step_attempts, run_steps, runs, workflow_versions, workflows';
    await runner.query(`DROP TABLE ${tables}`);
    await runner.query('DROP SEQUENCE run_changes');
    await runner.query('DROP FUNCTION refuse_change()');
  }
}

const WORKFLOWS = [
  `CREATE TABLE workflows (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    description text,
    latest_version integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_workflows PRIMARY KEY (id),
    CONSTRAINT uq_workflows_name_project UNIQUE (project, name)
  )`,
  `CREATE TABLE workflow_versions (
    workflow_id uuid NOT NULL,
    version integer NOT NULL,
    project text NOT NULL DEFAULT 'default',
    digest text NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    plan json NOT NULL,
    inputs json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    CONSTRAINT pk_workflow_versions PRIMARY KEY (workflow_id, version),
    CONSTRAINT fk_workflow_versions_workflow_id FOREIGN KEY (workflow_id) REFERENCES workflows (id)
  )`,
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is immutable: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
  END $$`,
  `CREATE TRIGGER workflow_versions_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON workflow_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
];

const RUNS = [
  'CREATE SEQUENCE run_changes',
  `CREATE TABLE runs (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    workflow_id uuid NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    trigger text NOT NULL,
    started_by text NOT NULL,
    inputs json NOT NULL,
    output json,
    error json,
    idempotency_key text,
    request_digest text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    ended_at timestamptz,
    cancel_by text,
    cancel_reason text,
    cancel_at timestamptz,
    settled integer NOT NULL DEFAULT 0,
    total integer NOT NULL,
    sequence integer NOT NULL DEFAULT 0,
    news_at timestamptz,
    checked_at timestamptz,
    CONSTRAINT pk_runs PRIMARY KEY (id),
    CONSTRAINT uq_runs_idempotency_key_project UNIQUE (project, idempotency_key),
    CONSTRAINT fk_runs_version_workflow_id FOREIGN KEY (workflow_id, version)
      REFERENCES workflow_versions (workflow_id, version),
    CONSTRAINT ck_runs_status
      CHECK (status IN ('queued', 'running', 'canceling', 'succeeded', 'failed', 'canceled'))
  )`,
  'CREATE INDEX ix_runs_id_project_status ON runs (project, status, id)',
  'CREATE INDEX ix_runs_id_workflow_id ON runs (workflow_id, id)',
  `CREATE TABLE run_steps (
    run_id uuid NOT NULL,
    key text NOT NULL,
    project text NOT NULL DEFAULT 'default',
    status text NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    output json,
    error json,
    skipped text,
    sequence integer NOT NULL,
    change bigint NOT NULL,
    CONSTRAINT pk_run_steps PRIMARY KEY (run_id, key),
    CONSTRAINT fk_run_steps_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
    CONSTRAINT ck_run_steps_status CHECK (status IN ('running', 'succeeded', 'failed', 'skipped', 'canceled'))
  )`,
  'CREATE INDEX ix_run_steps_change_run_id ON run_steps (run_id, change)',
  `CREATE TABLE step_attempts (
    run_id uuid NOT NULL,
    step text NOT NULL,
    attempt integer NOT NULL,
    project text NOT NULL DEFAULT 'default',
    status text NOT NULL,
    worker text,
    action text,
    rebuild boolean NOT NULL DEFAULT false,
    input json,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    error json,
    change bigint NOT NULL,
    CONSTRAINT pk_step_attempts PRIMARY KEY (run_id, step, attempt),
    CONSTRAINT fk_step_attempts_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
    CONSTRAINT ck_step_attempts_status CHECK (status IN ('running', 'succeeded', 'failed', 'canceled', 'lost'))
  )`,
  'CREATE INDEX ix_step_attempts_change_run_id ON step_attempts (run_id, change)',
  `CREATE TABLE step_logs (
    id bigint GENERATED ALWAYS AS IDENTITY,
    project text NOT NULL DEFAULT 'default',
    run_id uuid NOT NULL,
    step text NOT NULL,
    attempt integer NOT NULL,
    first_line integer NOT NULL,
    lines json NOT NULL,
    CONSTRAINT pk_step_logs PRIMARY KEY (id),
    CONSTRAINT uq_step_logs_attempt_first_line_run_id_step UNIQUE (run_id, step, attempt, first_line),
    CONSTRAINT fk_step_logs_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX ix_step_logs_id_run_id ON step_logs (run_id, id)',
];

const DELIVERY = [
  `CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    project text NOT NULL DEFAULT 'default',
    kind text NOT NULL,
    run_id uuid NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    CONSTRAINT pk_outbox PRIMARY KEY (id),
    CONSTRAINT uq_outbox_kind_run_id UNIQUE (run_id, kind),
    CONSTRAINT fk_outbox_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE,
    CONSTRAINT ck_outbox_kind CHECK (kind IN ('start', 'cancel'))
  )`,
  'CREATE INDEX ix_outbox_next_attempt_at ON outbox (next_attempt_at) WHERE delivered_at IS NULL',
  `CREATE TABLE audit_log (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    action text NOT NULL,
    object_type text NOT NULL,
    object_id text NOT NULL,
    before json,
    after json,
    reason text,
    correlation_id text,
    CONSTRAINT pk_audit_log PRIMARY KEY (id)
  )`,
  'CREATE INDEX ix_audit_log_id_project ON audit_log (project, id)',
  'CREATE INDEX ix_audit_log_object_id_object_type ON audit_log (object_type, object_id)',
];

const WORKSPACES = [
  `CREATE TABLE workers (
    queue text NOT NULL,
    project text NOT NULL DEFAULT 'default',
    identity text NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_workers PRIMARY KEY (queue)
  )`,
  `CREATE TABLE workspaces (
    run_id uuid NOT NULL,
    queue text NOT NULL,
    project text NOT NULL DEFAULT 'default',
    held boolean NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_workspaces PRIMARY KEY (run_id, queue),
    CONSTRAINT fk_workspaces_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  'CREATE UNIQUE INDEX ix_workspaces_run_id ON workspaces (run_id) WHERE held',
  'CREATE INDEX ix_workspaces_queue ON workspaces (queue)',
];
