import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Risks of changes as they were assessed and assessed again, environments, what became of changes, models of projects. */
export class Risk1763853000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE risk_models, risk_outcomes, risk_environments, risk_steps, risk_assessment_versions, risk_assessments`,
    );
  }
}

const STATEMENTS = [
  `CREATE TABLE risk_assessments (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    commit_id text NOT NULL,
    run_id uuid,
    step text,
    attempt integer,
    environment text NOT NULL,
    given json NOT NULL,
    factors json NOT NULL,
    history json,
    version integer NOT NULL DEFAULT 1,
    told_version integer NOT NULL DEFAULT 1,
    level text NOT NULL,
    open boolean NOT NULL,
    open_until timestamptz,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_risk_assessments PRIMARY KEY (id),
    CONSTRAINT ck_risk_assessments_level CHECK (level IN ('low', 'medium', 'high'))
  )`,
  'CREATE UNIQUE INDEX ix_risk_assessments_run ON risk_assessments (run_id, step, attempt) WHERE run_id IS NOT NULL',
  'CREATE INDEX ix_risk_assessments_id_project ON risk_assessments (project, id)',
  'CREATE INDEX ix_risk_assessments_commit ON risk_assessments (project, commit_id, id)',
  'CREATE INDEX ix_risk_assessments_open ON risk_assessments (project, id) WHERE open',
  'CREATE INDEX ix_risk_assessments_over ON risk_assessments (project, updated_at) WHERE NOT open',
  `CREATE TABLE risk_assessment_versions (
    assessment_id uuid NOT NULL,
    version integer NOT NULL,
    project text NOT NULL DEFAULT 'default',
    reason text,
    environment json NOT NULL,
    result json NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_risk_assessment_versions PRIMARY KEY (assessment_id, version),
    CONSTRAINT fk_risk_assessment_versions_assessment_id FOREIGN KEY (assessment_id)
      REFERENCES risk_assessments (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE risk_steps (
    run_id uuid NOT NULL,
    step text NOT NULL,
    project text NOT NULL DEFAULT 'default',
    CONSTRAINT pk_risk_steps PRIMARY KEY (run_id, step),
    CONSTRAINT fk_risk_steps_run_id FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE risk_environments (
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    state json NOT NULL,
    workflows text array,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_risk_environments PRIMARY KEY (project, name)
  )`,
  `CREATE TABLE risk_outcomes (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    commit_id text NOT NULL,
    outcome text NOT NULL,
    at timestamptz NOT NULL,
    factors json NOT NULL,
    reason text,
    noted_by text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_risk_outcomes PRIMARY KEY (id),
    CONSTRAINT ck_risk_outcomes_outcome CHECK (outcome IN ('good', 'bad'))
  )`,
  'CREATE UNIQUE INDEX ix_risk_outcomes_commit ON risk_outcomes (project, commit_id)',
  'CREATE INDEX ix_risk_outcomes_id_project ON risk_outcomes (project, id)',
  'CREATE INDEX ix_risk_outcomes_noted_at_project ON risk_outcomes (project, noted_at)',
  `CREATE TABLE risk_models (
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    digest text NOT NULL,
    trained_on json NOT NULL,
    content text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_risk_models PRIMARY KEY (project)
  )`,
];
