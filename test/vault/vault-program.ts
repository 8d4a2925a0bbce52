import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';

/** `npm test -- --with-vault` makes it. */
export interface VaultBuild {
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
  readonly onSpawn: (pid: number) => void;
}

/** Where Go's own installer puts it, which is not on every PATH. */
const GO = ['go', '/usr/local/go/bin/go'];
const LIMIT_MS = 40 * 60_000;

/** The server of tests that an earlier build left in the user's cache; undefined where there is none. */
export function findVaultProgram(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const program = placeOf(env);
  return existsSync(program) ? program : undefined;
}

/**
 * Builds it from the Go module proxy where it is not in the cache: some 5 minutes and 2 GB of Go's caches on 2 cores, at
 * the lowest priority. Throws where Go is missing or fails.
 */
export async function buildVaultProgram({ env, onProgress, onSpawn }: VaultBuild): Promise<string> {
  const program = placeOf(env);
  if (existsSync(program)) return program;
  const go = GO.find((name) => spawnSync(name, ['version'], { env, stdio: 'ignore' }).status === 0);
  if (go === undefined) throw new Error('Vault for tests is built by Go, which is not installed.');
  mkdirSync(join(program, '..'), { recursive: true });
  const unfinished = `${program}-${process.pid}`;
  let [packages, last] = [0, ''];
  const child = spawn(
    'nice',
    ['-n', '19', go, 'build', '-v', '-trimpath', '-ldflags=-s -w', '-o', unfinished, '.'],
    {
      cwd: sourceFolder(),
      env: { ...env, GOFLAGS: `${env['GOFLAGS'] ?? ''} -buildvcs=false`.trim() },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: LIMIT_MS,
    },
  );
  if (child.pid !== undefined) onSpawn(child.pid);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = text.split('\n').filter((line) => line !== '');
    packages += lines.filter((line) => !line.startsWith('go: ')).length;
    last = lines.at(-1) ?? last;
    onProgress(`Building Vault with Go: ${packages} packages compiled`);
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (exit) => resolve(exit));
  });
  if (code !== 0) {
    rmSync(unfinished, { force: true });
    throw new Error(`Go could not build Vault (${code}): ${last}`);
  }
  renameSync(unfinished, program);
  return program;
}

/** Named by what it is built of. */
function placeOf(env: NodeJS.ProcessEnv): string {
  const digest = createHash('sha256');
  for (const name of ['go.mod', 'main.go']) digest.update(readFileSync(join(sourceFolder(), name)));
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(cache, 'sluice', `vault-for-tests-${digest.digest('hex').slice(0, 12)}`, 'vault');
}

function sourceFolder(): string {
  return join(findProjectRoot(), 'test', 'vault', 'server');
}
