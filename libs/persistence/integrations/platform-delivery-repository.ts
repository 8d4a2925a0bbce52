import type { EntityManager } from 'typeorm';
import type { PlatformDeliveryOutcome } from '#contracts/webhooks.js';
import { DeliveryRows, type FullRow, type NewRow, type StoredRow } from '../webhooks/delivery-rows.js';

export type NewPlatformDelivery = Omit<
  NewRow<PlatformDeliveryOutcome>,
  'source' | 'code' | 'message' | 'runId' | 'targets'
> & { readonly integrationId: string };

export type PlatformDeliveryRow = StoredRow<PlatformDeliveryOutcome>;

export type FullPlatformDeliveryRow = FullRow<PlatformDeliveryOutcome>;

/** What platforms brought to integrations. */
export class PlatformDeliveryRepository extends DeliveryRows<PlatformDeliveryOutcome> {
  constructor(manager: EntityManager) {
    super(manager, 'integration_id');
  }

  /** False where the same delivery was noted before; waits for one that is being noted. */
  add({ integrationId, ...delivery }: NewPlatformDelivery): Promise<boolean> {
    return this.insert({
      ...delivery,
      source: integrationId,
      code: null,
      message: null,
      runId: null,
      targets: null,
    });
  }
}
