import type { SluiceError } from '#domain/errors.js';
import { isSluiceError } from '#domain/errors.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { problemError } from '../http/problem.js';
import type { Authenticator } from './authenticate.js';
import { PUBLIC_ROUTE } from './permit.js';
import { type Allowance, type RateLimits, toRatedAddress } from './rate-limits.js';

/** Addresses that mean what they say: no steps upwards, nothing encoded. */
const PLAIN_ADDRESS = /^\/(?!.*(\.\.|\/\/))[\w./-]*(\?|$)/;

/** Where every request comes in, before its body is read and whether or not there is such a route. */
export class Door {
  constructor(
    readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
  ) {}

  /**
   * Who asks too often goes no further, nor, but on public routes, who is not known and no guest. Throws SluiceError
   * `rate-limited` and as `Authenticator.authenticate` does.
   */
  async enter(request: ApiRequest, reply: ApiReply, isGuest: boolean): Promise<void> {
    const address = toRatedAddress(request.ip);
    this.require(await this.limits.take('address', address), reply);
    if (isPublic(request)) return;
    if (isGuest) return this.authenticator.admitGuest(request);
    const identity = await this.authenticator.authenticate(request).catch(async (error: unknown) => {
      if (isSluiceError(error) && error.code === 'credentials-invalid') {
        this.require(await this.limits.take('failure', address), reply);
      }
      throw error;
    });
    if (identity.means.kind === 'open') return;
    this.require(await this.limits.take('key', `${identity.means.kind} ${identity.means.id}`), reply);
  }

  /** The strictest that was asked for last is the one that is told. */
  require(allowance: Allowance, reply: ApiReply): void {
    for (const [name, value] of Object.entries(this.limits.headersOf(allowance))) reply.header(name, value);
    if (allowance.exceeded) throw rateError(allowance);
  }

  /** Of who showed something that proves nothing, on a route without credentials. */
  async takeFailure(request: ApiRequest, reply: ApiReply): Promise<void> {
    this.require(await this.limits.take('failure', toRatedAddress(request.ip)), reply);
  }

  async takeEvent(webhook: string, reply: ApiReply): Promise<void> {
    this.require(await this.limits.take('webhook', webhook), reply);
  }

  async takeToken(key: string, reply: ApiReply): Promise<void> {
    this.require(await this.limits.take('token', key), reply);
  }
}

function isPublic({ routeOptions: { config }, url }: ApiRequest): boolean {
  return (config as Partial<typeof PUBLIC_ROUTE> | undefined)?.public === true && PLAIN_ADDRESS.test(url);
}

function rateError({ reset }: Allowance): SluiceError {
  return problemError('rate-limited', `There were too many requests; ask again in ${Math.max(1, reset)} s.`);
}
