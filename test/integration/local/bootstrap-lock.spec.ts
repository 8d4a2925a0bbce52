import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT, waitUntil } from './local-platform.js';

/** Takes the lock, notes it in the journal, and keeps the lock for the milliseconds given. */
const HOLDER = `
  const [, lockModule, lock, journal, ms] = process.argv;
  const { withLock } = await import(lockModule);
  const { appendFileSync } = await import('node:fs');
  await withLock(lock, async () => {
    appendFileSync(journal, process.pid + ' in\\n');
    await new Promise((done) => setTimeout(done, Number(ms)));
    appendFileSync(journal, process.pid + ' out\\n');
  });
`;

let folder: string;
let journal: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-lock-'));
  journal = join(folder, 'journal');
  lock = join(folder, 'dist/lock');
  appendFileSync(journal, '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function hold(ms: number): ChildProcess {
  const args = ['--input-type=module', '-e', HOLDER, join(ROOT, 'scripts/bootstrap/lock.mjs'), lock, journal];
  return spawn(process.execPath, [...args, String(ms)], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function readJournal(): string[] {
  return readFileSync(journal, 'utf8').trim().split('\n').filter(Boolean);
}

async function killWhileHolding(): Promise<number> {
  const holder = hold(60_000);
  await waitUntil(() => readJournal().length === 1);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(existsSync(lock)).toBe(true);
  writeFileSync(journal, '');
  return holder.pid as number;
}

/** Each who came in went out before the next came in. */
function expectOneByOne(entries: readonly string[], count: number): void {
  expect(entries).toHaveLength(2 * count);
  const pids = entries.filter((_, at) => at % 2 === 0).map((entry) => entry.split(' ')[0]);
  expect(entries).toEqual(pids.flatMap((pid) => [`${pid} in`, `${pid} out`]));
}

describe('the lock of the installation', () => {
  it('is held by one at a time, also when all take it over from one that was killed', async () => {
    await killWhileHolding();
    const holders = Array.from({ length: 6 }, () => hold(20));
    await Promise.all(holders.map((holder) => once(holder, 'exit')));
    expectOneByOne(readJournal(), 6);
    expect(readdirSync(join(folder, 'dist'))).toEqual([]);
  });

  it('is not kept by another process that has the number of the dead owner', async () => {
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, `${process.pid}-another-start`), '');
    await once(hold(0), 'exit');
    expectOneByOne(readJournal(), 1);
  });
});
