import { createHash } from 'node:crypto';
import type { AgentAuth } from '#contracts/agents.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import {
  type AccessToken,
  encodeBasic,
  fetchAccessToken,
  type TokenRefusal,
} from '../http/client-credentials.js';
import type { SafeClient } from '../http/safe-client.js';

/** What finding out credentials needs of whoever asks. */
export interface CredentialContext {
  readonly signal: AbortSignal;
  resolve(reference: string): Promise<string>;
  mask(secret: string): void;
}

type OAuth2 = Extract<AgentAuth, { readonly type: 'oauth2' }>;

const MOST_TOKENS = 1_000;

/** Headers by which agents are told who asks. Tokens of OAuth 2 are kept while they live. */
export class Credentials {
  private readonly tokens = new Map<string, AccessToken>();

  constructor(private readonly client: Pick<SafeClient, 'send'>) {}

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
        return { authorization: `Basic ${maskedBasic(auth.username, secret, context)}` };
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
    if (auth.type === 'basic') maskedBasic(auth.username, secret, context);
    if (auth.type !== 'oauth2') return;
    const known = this.tokens.get(keyOf(auth, secret));
    if (known !== undefined) context.mask(known.token);
  }

  /** What is kept of it was refused. */
  forget(auth: AgentAuth): void {
    if (auth.type === 'oauth2')
      for (const key of this.tokens.keys()) if (key.startsWith(placeOf(auth))) this.tokens.delete(key);
  }

  private async tokenOf(auth: OAuth2, secret: string, context: CredentialContext): Promise<AccessToken> {
    const key = keyOf(auth, secret);
    const known = this.tokens.get(key);
    if (known !== undefined && known.until > Date.now()) return known;
    const { signal } = context;
    const token = await fetchAccessToken({
      credentials: auth,
      secret,
      refuse: createRefused,
      send: (request) => this.client.send({ ...request, signal }),
      mask: (derived) => context.mask(derived),
    });
    this.tokens.delete(key);
    this.tokens.set(key, token);
    if (this.tokens.size > MOST_TOKENS) this.tokens.delete(this.tokens.keys().next().value!);
    return token;
  }
}

function keyOf(auth: OAuth2, secret: string): string {
  return `${placeOf(auth)} ${createHash('sha256').update(secret).digest('hex')}`;
}

function placeOf({ tokenUrl, clientId, scopes }: OAuth2): string {
  return JSON.stringify([tokenUrl, clientId, ...scopes]);
}

function maskedBasic(name: string, secret: string, context: CredentialContext): string {
  const encoded = encodeBasic(name, secret);
  context.mask(encoded);
  return encoded;
}

function createRefused({ words, retryable, class: failureClass }: TokenRefusal): Error {
  return createActionFailure({
    code: 'agent-token-refused',
    fault: retryable ? 'operational' : 'user',
    class: failureClass,
    retryable,
    message: `The token endpoint of the agent gave no token: ${words}.`,
    hint: "Check token URL, client id, secret and scopes of the agent's `auth`.",
  });
}
