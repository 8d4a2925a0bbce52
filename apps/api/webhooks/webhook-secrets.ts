import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { EncryptionKey } from '#connectors/secrets/encryption-keys.js';
import { openText, sealText } from '#connectors/secrets/seal.js';
import { isSecretOf, isStandard } from '#connectors/webhooks/verify-signature.js';
import type { SecretResolver } from '#contracts/ports.js';
import type { WebhookScheme } from '#contracts/webhooks.js';
import type { StoredSecret, WebhookRow } from '#persistence/webhooks/webhook-repository.js';
import { createApiSecrets } from '../api-secrets.js';
import type { Configuration } from '../configuration.js';
import { problemError } from '../http/problem.js';
import { CONFIGURATION, LOGGER } from '../tokens.js';

const SECRET_BYTES = 32;
/** Requests that prove nothing must not wear out Vault. */
const KEPT_MS = 10_000;
const MOST_KEPT = 1_000;
const RESOLVE_MS = 5_000;

interface KnownSecret {
  readonly secret: string;
  readonly until: number;
}

type SecretHolder = Pick<WebhookRow, 'id' | 'scheme' | 'secret' | 'previousSecret' | 'previousUntil'>;

/**
 * Secrets of webhooks. One that is made here has to be read again at each delivery, so that no hash of it would do: it
 * is kept encrypted, by a key that is not in the database.
 */
@Injectable()
export class WebhookSecrets {
  private readonly keys: readonly EncryptionKey[];
  private readonly resolver: SecretResolver;
  private readonly known = new Map<string, KnownSecret>();

  constructor(
    @Inject(CONFIGURATION) configuration: Pick<Configuration, 'sealingKeys' | 'secretFolders' | 'vault'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.keys = configuration.sealingKeys;
    this.resolver = createApiSecrets(configuration);
  }

  /** What is stored, and what is told once. Throws SluiceError `webhook-secret-needs-key`. */
  create(
    webhook: string,
    scheme: WebhookScheme,
    reference: string | undefined,
  ): { readonly stored: StoredSecret; readonly secret: string | undefined } {
    if (reference !== undefined) return { stored: { reference }, secret: undefined };
    const [key] = this.keys;
    if (key === undefined) {
      throw problemError(
        'webhook-secret-needs-key',
        'A secret cannot be made here: nothing could encrypt it.',
      );
    }
    const random = randomBytes(SECRET_BYTES);
    const secret = isStandard(scheme) ? `whsec_${random.toString('base64')}` : random.toString('base64url');
    return { stored: { sealed: sealText(secret, webhook, key) }, secret };
  }

  /** Those that are valid now. Throws SluiceError `webhook-secret-unavailable` where the newest cannot be had. */
  async read({ id, scheme, secret, previousSecret, previousUntil }: SecretHolder): Promise<string[]> {
    const secrets = [await this.open(id, secret)];
    if (previousSecret !== null && previousUntil !== null && previousUntil.getTime() > Date.now()) {
      // What cannot be had any more has ended early.
      secrets.push(
        ...(await this.open(id, previousSecret).then(
          (found) => [found],
          () => [],
        )),
      );
    }
    const usable = secrets.filter((each) => isSecretOf(scheme, each));
    if (usable.length > 0) return usable;
    throw unavailable('It is no secret of this scheme: Standard Webhooks have whsec_ and base64.');
  }

  private async open(webhook: string, stored: StoredSecret): Promise<string> {
    if ('reference' in stored) return this.resolve(stored.reference);
    const secret = openText(stored.sealed, webhook, this.keys);
    if (secret === undefined) throw unavailable('The key with which it was encrypted is gone.');
    return secret;
  }

  private async resolve(reference: string): Promise<string> {
    const now = Date.now();
    const known = this.known.get(reference);
    if (known !== undefined && known.until > now) return known.secret;
    try {
      const secret = await this.resolver.resolve(reference, AbortSignal.timeout(RESOLVE_MS));
      this.known.delete(reference);
      this.known.set(reference, { secret, until: now + KEPT_MS });
      if (this.known.size > MOST_KEPT) this.known.delete(this.known.keys().next().value!);
      return secret;
    } catch (error) {
      this.logger.warn({ err: error, reference }, 'the secret of a webhook cannot be had');
      throw unavailable('Its reference leads nowhere just now.');
    }
  }
}

function unavailable(message: string): Error {
  return problemError('webhook-secret-unavailable', message);
}
