import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where runs come from, for log lines and traces; and how many of them live, for those who watch. */
export class RunOrigins1763798400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE runs ADD COLUMN correlation_id text, ADD COLUMN traceparent text');
    await runner.query('CREATE INDEX ix_runs_live ON runs (status) WHERE ended_at IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_runs_live');
    await runner.query('ALTER TABLE runs DROP COLUMN correlation_id, DROP COLUMN traceparent');
  }
}
