import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions that were published, and the aliases that name them. */
export class Versions1763784000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...PUBLICATIONS, ...ALIASES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE workflow_alias_moves, workflow_aliases, workflow_publications');
  }
}

const PUBLICATIONS = [
  `CREATE TABLE workflow_publications (
    workflow_id uuid NOT NULL,
    version integer NOT NULL,
    project text NOT NULL DEFAULT 'default',
    semver text NOT NULL,
    precedence text NOT NULL,
    digest text NOT NULL,
    reason text NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_workflow_publications PRIMARY KEY (workflow_id, version),
    CONSTRAINT uq_workflow_publications_precedence_workflow_id UNIQUE (workflow_id, precedence),
    CONSTRAINT fk_workflow_publications_version_workflow_id FOREIGN KEY (workflow_id, version)
      REFERENCES workflow_versions (workflow_id, version)
  )`,
  `CREATE TRIGGER workflow_publications_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON workflow_publications
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
];

const ALIASES = [
  `CREATE TABLE workflow_aliases (
    workflow_id uuid NOT NULL,
    name text NOT NULL,
    project text NOT NULL DEFAULT 'default',
    version integer NOT NULL,
    last_move uuid NOT NULL,
    CONSTRAINT pk_workflow_aliases PRIMARY KEY (workflow_id, name),
    CONSTRAINT fk_workflow_aliases_version_workflow_id FOREIGN KEY (workflow_id, version)
      REFERENCES workflow_publications (workflow_id, version)
  )`,
  `CREATE TABLE workflow_alias_moves (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    workflow_id uuid NOT NULL,
    name text NOT NULL,
    version integer,
    reason text NOT NULL,
    moved_by text NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_workflow_alias_moves PRIMARY KEY (id),
    CONSTRAINT fk_workflow_alias_moves_workflow_id FOREIGN KEY (workflow_id) REFERENCES workflows (id)
  )`,
  'CREATE INDEX ix_workflow_alias_moves_id_name_workflow_id ON workflow_alias_moves (workflow_id, name, id)',
  `CREATE TRIGGER workflow_alias_moves_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON workflow_alias_moves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
];
