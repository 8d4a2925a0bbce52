import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Workflows that were deleted stay for their runs. */
export class DeletedWorkflows1763816400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE workflows ADD COLUMN deleted_at timestamptz, ADD COLUMN former_name text',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE workflows DROP COLUMN deleted_at, DROP COLUMN former_name');
  }
}
