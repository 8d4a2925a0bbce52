import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { type Provision, placeInCache } from '../../test/programs/cache.js';

const FILES = ['package.json', 'package-lock.json'];
const LIMIT_MS = 10 * 60_000;
const KEPT_CHARACTERS = 2_000;

/** Of the packages that a peer asks for, by their names. */
export function versionsOf(peer: string): Readonly<Record<string, string>> {
  const file = join(findProjectRoot(), 'bench/peers', peer, 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).dependencies;
}

/**
 * The packages of a peer as its lock names them, in the user's cache; their scripts are not run. They never lie where
 * the project's own do. Answers with the folder. Throws where npm cannot get them.
 */
export async function installPackages(peer: string, provision: Provision): Promise<string> {
  const source = join(findProjectRoot(), 'bench/peers', peer);
  const digest = createHash('sha256');
  for (const name of FILES) digest.update(readFileSync(join(source, name)));
  const folder = placeInCache(`peer-${peer}-${digest.digest('hex').slice(0, 12)}`, provision.env);
  const stamp = join(folder, 'complete');
  if (existsSync(stamp)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of FILES) copyFileSync(join(source, name), join(folder, name));
  await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder, provision);
  writeFileSync(stamp, '');
  return folder;
}

function runNpm(args: readonly string[], cwd: string, provision: Provision): Promise<void> {
  provision.onProgress('Getting its packages by npm');
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, {
      cwd,
      env: provision.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    if (child.pid !== undefined) provision.onSpawn(child.pid);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-KEPT_CHARACTERS);
      });
    }
    child.once('error', reject).once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm could not get its packages (${code}): ${printed.trim()}`));
    });
  });
}
