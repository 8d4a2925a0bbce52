import { createHash } from 'node:crypto';
import type { AgentAuth } from '#contracts/agents.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { classifyStatus, isWorthRetrying } from '#contracts/http-status.js';
import type { SafeClient } from '../http/safe-client.js';

/** What finding out credentials needs of whoever asks. */
export interface CredentialContext {
  readonly signal: AbortSignal;
  resolve(reference: string): Promise<string>;
  mask(secret: string): void;
}

type OAuth2 = Extract<AgentAuth, { readonly type: 'oauth2' }>;

interface KnownToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

const TOKEN_TIMEOUT_MS = 15_000;
const TOKEN_BODY_LIMIT = 64 * 1024;
/** Of a token that does not say how long it lives. */
const TOKEN_LIFE_S = 300;
/** A token that is about to expire is as good as none. */
const SPARE_S = 30;
const MOST_TOKENS = 1_000;

/** Headers by which agents are told who asks. Tokens of OAuth 2 are kept while they live. */
export class Credentials {
  private readonly tokens = new Map<string, KnownToken>();

  constructor(private readonly client: SafeClient) {}

  /** Names in lower case. Throws SluiceError `agent-token-refused`, and what resolving a secret or the client throws. */
  async headersFor(auth: AgentAuth, context: CredentialContext): Promise<Record<string, string>> {
    if (auth.type === 'none') return {};
    const secret = await context.resolve(auth.secret);
    context.mask(secret);
    switch (auth.type) {
      case 'bearer':
        return { authorization: `Bearer ${secret}` };
      case 'api_key':
        return { [auth.header.toLowerCase()]: secret };
      case 'basic':
        return { authorization: `Basic ${encodeBasic(auth.username, secret, context)}` };
      case 'oauth2': {
        const { token } = await this.tokenOf(auth, secret, context);
        context.mask(token);
        return { authorization: `Bearer ${token}` };
      }
    }
  }

  /** Has everything hidden that the agent was told to prove who asks, so that it cannot tell it on. */
  async hide(auth: AgentAuth, context: CredentialContext): Promise<void> {
    if (auth.type === 'none') return;
    const secret = await context.resolve(auth.secret);
    context.mask(secret);
    if (auth.type === 'basic') encodeBasic(auth.username, secret, context);
    if (auth.type !== 'oauth2') return;
    const known = this.tokens.get(keyOf(auth, secret));
    if (known !== undefined) context.mask(known.token);
  }

  /** What is kept of it was refused. */
  forget(auth: AgentAuth): void {
    if (auth.type === 'oauth2')
      for (const key of this.tokens.keys()) if (key.startsWith(placeOf(auth))) this.tokens.delete(key);
  }

  private async tokenOf(auth: OAuth2, secret: string, context: CredentialContext): Promise<KnownToken> {
    const key = keyOf(auth, secret);
    const known = this.tokens.get(key);
    if (known !== undefined && known.until > Date.now()) return known;
    const token = await this.fetchToken(auth, secret, context);
    this.tokens.delete(key);
    this.tokens.set(key, token);
    if (this.tokens.size > MOST_TOKENS) this.tokens.delete(this.tokens.keys().next().value!);
    return token;
  }

  /** RFC 6749, 4.4 and 2.3.1. */
  private async fetchToken(auth: OAuth2, secret: string, context: CredentialContext): Promise<KnownToken> {
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (auth.scopes.length > 0) form.set('scope', auth.scopes.join(' '));
    const basic = encodeBasic(encodeForm(auth.clientId), encodeForm(secret), context);
    const { status, body } = await this.client.send({
      url: auth.tokenUrl,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        authorization: `Basic ${basic}`,
      },
      body: form.toString(),
      timeoutMs: TOKEN_TIMEOUT_MS,
      maxBytes: TOKEN_BODY_LIMIT,
      maxRedirects: 0,
      signal: context.signal,
    });
    const answer = readAnswer(body);
    if (status !== 200 || typeof answer['access_token'] !== 'string')
      throw createRefused(status, answer['error']);
    const lifetime = Number(answer['expires_in']);
    const seconds = Number.isFinite(lifetime) && lifetime > 0 ? lifetime : TOKEN_LIFE_S;
    return { token: answer['access_token'], until: Date.now() + (seconds - SPARE_S) * 1_000 };
  }
}

function keyOf(auth: OAuth2, secret: string): string {
  return `${placeOf(auth)} ${createHash('sha256').update(secret).digest('hex')}`;
}

function placeOf({ tokenUrl, clientId, scopes }: OAuth2): string {
  return JSON.stringify([tokenUrl, clientId, ...scopes]);
}

/** RFC 7617. The encoded form is a secret, too. */
function encodeBasic(name: string, secret: string, context: CredentialContext): string {
  const encoded = Buffer.from(`${name}:${secret}`).toString('base64');
  context.mask(encoded);
  return encoded;
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
function createRefused(status: number, error: unknown): Error {
  const word = typeof error === 'string' && /^[a-z_]{1,50}$/.test(error) ? ` (${error})` : '';
  const retryable = isWorthRetrying(status);
  return createActionFailure({
    code: 'agent-token-refused',
    fault: retryable ? 'operational' : 'user',
    class: status === 400 || status === 200 ? 'auth' : classifyStatus(status),
    retryable,
    message: `The token endpoint of the agent gave no token: status ${status}${word}.`,
    hint: "Check token URL, client id, secret and scopes of the agent's `auth`.",
  });
}
