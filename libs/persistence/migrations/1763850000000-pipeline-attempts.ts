import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which attempt of a step noted the start of a pipeline, and which one failed by its end: a lost attempt may not have told. */
export class PipelineAttempts1763850000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE pipeline_executions ADD COLUMN noted_attempt integer, ADD COLUMN concluded_attempt integer',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE pipeline_executions DROP COLUMN noted_attempt, DROP COLUMN concluded_attempt',
    );
  }
}
