import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which attempt of a step a gate told what it says, so that the next one finds it should the first be lost. */
export class GateResultsOfSteps1763854000000 implements MigrationInterface {
  // The index is built while others write, which no transaction can.
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gate_results ADD COLUMN IF NOT EXISTS attempt integer');
    // One that was begun and not finished stands there, of no use.
    await runner.query('DROP INDEX IF EXISTS ix_gate_results_run_id_step');
    await runner.query(
      'CREATE INDEX CONCURRENTLY ix_gate_results_run_id_step ON gate_results (run_id, step) WHERE run_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX IF EXISTS ix_gate_results_run_id_step');
    await runner.query('ALTER TABLE gate_results DROP COLUMN IF EXISTS attempt');
  }
}
