import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BootstrapError } from './error.mjs';

const POLL_MS = 200;

/**
 * Runs `work` while no other process runs its own under the same lock; that of a dead process is taken over.
 * The lock is a folder that holds one empty file named for its owner. A full folder cannot be replaced by a rename and
 * an empty one can, and only a dead owner's own file is ever removed: of two who take over at once, one gets it.
 */
export async function withLock(folder, work) {
  const own = identify(process.pid);
  await take(folder, own);
  const release = () => leave(folder, own);
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function take(folder, own) {
  const prepared = `${folder}-${own}`;
  makeFolder(prepared);
  writeFileSync(join(prepared, own), '');
  for (let told = false; !tryRename(prepared, folder); ) {
    const owner = readOwner(folder);
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      rmSync(join(folder, owner), { force: true });
      continue;
    }
    if (!told) console.error(`Waiting for another installation (process ${pidOf(owner)}).`);
    told = true;
    await sleep(POLL_MS);
  }
}

function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new BootstrapError(
      `${dirname(folder)} cannot be written (${error.code}). Repeat the command as the user to whom it belongs, ` +
        'or in a clone of your own.',
    );
  }
}

function tryRename(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
    throw error;
  }
}

function leave(folder, own) {
  rmSync(join(folder, own), { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // the next owner has it already
  }
}

function readOwner(folder) {
  try {
    return readdirSync(folder)[0];
  } catch {
    return undefined;
  }
}

/** A process that cannot be mistaken for a later one with its number: number and start. */
function identify(pid) {
  return `${pid}-${readStart(pid)}`;
}

function pidOf(owner) {
  return Number(owner.split('-')[0]);
}

function isAlive(owner) {
  return identify(pidOf(owner)) === owner;
}

/** When it started, per boot; `none` when it does not run. */
function readStart(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}-${fields[19]}`;
  } catch {
    const answer = process.platform === 'linux' ? '' : askStart(pid);
    return answer === '' ? 'none' : answer.replaceAll(/[^A-Za-z0-9]+/g, '-');
  }
}

function askStart(pid) {
  return (spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '').trim();
}
