import type { Json } from '#domain/json.js';
import type { DeliveryOutcome, WebhookAction, WebhookEvent, WebhookScheme } from '../webhooks.js';
import type { ReasonRequest } from './operations.js';

type ActionRequest =
  | (Omit<Extract<WebhookAction, { readonly type: 'start' }>, 'inputs'> & {
      /** Id or name. */
      readonly workflow: string;
      readonly inputs?: Readonly<Record<string, Json>>;
    })
  | (Omit<Extract<WebhookAction, { readonly type: 'send' }>, 'data'> & { readonly data?: Json });

/** POST /webhooks. */
export interface WebhookRequest extends ReasonRequest {
  readonly name: string;
  readonly description?: string | null;
  readonly scheme: Partial<WebhookScheme> & Pick<WebhookScheme, 'type'>;
  /** A reference; one is made, and told once, when absent. */
  readonly secret?: string;
  readonly action: ActionRequest;
  readonly filter?: string | null;
  readonly deliveryKey?: string | null;
  readonly status?: 'active' | 'disabled';
}

/** PATCH /webhooks/{id}: what it does not name stays as it is; the secret is changed by POST /webhooks/{id}/rotate. */
export type WebhookChange = Partial<Omit<WebhookRequest, 'secret'>>;

/** GET /webhooks and /webhooks/{id}. */
export interface WebhookView {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** Where the sender brings events, at the address of this API. */
  readonly path: string;
  readonly scheme: WebhookScheme;
  /** Reference to the secret; absent where one was made here. */
  readonly secretReference?: string;
  /** Until then the secret before is valid too. */
  readonly previousUntil?: string;
  readonly action: WebhookAction & { readonly workflow?: string };
  readonly filter?: string;
  readonly deliveryKey?: string;
  readonly status: 'active' | 'disabled';
  /** The last request that was not taken, and why. */
  readonly lastRefusal?: { readonly at: string; readonly reason: string };
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Answer of POST /webhooks and /webhooks/{id}/rotate. */
export interface SecretWebhookView extends WebhookView {
  /** Told this once; absent of a reference. */
  readonly secret?: string;
}

/** POST /webhooks/{id}/rotate. */
export interface RotateRequest extends ReasonRequest {
  /** As in `WebhookRequest`. */
  readonly secret?: string;
  /** Seconds that the secret before is valid still; a day when absent. */
  readonly overlapS?: number;
}

/** Answer of POST /hooks/{id}, and GET /webhooks/{id}/deliveries. */
export interface DeliveryView {
  readonly id: string;
  readonly outcome: DeliveryOutcome;
  /** Why it was refused. */
  readonly code?: string;
  readonly message?: string;
  /** That it started. */
  readonly run?: string;
  /** Runs that it was sent to. */
  readonly targets?: number;
}

export interface ListedDeliveryView extends DeliveryView {
  readonly receivedAt: string;
  readonly event: WebhookEvent;
  readonly replayOf?: string;
  readonly replayedBy?: string;
}

/** GET /webhooks/{id}/deliveries/{delivery}. */
export interface FullDeliveryView extends ListedDeliveryView {
  readonly headers: Readonly<Record<string, string>>;
  /** Its first 65,536 characters. */
  readonly body: string;
  /** Characters that there are. */
  readonly bodyLength: number;
}
