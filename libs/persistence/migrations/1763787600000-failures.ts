import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Statistics of failures ask for failed attempts of a time: few among many. */
export class Failures1763787600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX ix_step_attempts_failed ON step_attempts (project, ended_at) WHERE status = 'failed'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_step_attempts_failed');
  }
}
