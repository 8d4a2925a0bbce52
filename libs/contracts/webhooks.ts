import type { Json } from '#domain/json.js';
import type { FreezeChoice } from './rest/runs.js';
import type { VersionName } from './rest/workflows.js';

/** How a sender proves that an event is its own. */
export type WebhookScheme =
  /** `X-Hub-Signature-256`. */
  | { readonly type: 'github' }
  /** The secret itself in `X-Gitlab-Token`; or, of signed events, the signature of Standard Webhooks. */
  | { readonly type: 'gitlab'; readonly signedEvents: boolean }
  | HmacScheme
  | { readonly type: 'standard-webhooks'; readonly toleranceS: number };

/** A signature over the body in a header of the sender's choice. */
export interface HmacScheme {
  readonly type: 'hmac';
  /** Name of the header, in lower case. */
  readonly header: string;
  readonly algorithm: 'sha256' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  /** Before the signature, as `v1=`. */
  readonly prefix: string;
  /** What is signed: `{body}`, and `{timestamp}` where there is a header for it. */
  readonly signed: string;
  /** Holds seconds or milliseconds since the epoch; absent: nothing says when it was sent. */
  readonly timestampHeader?: string;
  /** Seconds that the sender's clock and ours may differ. */
  readonly toleranceS: number;
  /** Holds the id of the delivery; absent: what is signed tells deliveries apart. */
  readonly idHeader?: string;
  readonly typeHeader?: string;
}

/** A text that only who has the key can read. */
export interface SealedText {
  /** Id of the key. */
  readonly key: string;
  /** Nonce, ciphertext and tag, in base64. */
  readonly box: string;
}

/** What an event does. Texts in it hold expressions over the event. */
export type WebhookAction =
  | {
      readonly type: 'start';
      /** The newest when absent. */
      readonly version?: VersionName;
      readonly inputs: Readonly<Record<string, Json>>;
      readonly freeze?: Exclude<FreezeChoice, 'override'>;
    }
  /** To the run that `run` names; without it to all of the project that wait for it now. */
  | { readonly type: 'send'; readonly event: string; readonly data: Json; readonly run?: string };

/** `filtered`: the filter let it pass by; `refused`: it could not be done, see the reason. */
export type DeliveryOutcome = 'started' | 'sent' | 'filtered' | 'refused';

/**
 * Of what a platform of CI/CD sends: `observed`, the execution that it tells of was noted; `hinted`, it proves nothing of
 * itself, so that the platform is asked; `filtered`, it is about something else.
 */
export type PlatformDeliveryOutcome = 'observed' | 'hinted' | 'filtered';

/** Of an event, whoever sent it; what it does not have is an empty text. */
export interface WebhookEvent {
  /** As the sender named the delivery. */
  readonly id: string;
  readonly type: string;
  /** Of CloudEvents. */
  readonly source: string;
  readonly subject: string;
}

/** Where senders bring events. */
export function hookPathOf(webhook: string): string {
  return `/hooks/${webhook}`;
}

/** Where platforms of CI/CD bring events of an integration. */
export function integrationHookPathOf(integration: string): string {
  return `/hooks/integrations/${integration}`;
}
