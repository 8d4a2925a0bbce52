import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Templates that people save, by name. */
export class Templates1763791200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE templates (
        id uuid NOT NULL,
        project text NOT NULL DEFAULT 'default',
        name text NOT NULL,
        description text,
        tags json NOT NULL,
        source text NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_templates PRIMARY KEY (id),
        CONSTRAINT uq_templates_name_project UNIQUE (project, name)
      )`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE templates');
  }
}
