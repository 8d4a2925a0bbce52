import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { findProjectRoot } from '../../libs/host/project-root.js';

const MAIN = join(findProjectRoot(), 'dist/bench/peers/main.js');

async function benchPeers(
  ...args: readonly string[]
): Promise<{ code: number; output: string; told: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, told, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, output, told };
}

it('measures a peer on servers of its own, and checks what it answers', async () => {
  const { code, output, told } = await benchPeers('--small', '--json', 'temporal-local');
  expect([code, told.includes('Error')]).toEqual([0, false]);
  const { outcomes } = JSON.parse(output);
  expect(outcomes).toEqual([
    expect.objectContaining({
      name: 'temporal-local',
      versions: { temporal: expect.stringMatching(/^\d+\.\d+/) },
    }),
  ]);
  const [figures] = outcomes[0].rounds;
  expect(figures.allAtOnce).toBeGreaterThanOrEqual(1);
  const positive = process.platform === 'linux' ? figures : { tenStepsP50: figures.tenStepsP50 };
  expect(Object.entries(positive).filter(([, value]) => !(Number(value) > 0))).toEqual([]);
});

it('refuses who is no peer', async () => {
  const { code, told } = await benchPeers('nobody');
  expect([code, told]).toEqual([1, expect.stringContaining('Unknown: nobody. Usage:')]);
});
