import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import { verifySignature } from '#connectors/webhooks/verify-signature.js';
import { isSluiceError } from '#domain/errors.js';
import { DeliveryRepository, type DeliveryRow } from '#persistence/webhooks/delivery-repository.js';
import { WebhookRepository, type WebhookRow } from '#persistence/webhooks/webhook-repository.js';
import { problemError } from '../http/problem.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE } from '../tokens.js';
import { ActOnEvent } from './act-on-event.js';
import { evaluateKey } from './decide-event.js';
import { type ReceivedEvent, readEvent } from './received-event.js';
import { readHeaders } from './received-headers.js';
import { WebhookSecrets } from './webhook-secrets.js';

export interface SentDelivery {
  /** As the address has it. */
  readonly webhook: string;
  /** By name in lower case, with all values that were sent. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** The exact bytes. */
  readonly body: Uint8Array;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  /** Throws where the webhook, whose sender it is, has brought too much. */
  takeTurn(webhook: string): Promise<void>;
}

/** Takes events from outside: what a sender proves to be its own is noted, with what it does, before it is answered. */
@Injectable()
export class ReceiveDelivery {
  private readonly webhooks: WebhookRepository;
  private readonly deliveries: DeliveryRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(WebhookSecrets) private readonly secrets: WebhookSecrets,
    @Inject(ActOnEvent) private readonly act: ActOnEvent,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {
    this.webhooks = new WebhookRepository(dataSource.manager);
    this.deliveries = new DeliveryRepository(dataSource.manager);
  }

  /**
   * The same delivery again is answered as the first one. Throws SluiceError `webhook-signature-invalid`, also where there
   * is no such webhook; `webhook-secret-unavailable`; and to who is the sender, `webhook-disabled` and what is wrong with
   * the event.
   */
  async receive(sent: SentDelivery): Promise<DeliveryRow> {
    const headers = readHeaders(sent.headers);
    const webhook = isUUID(sent.webhook)
      ? await this.webhooks.findForSender(sent.webhook.toLowerCase())
      : undefined;
    const content = await this.verify(webhook, headers, sent.body);
    if (webhook === undefined) throw unproved();
    await sent.takeTurn(webhook.id);
    const received = await this.read(webhook, headers, sent.body);
    const identity = identify(webhook, received, content);
    const known = await this.deliveries.findSame(webhook.id, identity.key, identity.content);
    if (known !== undefined) {
      this.metrics.eventReceived('repeated');
      return known;
    }
    const { correlationId, traceparent } = sent;
    return this.act.carryOut(webhook, received, { ...identity, correlationId, traceparent });
  }

  /** What the sender signed, where the scheme signs. Takes about as long where there is no such webhook. */
  private async verify(
    webhook: WebhookRow | undefined,
    headers: ReadonlyMap<string, string> | undefined,
    body: Uint8Array,
  ): Promise<string | undefined> {
    const secrets = webhook === undefined ? [NOBODY] : await this.secrets.read(webhook);
    const verdict =
      headers === undefined
        ? ({ valid: false, reason: 'header-repeated' } as const)
        : verifySignature(webhook?.scheme ?? { type: 'github' }, { headers, body }, secrets, Date.now());
    if (verdict.valid) return verdict.content;
    this.metrics.eventReceived('unproved');
    // Nobody waits for it: the answer comes as soon as where there is no such webhook.
    if (webhook !== undefined) this.webhooks.noteRefusal(webhook.id, verdict.reason).catch(() => undefined);
    throw unproved();
  }

  private async read(
    webhook: WebhookRow,
    headers: ReadonlyMap<string, string> | undefined,
    body: Uint8Array,
  ): Promise<ReceivedEvent> {
    try {
      if (webhook.status === 'disabled') {
        throw problemError('webhook-disabled', `The webhook ${webhook.name} is disabled.`);
      }
      return readEvent(webhook.scheme, headers ?? new Map(), body);
    } catch (error) {
      this.metrics.eventReceived('unread');
      if (isSluiceError(error)) await this.webhooks.noteRefusal(webhook.id, error.code);
      throw error;
    }
  }
}

/** A secret that nobody has. */
const NOBODY = createHash('sha512').update(String(Math.random())).digest('hex');

function unproved(): Error {
  return problemError(
    'webhook-signature-invalid',
    'Nothing shows that the event comes from a sender that is known here.',
  );
}

interface DeliveryIdentity {
  readonly key: string | null;
  readonly content: string | null;
}

/** By what a delivery is known when it comes again. */
function identify(
  { deliveryKey }: WebhookRow,
  received: ReceivedEvent,
  signed: string | undefined,
): DeliveryIdentity {
  const { id, source } = received.event;
  const named = id === '' ? null : `${source} ${id}`.trim();
  const key = deliveryKey === null ? named : (evaluateKey(deliveryKey, received) ?? named);
  if (signed !== undefined) return { key, content: signed };
  // Nothing is signed and nothing is named: only what was sent tells it apart.
  const digest = () => createHash('sha256').update(received.text).digest('hex');
  return { key, content: key === null ? digest() : null };
}
