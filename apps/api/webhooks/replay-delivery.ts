import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import {
  DeliveryRepository,
  type DeliveryRow,
  type FullDeliveryRow,
} from '#persistence/webhooks/delivery-repository.js';
import type { WebhookRow } from '#persistence/webhooks/webhook-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { ActOnEvent } from './act-on-event.js';
import { readBody } from './received-event.js';

/** Lets a delivery do its work once more. */
@Injectable()
export class ReplayDelivery {
  private readonly deliveries: DeliveryRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(ActOnEvent) private readonly act: ActOnEvent,
  ) {
    this.deliveries = new DeliveryRepository(dataSource.manager);
  }

  /** Throws SluiceError `delivery-not-found`. */
  async requireDelivery(webhook: WebhookRow, id: string): Promise<FullDeliveryRow> {
    const delivery = isUUID(id) ? await this.deliveries.find(webhook.id, id.toLowerCase()) : undefined;
    if (delivery === undefined)
      throw problemError('delivery-not-found', 'No delivery of the webhook has this id.');
    return delivery;
  }

  /** Also of a webhook that is disabled: somebody asks for it. Throws SluiceError `delivery-not-found`. */
  async replay(
    webhook: WebhookRow,
    id: string,
    { caller, reason }: { readonly caller: Caller; readonly reason: string | undefined },
  ): Promise<DeliveryRow> {
    const { event, headers, body: text, id: of } = await this.requireDelivery(webhook, id);
    const received = { event, headers, body: readBody(headers, text), text };
    const { correlationId, traceparent } = caller;
    const replay = { of, caller, reason };
    return this.act.carryOut(webhook, received, {
      key: null,
      content: null,
      correlationId,
      traceparent,
      replay,
    });
  }
}
