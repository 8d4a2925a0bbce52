import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages that nobody takes are set aside, a backlog is read in its order, and a run says what is wrong with it. */
export class Deliveries1763805600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['outbox', 'event_deliveries']) {
      await runner.query(
        `ALTER TABLE ${table} ADD COLUMN failures integer NOT NULL DEFAULT 0, ADD COLUMN set_aside_at timestamptz`,
      );
    }
    await runner.query('CREATE INDEX ix_outbox_id ON outbox (id) WHERE delivered_at IS NULL');
    await runner.query('DROP INDEX ix_outbox_next_attempt_at');
    await runner.query('ALTER TABLE runs ADD COLUMN trouble json, ADD COLUMN final_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE runs DROP COLUMN final_at, DROP COLUMN trouble');
    await runner.query(
      'CREATE INDEX ix_outbox_next_attempt_at ON outbox (next_attempt_at) WHERE delivered_at IS NULL',
    );
    await runner.query('DROP INDEX ix_outbox_id');
    for (const table of ['event_deliveries', 'outbox']) {
      await runner.query(`ALTER TABLE ${table} DROP COLUMN set_aside_at, DROP COLUMN failures`);
    }
  }
}
