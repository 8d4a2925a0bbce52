import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { StoredSecret } from '#persistence/entities/webhook.entity.js';
import {
  IntegrationRepository,
  type IntegrationRow,
} from '#persistence/integrations/integration-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Caller } from '../http/caller.js';
import { DATA_SOURCE } from '../tokens.js';
import type { RotateBody } from '../webhooks/webhook.body.js';
import { WebhookSecrets } from '../webhooks/webhook-secrets.js';
import { integrationNotFound } from './find-integration.js';

const OVERLAP_S = 86_400;

/** Gives integrations the secret by which their platforms prove who sends. */
@Injectable()
export class ChangeHook {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(WebhookSecrets) private readonly secrets: WebhookSecrets,
  ) {}

  /** The secret before stays valid for a while. Throws SluiceError `integration-not-found`, `webhook-secret-needs-key`. */
  async rotate(
    idOrName: string,
    body: RotateBody,
    caller: Caller,
  ): Promise<{ readonly row: IntegrationRow; readonly secret: string | undefined }> {
    return this.dataSource.transaction(async (manager) => {
      const integrations = new IntegrationRepository(manager);
      const before = await integrations.find(caller.project, idOrName, true);
      if (before === undefined) throw integrationNotFound();
      const { stored, secret } = this.secrets.create(before.id, { type: 'github' }, body.secret);
      const until = new Date(Date.now() + (body.overlapS ?? OVERLAP_S) * 1_000);
      await integrations.rotateHook(before.id, stored, until);
      const row = (await integrations.find(caller.project, before.id))!;
      await new AuditRepository(manager).add({
        ...caller,
        action: 'integration.rotate',
        objectType: 'integration',
        objectId: row.id,
        before: { hookOrigin: originOf(before.hookSecret) },
        after: { hookOrigin: originOf(stored), previousUntil: until.toISOString() },
        reason: body.reason,
      });
      return { row, secret };
    });
  }
}

/** Of a secret, whence it is. */
function originOf(stored: StoredSecret | null): string | null {
  if (stored === null) return null;
  return 'reference' in stored ? stored.reference : `made here, key ${stored.sealed.key}`;
}
