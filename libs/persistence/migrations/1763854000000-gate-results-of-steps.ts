import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which attempt of a step a gate told what it says, so that the next one finds it should the first be lost. */
export class GateResultsOfSteps1763854000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gate_results ADD attempt integer');
    await runner.query(
      'CREATE INDEX ix_gate_results_run_id_step ON gate_results (run_id, step) WHERE run_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ix_gate_results_run_id_step');
    await runner.query('ALTER TABLE gate_results DROP attempt');
  }
}
