import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people and programs do to living runs, what runs publish, and runs that take over from earlier ones. */
export class RunOperations1763769600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...RUNS, ...STEPS, ...EVENTS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE event_deliveries, run_checkpoints, run_events');
    await runner.query('DROP INDEX ix_run_steps_event_project_waiting');
    await runner.query(
      'ALTER TABLE run_steps DROP COLUMN waiting, DROP COLUMN approval, DROP COLUMN event, DROP COLUMN reused',
    );
    await runner.query(
      `ALTER TABLE runs DROP CONSTRAINT ck_runs_trigger, DROP CONSTRAINT ck_runs_status,
       DROP COLUMN rerun_of, DROP COLUMN rerun_from, DROP COLUMN parent_run, DROP COLUMN parent_step, DROP COLUMN seed`,
    );
    await runner.query(
      `ALTER TABLE runs ADD CONSTRAINT ck_runs_status
       CHECK (status IN ('queued', 'running', 'canceling', 'succeeded', 'failed', 'canceled')) NOT VALID`,
    );
  }
}

const RUNS = [
  `ALTER TABLE runs DROP CONSTRAINT ck_runs_status,
    ADD COLUMN rerun_of uuid,
    ADD COLUMN rerun_from text,
    ADD COLUMN parent_run uuid,
    ADD COLUMN parent_step text,
    ADD COLUMN seed json,
    ADD CONSTRAINT ck_runs_status CHECK (status IN ('queued', 'running', 'paused', 'canceling', 'rolling-back',
      'succeeded', 'rejected', 'failed', 'canceled')),
    ADD CONSTRAINT ck_runs_trigger CHECK (trigger IN ('api', 'rerun', 'workflow'))`,
];

const STEPS = [
  `ALTER TABLE run_steps
    ADD COLUMN waiting text,
    ADD COLUMN approval json,
    ADD COLUMN event text,
    ADD COLUMN reused boolean NOT NULL DEFAULT false`,
  `CREATE INDEX ix_run_steps_event_project_waiting ON run_steps (project, waiting, event)
    WHERE waiting IS NOT NULL`,
];

const EVENTS = [
  `CREATE TABLE run_events (
    run_id uuid NOT NULL,
    sequence integer NOT NULL,
    project text NOT NULL DEFAULT 'default',
    at timestamptz NOT NULL,
    type text NOT NULL,
    step text,
    by text,
    reason text,
    name text,
    data json,
    CONSTRAINT pk_run_events PRIMARY KEY (run_id, sequence),
    CONSTRAINT fk_run_events_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE run_checkpoints (
    run_id uuid NOT NULL,
    name text NOT NULL,
    project text NOT NULL DEFAULT 'default',
    sequence integer NOT NULL,
    at timestamptz NOT NULL,
    by text,
    reason text,
    settled integer NOT NULL,
    steps json NOT NULL,
    CONSTRAINT pk_run_checkpoints PRIMARY KEY (run_id, name),
    CONSTRAINT fk_run_checkpoints_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE event_deliveries (
    source_run uuid NOT NULL,
    sequence integer NOT NULL,
    target_run uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    CONSTRAINT pk_event_deliveries PRIMARY KEY (source_run, sequence, target_run),
    CONSTRAINT fk_event_deliveries_sequence_source_run FOREIGN KEY (source_run, sequence)
      REFERENCES run_events (run_id, sequence) ON DELETE CASCADE,
    CONSTRAINT fk_event_deliveries_target_run FOREIGN KEY (target_run) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX ix_event_deliveries_next_attempt_at ON event_deliveries (next_attempt_at) WHERE delivered_at IS NULL',
];
