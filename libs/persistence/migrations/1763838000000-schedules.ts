import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Workflows that are started by time: what was asked, what was ordered besides, and what came of each tick. */
export class Schedules1763838000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE schedule_ticks, schedule_orders, schedules');
    await runner.query(`ALTER TABLE runs DROP CONSTRAINT ck_runs_trigger,
      ADD CONSTRAINT ck_runs_trigger CHECK (trigger IN ('api', 'rerun', 'workflow')) NOT VALID`);
  }
}

const STATEMENTS = [
  `ALTER TABLE runs DROP CONSTRAINT ck_runs_trigger,
    ADD CONSTRAINT ck_runs_trigger CHECK (trigger IN ('api', 'rerun', 'workflow', 'schedule', 'webhook')) NOT VALID`,
  `CREATE TABLE schedules (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    description text,
    workflow_id uuid NOT NULL,
    version json,
    inputs json NOT NULL,
    timing json NOT NULL,
    overlap text NOT NULL,
    catch_up_ms bigint NOT NULL,
    pause_on_failure boolean NOT NULL,
    paused_by text,
    pause_reason text,
    paused_at timestamptz,
    revision integer NOT NULL DEFAULT 1,
    told_revision integer NOT NULL DEFAULT 0,
    look_at timestamptz DEFAULT now(),
    looks integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    trouble text,
    last_error json,
    skipped integer NOT NULL DEFAULT 0,
    missed integer NOT NULL DEFAULT 0,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT pk_schedules PRIMARY KEY (id),
    CONSTRAINT fk_schedules_workflow_id FOREIGN KEY (workflow_id) REFERENCES workflows (id),
    CONSTRAINT ck_schedules_overlap CHECK (overlap IN ('skip', 'buffer-one', 'buffer-all', 'cancel-other', 'allow-all'))
  )`,
  'CREATE UNIQUE INDEX ix_schedules_name_project ON schedules (project, name) WHERE deleted_at IS NULL',
  'CREATE INDEX ix_schedules_created_at_id_project ON schedules (project, created_at, id)',
  'CREATE INDEX ix_schedules_workflow_id ON schedules (workflow_id) WHERE deleted_at IS NULL',
  'CREATE INDEX ix_schedules_look_at ON schedules (look_at) WHERE look_at IS NOT NULL',
  `CREATE TABLE schedule_orders (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    schedule_id uuid NOT NULL,
    kind text NOT NULL,
    from_at timestamptz NOT NULL,
    to_at timestamptz NOT NULL,
    overlap text,
    ordered_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    CONSTRAINT pk_schedule_orders PRIMARY KEY (id),
    CONSTRAINT fk_schedule_orders_schedule_id FOREIGN KEY (schedule_id) REFERENCES schedules (id) ON DELETE CASCADE,
    CONSTRAINT ck_schedule_orders_kind CHECK (kind IN ('trigger', 'backfill'))
  )`,
  'CREATE INDEX ix_schedule_orders_schedule_id ON schedule_orders (schedule_id)',
  `CREATE TABLE schedule_ticks (
    schedule_id uuid NOT NULL,
    at timestamptz NOT NULL,
    project text NOT NULL DEFAULT 'default',
    workflow_id text NOT NULL,
    run_id uuid,
    cancel_asked boolean NOT NULL DEFAULT false,
    cancel_told boolean NOT NULL DEFAULT false,
    outcome text,
    error json,
    noted_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    looks integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    look_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_schedule_ticks PRIMARY KEY (schedule_id, at),
    CONSTRAINT fk_schedule_ticks_schedule_id FOREIGN KEY (schedule_id) REFERENCES schedules (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX ix_schedule_ticks_look_at ON schedule_ticks (look_at) WHERE closed_at IS NULL',
  'CREATE INDEX ix_schedule_ticks_closed_at_project ON schedule_ticks (project, closed_at)',
];
