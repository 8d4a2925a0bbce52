import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { Platform, PlatformEvent } from '#connectors/cicd/platform.js';
import type { Platforms } from '#connectors/cicd/platforms.js';
import type { SignedRequest } from '#connectors/webhooks/verify-signature.js';
import { isSluiceError } from '#domain/errors.js';
import {
  IntegrationRepository,
  type IntegrationRow,
} from '#persistence/integrations/integration-repository.js';
import type { PlatformDeliveryRow } from '#persistence/integrations/platform-delivery-repository.js';
import { PlatformDeliveryRepository } from '#persistence/integrations/platform-delivery-repository.js';
import { problemError } from '../http/problem.js';
import { decodeBody } from '../http/request-body.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE, PLATFORMS } from '../tokens.js';
import { keepHeaders, readHeaders } from '../webhooks/received-headers.js';
import { WebhookSecrets } from '../webhooks/webhook-secrets.js';
import { NoteEvent } from './note-event.js';
import { toPlatformProblem } from './platform-failure.js';
import { requireActive } from './use-platform.js';

export interface SentEvent {
  /** As the address has it. */
  readonly integration: string;
  /** By name in lower case, with all values that were sent. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** The exact bytes. */
  readonly body: Uint8Array;
  /** Throws where the integration, whose platform it is, has brought too much. */
  takeTurn(integration: string): Promise<void>;
}

/** Takes events of platforms: what one proves to be its own is noted, with the execution that it tells of. */
@Injectable()
export class ReceiveEvent {
  private readonly integrations: IntegrationRepository;
  private readonly deliveries: PlatformDeliveryRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(PLATFORMS) private readonly platforms: Platforms,
    @Inject(WebhookSecrets) private readonly secrets: WebhookSecrets,
    @Inject(NoteEvent) private readonly noteEvent: NoteEvent,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {
    this.integrations = new IntegrationRepository(dataSource.manager);
    this.deliveries = new PlatformDeliveryRepository(dataSource.manager);
  }

  /**
   * Throws SluiceError `webhook-signature-invalid`, also where there is no such integration, or it takes no events;
   * `webhook-secret-unavailable`; and to who is the sender, `integration-disabled` and what is wrong with the event.
   */
  async receive(sent: SentEvent): Promise<PlatformDeliveryRow> {
    const headers = readHeaders(sent.headers);
    const integration = isUUID(sent.integration)
      ? await this.integrations.findForSender(sent.integration.toLowerCase())
      : undefined;
    const request = { headers: headers ?? new Map<string, string>(), body: sent.body };
    const platform = integration === undefined ? undefined : this.platforms.find(integration.platform);
    const verdict =
      headers === undefined
        ? ({ valid: false, reason: 'header-repeated' } as const)
        : await this.verify(integration, platform, request);
    if (!verdict.valid || integration === undefined || platform === undefined) {
      this.metrics.eventReceived('unproved');
      // Nobody waits for it: the answer comes as soon as where there is no such integration.
      if (integration !== undefined && !verdict.valid)
        this.integrations.noteRefusal(integration.id, verdict.reason).catch(() => undefined);
      throw unproved();
    }
    await sent.takeTurn(integration.id);
    const { text, event } = await this.read(integration, platform, request);
    const key = event.delivery;
    const content = verdict.content ?? null;
    const known = await this.deliveries.findSame(integration.id, key, content);
    if (known !== undefined) {
      this.metrics.eventReceived('repeated');
      return known;
    }
    return this.noteEvent.note({
      integration,
      event,
      headers: keepHeaders(request.headers),
      text,
      key,
      content,
    });
  }

  private async verify(
    integration: IntegrationRow | undefined,
    platform: Platform | undefined,
    request: SignedRequest,
  ): Promise<ReturnType<Platform['verifyWebhook']> | { readonly valid: false; readonly reason: string }> {
    if (integration === undefined) return { valid: false, reason: 'unknown' };
    const { id, hookSecret, previousHookSecret, previousHookUntil } = integration;
    if (hookSecret === null) return { valid: false, reason: 'no-secret' };
    if (platform === undefined) return { valid: false, reason: 'platform-unknown' };
    const secrets = await this.secrets.read({
      id,
      scheme: { type: 'github' },
      secret: hookSecret,
      previousSecret: previousHookSecret,
      previousUntil: previousHookUntil,
    });
    return platform.verifyWebhook(request, secrets, Date.now());
  }

  private async read(
    integration: IntegrationRow,
    platform: Platform,
    request: SignedRequest,
  ): Promise<{ readonly text: string; readonly event: PlatformEvent }> {
    try {
      requireActive(integration);
      return readEvent(platform, request);
    } catch (error) {
      this.metrics.eventReceived('unread');
      if (isSluiceError(error)) await this.integrations.noteRefusal(integration.id, error.code);
      throw error;
    }
  }
}

/** Of others, what Postgres refuses and what is too long, the digest of the event is the name. */
const NAME_OF_DELIVERY = /^\P{Cc}{1,500}$/u;

/** Throws SluiceError `body-malformed`, `platform-event-invalid`. */
export function readEvent(
  platform: Platform,
  request: SignedRequest,
): { readonly text: string; readonly event: PlatformEvent } {
  const text = decodeBody(request.body);
  // Postgres would refuse the text.
  if (text.includes('\0')) throw problemError('body-malformed', 'The body holds U+0000.');
  try {
    const event = platform.parseEvent(request);
    const isFit = NAME_OF_DELIVERY.test(event.delivery) && event.delivery.isWellFormed();
    return { text, event: { ...event, delivery: isFit ? event.delivery : digest(text) } };
  } catch (error) {
    throw toPlatformProblem(error, (message) => message);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function unproved(): Error {
  return problemError(
    'webhook-signature-invalid',
    'Nothing shows that the event comes from a sender that is known here.',
  );
}
