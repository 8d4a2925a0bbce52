import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runsTemporal } from './runs-temporal.js';

/** Where root keeps what every user of the machine may run; nobody else may write it. */
const SHARED_CACHE = '/var/cache/sluice';

/** Folder for the program of this version: the user's cache directory; root's is the machine's. */
export function cacheFolder(env: NodeJS.ProcessEnv, home: string, version: string): string {
  const name = `temporal-${version}`;
  const folders = [
    ...(process.getuid?.() === 0 ? [SHARED_CACHE] : []),
    ...userCaches(env),
    join(home, 'cache'),
  ];
  const usable = folders.find(canMake);
  return join(usable ?? join(home, 'cache'), name);
}

/** The program kept by an earlier start of this user, or by root for all. */
export function findCached(
  env: NodeJS.ProcessEnv,
  home: string,
  version: string,
): { path: string } | { reason: string } {
  const folders = [...userCaches(env), join(home, 'cache'), SHARED_CACHE];
  const paths = folders.map((folder) => join(folder, `temporal-${version}`, 'temporal'));
  const path = paths.find((candidate) => isTrusted(candidate) && runsTemporal(candidate));
  return path === undefined ? { reason: `nothing in ${folders.join(', ')}` } : { path };
}

function userCaches(env: NodeJS.ProcessEnv): string[] {
  const configured = env['XDG_CACHE_HOME'];
  const home = env['HOME'];
  if (configured !== undefined && configured !== '') return [join(configured, 'sluice')];
  return home === undefined || home === '' ? [] : [join(home, '.cache', 'sluice')];
}

/** A program that someone else could have put there is not run. */
function isTrusted(path: string): boolean {
  try {
    const { uid, mode } = statSync(path);
    const folder = statSync(dirname(path));
    const owners = [0, process.getuid?.() ?? uid];
    return owners.includes(uid) && owners.includes(folder.uid) && ((mode | folder.mode) & 0o002) === 0;
  } catch {
    return false;
  }
}

function canMake(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
