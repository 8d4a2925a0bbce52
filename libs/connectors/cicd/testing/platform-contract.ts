import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CAPABILITIES, type Platform } from '../platform.js';
import { createPlatforms } from '../platforms.js';
import type { FakePlatform } from './fake-platform.js';

/** What has to hold of every platform, over a fake of it. */
export function describePlatformContract(platform: Platform, start: () => Promise<FakePlatform>): void {
  const bench = new Bench(platform, start);

  describe(`${platform.description.title}: the contract`, () => {
    beforeEach(() => bench.open());
    afterEach(() => bench.close());

    describe('description', () => describeDescription(bench));
  });
}

class Bench {
  fake!: FakePlatform;

  constructor(
    readonly platform: Platform,
    private readonly start: () => Promise<FakePlatform>,
  ) {}

  async open(): Promise<void> {
    this.fake = await this.start();
  }

  async close(): Promise<void> {
    await this.fake.close();
  }
}

function describeDescription({ platform }: Bench): void {
  it('says of each capability whether it has it, or what to do instead', () => {
    const { capabilities } = platform.description;
    expect(Object.keys(capabilities).sort()).toEqual([...CAPABILITIES].sort());
    for (const support of Object.values(capabilities))
      if (!support.supported) expect(support.instead).toMatch(/^[A-Z].*\.$/);
  });

  it('has a name that can be looked up', () => {
    const { name } = platform.description;
    const own = createPlatforms();
    // What comes by a plugin is none of our own.
    const all = own.find(name) === undefined ? createPlatforms([platform]) : own;
    expect(all.find(name)).toBe(platform);
  });
}
