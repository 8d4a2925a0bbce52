import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Gates with their versions, what they said of changes, and for how long a gate's failure holds nobody up. */
export class Gates1763852000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gate_bypasses, gate_results, gate_versions, gates');
  }
}

const STATEMENTS = [
  `CREATE TABLE gates (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    latest_version integer NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT pk_gates PRIMARY KEY (id)
  )`,
  'CREATE UNIQUE INDEX ix_gates_name_project ON gates (project, name) WHERE deleted_at IS NULL',
  'CREATE INDEX ix_gates_created_at_id_project ON gates (project, created_at, id)',
  `CREATE TABLE gate_versions (
    gate_id uuid NOT NULL,
    version integer NOT NULL,
    project text NOT NULL DEFAULT 'default',
    digest text NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    type text,
    rules text NOT NULL,
    criteria integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    CONSTRAINT pk_gate_versions PRIMARY KEY (gate_id, version),
    CONSTRAINT fk_gate_versions_gate_id FOREIGN KEY (gate_id) REFERENCES gates (id)
  )`,
  `CREATE TRIGGER gate_versions_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON gate_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
  `CREATE TABLE gate_results (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    gate_id uuid NOT NULL,
    version integer NOT NULL,
    given_digest text NOT NULL,
    digest text NOT NULL,
    outcome text NOT NULL,
    score double precision NOT NULL,
    text text NOT NULL,
    result json NOT NULL,
    measured json NOT NULL,
    commit_id text,
    run_id uuid,
    step text,
    labels json NOT NULL,
    bypass_id uuid,
    afterwards text,
    noted_by text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_gate_results PRIMARY KEY (id),
    CONSTRAINT fk_gate_results_gate_id_version FOREIGN KEY (gate_id, version)
      REFERENCES gate_versions (gate_id, version),
    CONSTRAINT ck_gate_results_outcome CHECK (outcome IN ('pass', 'warn', 'fail', 'inconclusive')),
    CONSTRAINT ck_gate_results_afterwards CHECK (afterwards IN ('good', 'bad'))
  )`,
  'CREATE UNIQUE INDEX ix_gate_results_digest_gate_id ON gate_results (gate_id, digest)',
  'CREATE INDEX ix_gate_results_gate_id_id ON gate_results (gate_id, id)',
  'CREATE INDEX ix_gate_results_created_at_project ON gate_results (project, created_at)',
  `CREATE TABLE gate_bypasses (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    gate_id uuid NOT NULL,
    reason text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    CONSTRAINT pk_gate_bypasses PRIMARY KEY (id),
    CONSTRAINT fk_gate_bypasses_gate_id FOREIGN KEY (gate_id) REFERENCES gates (id)
  )`,
  'CREATE INDEX ix_gate_bypasses_gate_id_id ON gate_bypasses (gate_id, id)',
];
