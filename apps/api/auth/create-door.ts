import { randomBytes } from 'node:crypto';
import type { Surroundings } from '../app.module.js';
import { Authenticator } from './authenticate.js';
import { Door } from './door.js';
import { OwnTokens } from './own-tokens.js';
import { RateLimits } from './rate-limits.js';

export interface Doors {
  readonly door: Door;
  readonly ownTokens: OwnTokens;
}

/** Without a secret the tokens of this process are its own. */
export function createDoor({ configuration, dataSource }: Surroundings): Doors {
  const { authSecret, open, loopback, rates } = configuration;
  const ownTokens = new OwnTokens(authSecret ?? randomBytes(32));
  const authenticator = new Authenticator({ dataSource, ownTokens, open, loopback });
  return { door: new Door(authenticator, new RateLimits(rates)), ownTokens };
}
