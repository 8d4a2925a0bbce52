import { describe, expect, it } from '@jest/globals';
import { createCached } from './cached.js';

const HOUR = 3_600_000;

describe('createCached', () => {
  it('loads once, however many ask at once and after one another', async () => {
    let loads = 0;
    const cached = createCached({
      maxAgeMs: HOUR,
      deadlineMs: HOUR,
      load: async () => ++loads,
      failed: fail,
    });
    expect(await Promise.all([cached.read(), cached.read(), cached.read()])).toEqual([1, 1, 1]);
    expect(await cached.read()).toBe(1);
  });

  it('loads again what is too old', async () => {
    let loads = 0;
    const cached = createCached({ maxAgeMs: 0, deadlineMs: HOUR, load: async () => ++loads, failed: fail });
    expect([await cached.read(), await cached.read()]).toEqual([1, 2]);
  });

  it('has nothing after a failure, and does not ask again at once', async () => {
    const errors: unknown[] = [];
    let loads = 0;
    const load = async () => {
      loads += 1;
      throw new Error('away');
    };
    const cached = createCached({
      maxAgeMs: HOUR,
      deadlineMs: HOUR,
      load,
      failed: (error) => errors.push(error),
    });
    expect([await cached.read(), await cached.read()]).toEqual([undefined, undefined]);
    expect([loads, errors.length]).toEqual([1, 1]);
  });

  it('keeps nobody waiting for what does not come, and starts no second look meanwhile', async () => {
    let loads = 0;
    const never = new Promise<number>(() => undefined);
    const load = () => {
      loads += 1;
      return never;
    };
    const cached = createCached({ maxAgeMs: 0, deadlineMs: 1, load, failed: fail });
    expect([await cached.read(), await cached.read()]).toEqual([undefined, undefined]);
    expect(loads).toBe(1);
  });
});

function fail(error: unknown): void {
  throw error;
}
