import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Failures in the order in which they are listed, so that an index alone tells where a page of them ends. */
export class FailureOrder1763848000000 implements MigrationInterface {
  // It is built while others write, which no transaction can.
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // One that was begun and not finished stands there, of no use.
    await runner.query('DROP INDEX IF EXISTS ix_step_attempts_failures');
    await runner.query(
      `CREATE INDEX CONCURRENTLY ix_step_attempts_failures
       ON step_attempts (project, ended_at, run_id, step, attempt) WHERE status = 'failed'`,
    );
    await runner.query('DROP INDEX IF EXISTS ix_step_attempts_failed');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX IF NOT EXISTS ix_step_attempts_failed ON step_attempts (project, ended_at) WHERE status = 'failed'`,
    );
    await runner.query('DROP INDEX ix_step_attempts_failures');
  }
}
