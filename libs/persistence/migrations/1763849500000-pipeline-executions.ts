import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Executions of pipelines on all platforms, and their jobs. */
export class PipelineExecutions1763849500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pipeline_jobs, pipeline_executions');
  }
}

const STATEMENTS = [
  `CREATE TABLE pipeline_executions (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    integration_id uuid NOT NULL,
    platform text NOT NULL,
    platform_project text NOT NULL,
    pipeline text NOT NULL,
    external_id text,
    attempt integer NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'queued',
    native text NOT NULL DEFAULT '',
    title text NOT NULL DEFAULT '',
    url text NOT NULL DEFAULT '',
    ref text,
    commit_id text,
    trigger text,
    actor text,
    queued_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    run_id uuid,
    step text,
    generation integer NOT NULL DEFAULT 1,
    first_sent_at timestamptz,
    sent_at timestamptz,
    concluded_at timestamptz,
    told_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_pipeline_executions PRIMARY KEY (id),
    CONSTRAINT ck_pipeline_executions_state CHECK
      (state IN ('queued', 'running', 'blocked', 'succeeded', 'unstable', 'failed', 'canceled', 'skipped'))
  )`,
  `CREATE UNIQUE INDEX ix_pipeline_executions_external
     ON pipeline_executions (integration_id, platform_project, external_id) WHERE external_id IS NOT NULL`,
  `CREATE UNIQUE INDEX ix_pipeline_executions_generation_run_id_step
     ON pipeline_executions (run_id, step, generation) WHERE run_id IS NOT NULL`,
  'CREATE INDEX ix_pipeline_executions_id_project ON pipeline_executions (project, id)',
  'CREATE INDEX ix_pipeline_executions_id_integration_id ON pipeline_executions (integration_id, id)',
  `CREATE TABLE pipeline_jobs (
    execution_id uuid NOT NULL,
    execution_attempt integer NOT NULL,
    external_id text NOT NULL,
    position integer NOT NULL,
    attempt integer NOT NULL,
    name text NOT NULL,
    stage text,
    state text NOT NULL,
    native text NOT NULL,
    url text,
    runner text,
    may_fail boolean NOT NULL,
    queued_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    steps json,
    CONSTRAINT pk_pipeline_jobs PRIMARY KEY (execution_id, execution_attempt, external_id),
    CONSTRAINT fk_pipeline_jobs_execution_id FOREIGN KEY (execution_id) REFERENCES pipeline_executions (id) ON DELETE CASCADE
  )`,
];
