import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the audit log is asked for, and what removing a run looks for. */
export class KeptIndexes1763830000000 implements MigrationInterface {
  // They are built while others write, which no transaction can.
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of INDEXES) {
      // One that was begun and not finished stands there, of no use.
      await runner.query(`DROP INDEX IF EXISTS ${name}`);
      await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${definition}`);
    }
    await runner.query('ALTER TABLE audit_log DROP CONSTRAINT IF EXISTS uq_audit_log_project_sequence');
    await runner.query('DROP INDEX IF EXISTS uq_audit_log_project_sequence');
    await runner.query(
      'CREATE UNIQUE INDEX CONCURRENTLY uq_audit_log_project_sequence ON audit_log (project, sequence)',
    );
    await runner.query(
      `ALTER TABLE audit_log ADD CONSTRAINT uq_audit_log_project_sequence
       UNIQUE USING INDEX uq_audit_log_project_sequence`,
    );
    for (const [name] of FORMER) await runner.query(`DROP INDEX IF EXISTS ${name}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of FORMER)
      await runner.query(`CREATE INDEX IF NOT EXISTS ${name} ON ${definition}`);
    await runner.query('ALTER TABLE audit_log DROP CONSTRAINT uq_audit_log_project_sequence');
    for (const [name] of INDEXES) await runner.query(`DROP INDEX ${name}`);
  }
}

const INDEXES = [
  ['ix_audit_log_at_id_project', 'audit_log (project, at, id)'],
  ['ix_audit_log_actor_at_id_project', 'audit_log (project, actor, at, id)'],
  ['ix_audit_log_action_at_id_project', 'audit_log (project, action, at, id)'],
  ['ix_audit_log_at_id_object_id_object_type_project', 'audit_log (project, object_type, object_id, at, id)'],
  ['ix_audit_log_correlation_id_project', 'audit_log (project, correlation_id)'],
  ['ix_audit_log_unsealed', 'audit_log (project, at, id) WHERE sequence IS NULL'],
  ['ix_event_deliveries_target_run', 'event_deliveries (target_run)'],
  ['ix_runs_rerun_of', 'runs (rerun_of) WHERE rerun_of IS NOT NULL'],
  ['ix_runs_parent_run', 'runs (parent_run) WHERE parent_run IS NOT NULL'],
] as const;

/** In whose place they come. */
const FORMER = [
  ['ix_audit_log_id_project', 'audit_log (project, id)'],
  ['ix_audit_log_object_id_object_type', 'audit_log (object_type, object_id)'],
] as const;
