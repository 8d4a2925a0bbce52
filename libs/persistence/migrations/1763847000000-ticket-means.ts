import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By what whoever was given a ticket got in: a stream lasts no longer than that. */
export class TicketMeans1763847000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE stream_tickets ADD COLUMN means json');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE stream_tickets DROP COLUMN means');
  }
}
