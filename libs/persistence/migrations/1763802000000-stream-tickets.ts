import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tickets by which pages open the streams of runs. */
export class StreamTickets1763802000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stream_tickets');
  }
}

const UP = [
  `CREATE TABLE stream_tickets (
    digest text NOT NULL,
    run_id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    actor text NOT NULL,
    roles json NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_stream_tickets PRIMARY KEY (digest),
    CONSTRAINT fk_stream_tickets_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX ix_stream_tickets_run_id ON stream_tickets (run_id)',
  'CREATE INDEX ix_stream_tickets_expires_at ON stream_tickets (expires_at)',
];
