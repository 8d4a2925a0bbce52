import { describe, expect, it } from '@jest/globals';
import { RateLimits, toRatedAddress } from './rate-limits.js';

describe('RateLimits', () => {
  it('counts each for itself, and says what is left in the fields of the draft', async () => {
    const limits = new RateLimits({ key: 2, address: 5, failure: 5, token: 5, webhook: 5 });
    expect(limits.headersOf(await limits.take('key', 'a'))).toEqual({
      'ratelimit-policy': '"key";q=2;w=60',
      ratelimit: '"key";r=1;t=60',
    });
    expect(await limits.take('key', 'a')).toMatchObject({ exceeded: false, remaining: 0 });
    const third = await limits.take('key', 'a');
    expect(third).toMatchObject({ exceeded: true, remaining: 0 });
    expect(limits.headersOf(third)['retry-after']).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect(await limits.take('key', 'b')).toMatchObject({ exceeded: false, remaining: 1 });
    expect(await limits.take('address', 'a')).toMatchObject({ exceeded: false, remaining: 4 });
  });
});

describe('toRatedAddress', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts as %s', (address, counted) => {
    expect(toRatedAddress(address)).toBe(counted);
  });
});
