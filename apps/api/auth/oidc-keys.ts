import { createRemoteJWKSet, customFetch, type RemoteJWKSet } from 'jose';
import type { SafeClient } from '#connectors/http/safe-client.js';
import { problemError } from '../http/problem.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1 << 20;
/** After which keys are fetched again though all are known. */
const CACHE_MS = 10 * 60_000;
/** Between two fetches because of a key that is not known: rotation is noticed, and nobody makes us ask all the time. */
const COOLDOWN_MS = 30_000;
const DISCOVERY = '/.well-known/openid-configuration';

/** The public keys of an OIDC issuer (OpenID Connect Discovery 1.0), fetched when they are needed first. */
export class OidcKeys {
  private keys: Promise<RemoteJWKSet> | undefined;
  private failedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly issuer: string,
    private readonly client: Pick<SafeClient, 'send'>,
    private readonly cooldownMs = COOLDOWN_MS,
  ) {}

  /** Throws SluiceError `issuer-unavailable`; at most one fetch within the cooldown then. */
  async find(): Promise<RemoteJWKSet> {
    if (this.keys === undefined && performance.now() - this.failedAt < this.cooldownMs) throw unavailable();
    this.keys ??= this.discover();
    try {
      return await this.keys;
    } catch (error) {
      this.keys = undefined;
      this.failedAt = performance.now();
      throw unavailable(error);
    }
  }

  private async discover(): Promise<RemoteJWKSet> {
    const url = this.issuer.replace(/\/$/, '') + DISCOVERY;
    const response = await this.fetch(url);
    const found = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
    if (!response.ok || found.issuer !== this.issuer || typeof found.jwks_uri !== 'string') {
      throw new Error('the issuer does not describe itself');
    }
    const keys = new URL(found.jwks_uri);
    // Without TLS only where the issuer has none, which the configuration allows on loopback.
    const plain = keys.protocol === 'http:' && this.issuer.startsWith('http:');
    if (keys.protocol !== 'https:' && !plain) {
      throw new Error('the keys of the issuer are not behind https');
    }
    return createRemoteJWKSet(keys, {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: this.cooldownMs,
      cacheMaxAge: CACHE_MS,
      [customFetch]: (address) => this.fetch(address),
    });
  }

  private async fetch(url: string): Promise<Response> {
    const answer = await this.client.send({
      url,
      method: 'GET',
      headers: { accept: 'application/json' },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      maxRedirects: 0,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return new Response(new Uint8Array(answer.body), { status: answer.status });
  }
}

export function unavailable(cause?: unknown) {
  const error = problemError('issuer-unavailable', 'The keys of the OIDC issuer cannot be had now.');
  return Object.assign(error, cause === undefined ? {} : { cause });
}
