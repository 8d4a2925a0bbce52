import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log becomes a chain, and immutable; what is immutable lets names be erased, and nothing else. */
export class AuditChain1763823600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...COLUMNS, ...CHAINS, ...GUARDS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER audit_log_guarded ON audit_log');
    await runner.query('DROP TRIGGER audit_log_kept ON audit_log');
    await runner.query('DROP FUNCTION guard_audit_log()');
    await runner.query(REFUSE_ALL);
    await runner.query('DROP TABLE audit_chains');
    await runner.query(
      `ALTER TABLE audit_log DROP COLUMN sequence, DROP COLUMN previous, DROP COLUMN hash, DROP COLUMN salts,
       DROP COLUMN erased`,
    );
  }
}

const COLUMNS = [
  `ALTER TABLE audit_log
    ADD COLUMN sequence bigint,
    ADD COLUMN previous bytea,
    ADD COLUMN hash bytea,
    ADD COLUMN salts bytea,
    ADD COLUMN erased json`,
];

const CHAINS = [
  `CREATE TABLE audit_chains (
    project text NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now(),
    archived_sequence bigint NOT NULL DEFAULT 0,
    archived_hash bytea,
    archived_erasures json,
    CONSTRAINT pk_audit_chains PRIMARY KEY (project)
  )`,
];

/** What an erasure may do, it says for its own transaction. */
const REFUSE_CHANGE = `
  CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('sluice.erases_names', true) = 'on' THEN RETURN NULL; END IF;
    RAISE EXCEPTION '% is immutable: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
  END $$`;

const REFUSE_ALL = `
  CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is immutable: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
  END $$`;

/** An entry changes once, when it gets its place in the chain; what else may be done says so for its own transaction. */
const GUARDS = [
  REFUSE_CHANGE,
  `CREATE FUNCTION guard_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF current_setting('sluice.amends_audit_log', true) = 'on' THEN
      RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.sequence IS NULL AND NEW.sequence IS NOT NULL AND NEW.erased IS NULL
      AND (NEW.id, NEW.project, NEW.at, NEW.actor, NEW.action, NEW.object_type, NEW.object_id, NEW.before::text,
           NEW.after::text, NEW.reason, NEW.correlation_id)
        IS NOT DISTINCT FROM
          (OLD.id, OLD.project, OLD.at, OLD.actor, OLD.action, OLD.object_type, OLD.object_id, OLD.before::text,
           OLD.after::text, OLD.reason, OLD.correlation_id)
    THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_log is immutable: % refused', TG_OP USING ERRCODE = 'restrict_violation';
  END $$`,
  `CREATE TRIGGER audit_log_guarded BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION guard_audit_log()`,
  `CREATE TRIGGER audit_log_kept BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
];
