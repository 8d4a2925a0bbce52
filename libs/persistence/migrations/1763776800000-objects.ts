import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Values too large for a history. Their bytes lie in parts, so that none needs memory for the whole. */
export class Objects1763776800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE object_parts, objects');
  }
}

const STATEMENTS = [
  `CREATE TABLE objects (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    run_id uuid NOT NULL,
    step text NOT NULL,
    size integer NOT NULL,
    digest text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_objects PRIMARY KEY (id),
    CONSTRAINT uq_objects_digest_run_id UNIQUE (run_id, digest),
    CONSTRAINT fk_objects_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE object_parts (
    object_id uuid NOT NULL,
    part integer NOT NULL,
    project text NOT NULL DEFAULT 'default',
    bytes bytea NOT NULL,
    CONSTRAINT pk_object_parts PRIMARY KEY (object_id, part),
    CONSTRAINT fk_object_parts_object_id FOREIGN KEY (object_id) REFERENCES objects (id) ON DELETE CASCADE
  )`,
  // They are compressed already.
  'ALTER TABLE object_parts ALTER COLUMN bytes SET STORAGE EXTERNAL',
];
