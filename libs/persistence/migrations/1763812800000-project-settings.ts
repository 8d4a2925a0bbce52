import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a project says of itself. */
export class ProjectSettings1763812800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE projects ADD COLUMN settings json NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE projects DROP COLUMN settings');
  }
}
