import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { WebhookRepository, type WebhookRow } from '#persistence/webhooks/webhook-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

@Injectable()
export class FindWebhook {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** By id or name. Throws SluiceError `webhook-not-found`. */
  async require(project: string, idOrName: string): Promise<WebhookRow> {
    const webhook = await new WebhookRepository(this.dataSource.manager).find(project, idOrName);
    if (webhook === undefined) throw webhookNotFound();
    return webhook;
  }
}

export function webhookNotFound(): Error {
  return problemError('webhook-not-found', 'No webhook has this id or name.');
}
