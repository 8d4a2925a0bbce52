import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events from outside: where they are brought, what became of them, and those on their way to runs. */
export class Webhooks1763841600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_messages, webhook_deliveries, webhooks');
    await runner.query('ALTER TABLE runs DROP COLUMN webhook_delivery');
  }
}

const STATEMENTS = [
  'ALTER TABLE runs ADD COLUMN webhook_delivery uuid',
  `CREATE TABLE webhooks (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    description text,
    scheme json NOT NULL,
    secret json NOT NULL,
    previous_secret json,
    previous_until timestamptz,
    action json NOT NULL,
    workflow_id uuid,
    filter text,
    delivery_key text,
    status text NOT NULL,
    refused_at timestamptz,
    refused_for text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT pk_webhooks PRIMARY KEY (id),
    CONSTRAINT fk_webhooks_workflow_id FOREIGN KEY (workflow_id) REFERENCES workflows (id),
    CONSTRAINT ck_webhooks_status CHECK (status IN ('active', 'disabled'))
  )`,
  'CREATE UNIQUE INDEX ix_webhooks_name_project ON webhooks (project, name) WHERE deleted_at IS NULL',
  'CREATE INDEX ix_webhooks_created_at_id_project ON webhooks (project, created_at, id)',
  'CREATE INDEX ix_webhooks_workflow_id ON webhooks (workflow_id) WHERE deleted_at IS NULL',
  `CREATE TABLE webhook_deliveries (
    id uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    webhook_id uuid NOT NULL,
    key text,
    content text,
    event json NOT NULL,
    headers json NOT NULL,
    body text NOT NULL,
    outcome text NOT NULL,
    code text,
    message text,
    run_id uuid,
    targets integer,
    replay_of uuid,
    replayed_by text,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
    CONSTRAINT fk_webhook_deliveries_webhook_id FOREIGN KEY (webhook_id) REFERENCES webhooks (id),
    CONSTRAINT ck_webhook_deliveries_outcome CHECK (outcome IN ('started', 'sent', 'filtered', 'refused'))
  )`,
  'CREATE UNIQUE INDEX ix_webhook_deliveries_key_webhook_id ON webhook_deliveries (webhook_id, key)',
  'CREATE UNIQUE INDEX ix_webhook_deliveries_content_webhook_id ON webhook_deliveries (webhook_id, content)',
  'CREATE INDEX ix_webhook_deliveries_id_webhook_id ON webhook_deliveries (webhook_id, id)',
  'CREATE INDEX ix_webhook_deliveries_id_project_received_at ON webhook_deliveries (project, received_at, id)',
  `CREATE TABLE webhook_messages (
    delivery_id uuid NOT NULL,
    target_run uuid NOT NULL,
    project text NOT NULL DEFAULT 'default',
    event text NOT NULL,
    data json,
    sender text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    set_aside_at timestamptz,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    CONSTRAINT pk_webhook_messages PRIMARY KEY (delivery_id, target_run),
    CONSTRAINT fk_webhook_messages_delivery_id FOREIGN KEY (delivery_id) REFERENCES webhook_deliveries (id)
      ON DELETE CASCADE,
    CONSTRAINT fk_webhook_messages_target_run FOREIGN KEY (target_run) REFERENCES runs (id) ON DELETE CASCADE
  )`,
  'CREATE INDEX ix_webhook_messages_target_run ON webhook_messages (target_run)',
  `CREATE INDEX ix_webhook_messages_next_attempt_at ON webhook_messages (next_attempt_at)
    WHERE delivered_at IS NULL`,
];
