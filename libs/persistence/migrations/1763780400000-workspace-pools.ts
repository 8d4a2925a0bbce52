import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A run has one workspace in each worker pool that its steps name. */
export class WorkspacePools1763780400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE workspaces ADD COLUMN pool text NOT NULL DEFAULT ''`);
    await runner.query('DROP INDEX ix_workspaces_run_id');
    await runner.query(
      'CREATE UNIQUE INDEX ix_workspaces_pool_run_id ON workspaces (run_id, pool) WHERE held',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM workspaces WHERE pool <> ''`);
    await runner.query('DROP INDEX ix_workspaces_pool_run_id');
    await runner.query('CREATE UNIQUE INDEX ix_workspaces_run_id ON workspaces (run_id) WHERE held');
    await runner.query('ALTER TABLE workspaces DROP COLUMN pool');
  }
}
