import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CAPABILITIES, type Platform } from '../platform.js';
import { createPlatforms } from '../platforms.js';
import { ContractBench } from './contract-bench.js';
import { describeFaults } from './contract-faults.js';
import { describeInterference, describeLogs, describeStates } from './contract-follow.js';
import { describeDiscovery, describeFind, describeStart } from './contract-start.js';
import { describeWebhooks } from './contract-webhooks.js';
import type { FakePlatform } from './fake-platform.js';

/** What has to hold of every platform, over a fake of it that is started anew for each test. */
export function describePlatformContract(platform: Platform, start: () => Promise<FakePlatform>): void {
  const bench = new ContractBench(platform, start);

  describe(`${platform.description.title}: the contract`, () => {
    beforeEach(() => bench.open());
    afterEach(() => bench.close());

    describe('description', () => describeDescription(bench));
    describe('discovery', () => describeDiscovery(bench));
    describe('start', () => describeStart(bench));
    describe('finding again', () => describeFind(bench));
    describe('states', () => describeStates(bench));
    describe('logs', () => describeLogs(bench));
    describe('interference', () => describeInterference(bench));
    describe('faults', () => describeFaults(bench));
    describe('webhooks', () => describeWebhooks(bench));
  });
}

function describeDescription({ platform }: ContractBench): void {
  it('says of each capability whether it has it, or what to do instead', () => {
    const { capabilities, auth, permissions, settleMs } = platform.description;
    expect(Object.keys(capabilities).sort()).toEqual([...CAPABILITIES].sort());
    for (const support of Object.values(capabilities))
      if (!support.supported) expect(support.instead).toMatch(/^[A-Z`].*\.$/s);
    expect(auth.length).toBeGreaterThan(0);
    expect(permissions.length).toBeGreaterThan(0);
    expect(settleMs).toBeGreaterThanOrEqual(0);
  });

  it('has a name that can be looked up', () => {
    const { name } = platform.description;
    const isKnown = createPlatforms().find(name) !== undefined;
    const platforms = createPlatforms(isKnown ? [] : [platform]);
    expect(platforms.require(name)).toBe(platform);
    expect(() => platforms.require('constructor')).toThrow(
      expect.objectContaining({ code: 'platform-unknown', message: expect.stringContaining('constructor') }),
    );
  });
}
