import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProcessRegister, killLeftovers } from './leftovers.js';
import { isGroupAlive, listGroup } from './process-groups.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'leftovers-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe('killLeftovers', () => {
  const start = (): number => {
    const child = spawn('sh', ['-c', 'sleep 600 & sleep 600'], { detached: true, stdio: 'ignore' });
    return child.pid ?? 0;
  };

  it('kills what a killed worker left, and forgets it', async () => {
    const group = start();
    createProcessRegister(root).add(group);
    expect(killLeftovers(root)).toBe(1);
    await waitFor(() => !isGroupAlive(group));
    expect(readdirSync(join(root, 'processes'))).toEqual([]);
    expect(killLeftovers(root)).toBe(0);
  });

  it('kills members whose leader has ended', async () => {
    const group = start();
    createProcessRegister(root).add(group);
    await waitFor(() => (listGroup(group)?.length ?? 0) > 1);
    process.kill(group, 'SIGKILL');
    await waitFor(() => listGroup(group)?.every(({ pid }) => pid !== group) === true);
    expect(killLeftovers(root)).toBe(1);
    await waitFor(() => !isGroupAlive(group));
  });

  it.each([
    ['another start time', (entry: { startTime: number }) => ({ ...entry, startTime: entry.startTime - 1 })],
    ['another boot', (entry: object) => ({ ...entry, boot: 'other' })],
  ])('leaves a group of %s alone', (_, change) => {
    const group = start();
    createProcessRegister(root).add(group);
    const file = join(root, 'processes', `${group}.json`);
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as never)));
    try {
      expect(killLeftovers(root)).toBe(0);
      expect(isGroupAlive(group)).toBe(true);
    } finally {
      process.kill(-group, 'SIGKILL');
    }
  });

  it.each(['', '{', 'null', '{"group":1,"startTime":1,"boot":"x"}', '{"group":-1}', '[]'])(
    'survives the entry %j',
    (text) => {
      mkdirSync(join(root, 'processes'));
      writeFileSync(join(root, 'processes/1.json'), text);
      expect(killLeftovers(root)).toBe(0);
    },
  );
});
