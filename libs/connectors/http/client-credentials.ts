import { classifyStatus, isWorthRetrying } from '#contracts/http-status.js';
import type { FailureClass } from '#domain/execution/step-error.js';
import type { SafeRequest, SafeResponse } from './safe-client.js';

/** Who asks an authorization server for tokens of OAuth 2, and where. */
interface ClientCredentials {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

export interface AccessToken {
  readonly token: string;
  /** Milliseconds since the epoch; a little before its end. */
  readonly until: number;
}

interface TokenRequest {
  readonly credentials: ClientCredentials;
  readonly secret: string;
  /** The error, where none is given. */
  refuse(why: TokenRefusal): Error;
  send(request: Omit<SafeRequest, 'signal'>): Promise<SafeResponse>;
  /** Hides what was derived from the secret. */
  mask(secret: string): void;
}

/** Why no token was given. */
export interface TokenRefusal {
  readonly class: FailureClass;
  readonly retryable: boolean;
  /** For messages: `status 400 (invalid_client)`. */
  readonly words: string;
}

const TIMEOUT_MS = 15_000;
const BODY_LIMIT = 64 * 1024;
/** Of a token that does not say how long it lives. */
const LIFE_S = 300;
/** A token that is about to expire is as good as none. */
const SPARE_S = 30;

/** A token by client credentials (RFC 6749, 4.4 and 2.3.1). Throws what `refuse` makes, and what sending throws. */
export async function fetchAccessToken(request: TokenRequest): Promise<AccessToken> {
  const { credentials, secret } = request;
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (credentials.scopes.length > 0) form.set('scope', credentials.scopes.join(' '));
  const basic = encodeBasic(encodeForm(credentials.clientId), encodeForm(secret));
  request.mask(basic);
  const { status, body } = await request.send({
    url: credentials.tokenUrl,
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: `Basic ${basic}`,
    },
    body: form.toString(),
    timeoutMs: TIMEOUT_MS,
    maxBytes: BODY_LIMIT,
    maxRedirects: 0,
  });
  const answer = readAnswer(body);
  if (status !== 200 || typeof answer['access_token'] !== 'string')
    throw request.refuse(explain(status, answer['error']));
  const lifetime = Number(answer['expires_in']);
  const seconds = Number.isFinite(lifetime) && lifetime > 0 ? lifetime : LIFE_S;
  return { token: answer['access_token'], until: Date.now() + (seconds - SPARE_S) * 1_000 };
}

/** The credentials of RFC 7617, which are a secret, too. */
export function encodeBasic(name: string, secret: string): string {
  return Buffer.from(`${name}:${secret}`).toString('base64');
}

function encodeForm(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function readAnswer(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** `error` is a word of RFC 6749, 5.2. */
function explain(status: number, error: unknown): TokenRefusal {
  const word = typeof error === 'string' && /^[a-z_]{1,50}$/.test(error) ? ` (${error})` : '';
  return {
    class: status === 400 || status === 200 ? 'auth' : classifyStatus(status),
    retryable: isWorthRetrying(status),
    words: `status ${status}${word}`,
  };
}
