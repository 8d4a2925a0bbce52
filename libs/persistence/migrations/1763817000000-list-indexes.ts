import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An index for each way in which a list is asked for. */
export class ListIndexes1763817000000 implements MigrationInterface {
  // They are built while others write, which no transaction can.
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of INDEXES) {
      // One that was begun and not finished stands there, of no use.
      await runner.query(`DROP INDEX IF EXISTS ${name}`);
      await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${definition}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of INDEXES) await runner.query(`DROP INDEX ${name}`);
  }
}

const INDEXES = [
  ['ix_runs_id_project', 'runs (project, id)'],
  ['ix_runs_id_project_started_by', 'runs (project, started_by, id)'],
  ['ix_runs_id_status_workflow_id', 'runs (workflow_id, status, id)'],
  ['ix_runs_triggered', `runs (project, trigger, id) WHERE trigger <> 'api'`],
  ['ix_runs_ended', 'runs (project, ended_at, id) WHERE ended_at IS NOT NULL'],
  ['ix_runs_ended_of_workflow', 'runs (workflow_id, ended_at) WHERE ended_at IS NOT NULL'],
  ['ix_runs_living', 'runs (checked_at) WHERE ended_at IS NULL'],
  ['ix_run_steps_approvals', `run_steps (project, started_at, run_id, key) WHERE waiting = 'approval'`],
  ['ix_workflows_created_at_id_project', 'workflows (project, created_at, id)'],
  ['ix_workflows_id_project_updated_at', 'workflows (project, updated_at, id)'],
  ['ix_freezes_project_starts_at', 'freezes (project, starts_at)'],
  ['ix_freezes_id_project', 'freezes (project, id)'],
] as const;
