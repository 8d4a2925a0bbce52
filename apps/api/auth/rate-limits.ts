import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Requests a minute. */
export interface Rates {
  readonly key: number;
  readonly address: number;
  /** Wrong credentials from one address. */
  readonly failure: number;
  /** Tokens made of one key. */
  readonly token: number;
  /** Events of one webhook. */
  readonly webhook: number;
}

export type RateName = keyof Rates;

const WINDOW_S = 60;

/** What is left of one limit. */
export interface Allowance {
  readonly name: RateName;
  readonly exceeded: boolean;
  readonly remaining: number;
  /** Seconds until it is whole again. */
  readonly reset: number;
}

/** Counts the requests that this process has had in the last minute. */
export class RateLimits {
  private readonly limiters: Readonly<Record<RateName, RateLimiterMemory>>;

  constructor(private readonly rates: Rates) {
    const limiter = (points: number) => new RateLimiterMemory({ points, duration: WINDOW_S });
    this.limiters = {
      key: limiter(rates.key),
      address: limiter(rates.address),
      failure: limiter(rates.failure),
      token: limiter(rates.token),
      webhook: limiter(rates.webhook),
    };
  }

  async take(name: RateName, whose: string): Promise<Allowance> {
    try {
      return toAllowance(name, await this.limiters[name].consume(whose), false);
    } catch (result) {
      if (!(result instanceof RateLimiterRes)) throw result;
      return toAllowance(name, result, true);
    }
  }

  /** The fields of draft-ietf-httpapi-ratelimit-headers-10. */
  headersOf({ name, exceeded, remaining, reset }: Allowance): Readonly<Record<string, string>> {
    return {
      'ratelimit-policy': `"${name}";q=${this.rates[name]};w=${WINDOW_S}`,
      ratelimit: `"${name}";r=${remaining};t=${reset}`,
      ...(exceeded && { 'retry-after': String(Math.max(1, reset)) }),
    };
  }
}

/** Whoever has one address of IPv6 has the 64 bits below it. */
export function toRatedAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('%', 1)[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right].slice(0, 4).join(':');
}

function toAllowance(name: RateName, result: RateLimiterRes, exceeded: boolean): Allowance {
  const { remainingPoints, msBeforeNext } = result;
  return { name, exceeded, remaining: Math.max(0, remainingPoints), reset: Math.ceil(msBeforeNext / 1000) };
}
