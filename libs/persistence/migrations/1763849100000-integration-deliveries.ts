import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What platforms bring to integrations is noted where events of webhooks are. */
export class IntegrationDeliveries1763849100000 implements MigrationInterface {
  // Indexes are built while others write, which no transaction can.
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE webhook_deliveries
      ALTER COLUMN webhook_id DROP NOT NULL,
      ADD COLUMN IF NOT EXISTS integration_id uuid,
      ADD COLUMN IF NOT EXISTS execution_id uuid,
      DROP CONSTRAINT IF EXISTS ck_webhook_deliveries_outcome,
      ADD CONSTRAINT ck_webhook_deliveries_outcome
        CHECK (outcome IN ('started', 'sent', 'filtered', 'refused', 'observed', 'hinted')) NOT VALID,
      DROP CONSTRAINT IF EXISTS fk_webhook_deliveries_integration_id,
      ADD CONSTRAINT fk_webhook_deliveries_integration_id
        FOREIGN KEY (integration_id) REFERENCES integrations (id) NOT VALID`);
    for (const [name, definition] of INDEXES) {
      // One that was begun and not finished stands there, of no use.
      await runner.query(`DROP INDEX IF EXISTS ${name}`);
      await runner.query(`CREATE ${definition.replace('INDEX', `INDEX CONCURRENTLY ${name}`)}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM webhook_deliveries WHERE webhook_id IS NULL');
    await runner.query(`ALTER TABLE webhook_deliveries
      ALTER COLUMN webhook_id SET NOT NULL,
      DROP COLUMN integration_id,
      DROP COLUMN execution_id,
      DROP CONSTRAINT ck_webhook_deliveries_outcome,
      ADD CONSTRAINT ck_webhook_deliveries_outcome
        CHECK (outcome IN ('started', 'sent', 'filtered', 'refused'))`);
  }
}

const INDEXES = [
  ['ix_webhook_deliveries_integration_id_key', 'UNIQUE INDEX ON webhook_deliveries (integration_id, key)'],
  [
    'ix_webhook_deliveries_content_integration_id',
    'UNIQUE INDEX ON webhook_deliveries (integration_id, content)',
  ],
  ['ix_webhook_deliveries_id_integration_id', 'INDEX ON webhook_deliveries (integration_id, id)'],
] as const;
