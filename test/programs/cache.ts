import { homedir } from 'node:os';
import { join } from 'node:path';

/** How a program of tests is got where it is not in the cache. */
export interface Provision {
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
  readonly onSpawn: (pid: number) => void;
}

/** A folder of ours in the user's cache, which may not exist yet. */
export function placeInCache(name: string, env: NodeJS.ProcessEnv): string {
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(cache, 'sluice', name);
}
