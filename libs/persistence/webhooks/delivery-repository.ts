import type { EntityManager } from 'typeorm';
import type { DeliveryOutcome } from '#contracts/webhooks.js';
import type { Json } from '#domain/json.js';
import { jsonOrNull } from '../json-column.js';
import { DeliveryRows, type FullRow, type NewRow, type StoredRow } from './delivery-rows.js';

export type NewDelivery = Omit<NewRow<DeliveryOutcome>, 'source' | 'executionId'> & {
  readonly webhookId: string;
};

export type DeliveryRow = StoredRow<DeliveryOutcome>;

export type FullDeliveryRow = FullRow<DeliveryOutcome>;

/** An event for runs. */
export interface OutgoingEvent {
  readonly name: string;
  readonly data: Json;
  readonly sender: string;
  /** Undefined: all that wait for it now. */
  readonly run: string | undefined;
}

/** What senders brought to webhooks. */
export class DeliveryRepository extends DeliveryRows<DeliveryOutcome> {
  constructor(manager: EntityManager) {
    super(manager, 'webhook_id');
  }

  /** False where the same delivery was noted before; waits for one that is being noted. */
  add({ webhookId, ...delivery }: NewDelivery): Promise<boolean> {
    return this.insert({ ...delivery, source: webhookId, executionId: null });
  }

  /** Living runs that are to get an event. */
  async findTargets(project: string, { name, run }: OutgoingEvent): Promise<string[]> {
    const rows: { id: string }[] = await this.manager.query(
      run === undefined
        ? `SELECT DISTINCT r.id FROM run_steps s JOIN runs r ON r.id = s.run_id AND r.ended_at IS NULL
           WHERE s.project = $1 AND s.waiting = 'event' AND s.event = $2`
        : 'SELECT id FROM runs r WHERE r.project = $1 AND r.id = $2 AND r.ended_at IS NULL',
      [project, run ?? name],
    );
    return rows.map(({ id }) => id);
  }

  /** Call in the transaction of the delivery. */
  async addMessages(
    { id, project }: Pick<NewDelivery, 'id' | 'project'>,
    { name, data, sender }: OutgoingEvent,
    targets: readonly string[],
  ): Promise<void> {
    await this.manager.query(
      `INSERT INTO webhook_messages (delivery_id, project, event, data, sender, target_run)
       SELECT $1, $2, $3, $4::json, $5, unnest($6::uuid[])`,
      [id, project, name, jsonOrNull(data), sender, targets],
    );
  }
}
