import type { PlatformAuth } from '#contracts/cicd/integration.js';
import type { JsonObject } from '#domain/json.js';
import type { SafeRequest, SafeResponse, StreamedResponse } from '../http/safe-client.js';

/** What a platform is reached by, for one use of it. */
export interface Connection {
  /** Without a final slash. */
  readonly baseUrl: string;
  readonly auth: PlatformAuth;
  /** Valid by the platform's schema. */
  readonly options: JsonObject;
  readonly signal: AbortSignal;
  /** Longest that is waited within one call for a limit of the platform, in milliseconds; what asks for more is an error. */
  readonly patienceMs: number;
  /** The secret behind the reference, hidden from now on. */
  resolve(reference: string): Promise<string>;
  /** Hides a value that proves who asks. */
  mask(secret: string): void;
  /** Hides in a text what must not be shown. */
  hide(text: string): string;
  /** Told of each wait for a limit when it begins. */
  waits(reason: string, ms: number): void;
  /** Through the certificates and the proxy of the integration. */
  send(request: Omit<SafeRequest, 'signal'>): Promise<SafeResponse>;
  stream(request: Omit<SafeRequest, 'signal'>): Promise<StreamedResponse>;
  /** Kept for the integration from one use to the next, in this process: tokens, sessions, limits. */
  readonly memory: Map<string, unknown>;
}
