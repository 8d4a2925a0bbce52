import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { isSandboxLimited, limitSandbox } from './sandbox-limit.js';

const NOW = Date.UTC(2030, 0, 1);
const HOUR = 3_600_000;

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'worker-home-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

it('limits for an hour after workflows were stuck', async () => {
  expect(await isSandboxLimited(home, NOW)).toBe(false);
  await limitSandbox(home, NOW);
  expect(await isSandboxLimited(home, NOW)).toBe(true);
  expect(await isSandboxLimited(home, NOW + HOUR - 1)).toBe(true);
  expect(await isSandboxLimited(home, NOW + HOUR)).toBe(false);
});

it.each(['', 'nonsense', '9999-01-01T00:00:00.000Z', '\0'])('makes nothing of %j', async (text) => {
  await writeFile(join(home, 'sandbox-limited-until'), text);
  expect(await isSandboxLimited(home, NOW)).toBe(false);
});
