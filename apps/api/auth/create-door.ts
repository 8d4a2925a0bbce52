import { randomBytes } from 'node:crypto';
import { createSafeClient } from '#connectors/http/safe-client.js';
import type { Surroundings } from '../app.module.js';
import { Authenticator } from './authenticate.js';
import { Door } from './door.js';
import { OidcIssuer } from './oidc-issuer.js';
import { OidcKeys } from './oidc-keys.js';
import { OwnTokens } from './own-tokens.js';
import { RateLimits } from './rate-limits.js';

export interface Doors {
  readonly door: Door;
  readonly ownTokens: OwnTokens;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** Without a secret the tokens of this process are its own. */
export function createDoor(surroundings: Surroundings): Doors {
  const { configuration, dataSource } = surroundings;
  const { authSecret, open, loopback, rates } = configuration;
  const ownTokens = new OwnTokens(authSecret ?? randomBytes(32));
  const { issuer, close } = createIssuer(surroundings);
  const authenticator = new Authenticator({ dataSource, ownTokens, open, loopback, issuer });
  return { door: new Door(authenticator, new RateLimits(rates)), ownTokens, close };
}

function createIssuer({ configuration: { oidc }, dataSource }: Surroundings) {
  if (oidc === undefined) return { issuer: undefined, close: async () => undefined };
  // The operator chose it: it may be of the house.
  const client = createSafeClient({ allow: [new URL(oidc.issuer).hostname] });
  const issuer = new OidcIssuer(oidc, new OidcKeys(oidc.issuer, client), dataSource);
  return { issuer, close: () => client.close() };
}
