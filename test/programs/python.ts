import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { type Provision, placeInCache } from './cache.js';

const OLDEST: readonly [number, number] = [3, 10];
const LIMIT_MS = 10 * 60_000;

/** What Python gets beside itself. */
export interface PythonPackages {
  /** As people are told of it: `schemathesis`. */
  readonly title: string;
  /** Of the environment in the cache. */
  readonly name: string;
  /** Below the project's folder: each package by its number, each of its files by its hash. */
  readonly requirements: string;
}

/**
 * The Python that has these packages, in an environment of its own in the user's cache, made where it is not there: half
 * a minute and some 60 MB. Throws with a cure where there is no Python, or it cannot be made.
 */
export async function providePython(packages: PythonPackages, provision: Provision): Promise<string> {
  const { env, onProgress } = provision;
  const version = requirePython(packages, env);
  const requirements = join(findProjectRoot(), packages.requirements);
  const folder = placeOf({ ...packages, requirements }, env, version);
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'complete');
  if (existsSync(stamp)) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  onProgress('Making a Python environment');
  const made = await run(['python3', '-m', 'venv', folder], provision);
  if (made !== '') {
    const cure = 'Install what python3 -m venv needs, on Debian and Ubuntu the package python3-venv.';
    throw new Error(`Python cannot make an environment: ${made}\n${cure}`);
  }
  onProgress(`Installing ${packages.title} from PyPI`);
  // They name all that is needed.
  const options = ['--no-deps', '--require-hashes', '--disable-pip-version-check', '--no-input', '--quiet'];
  const installed = await run([python, '-m', 'pip', 'install', ...options, '-r', requirements], provision);
  if (installed !== '') {
    const cure = 'It needs PyPI, or PIP_INDEX_URL of a mirror of it.';
    throw new Error(`${packages.title} cannot be installed: ${installed}\n${cure}`);
  }
  writeFileSync(stamp, '');
  return python;
}

/** Throws where it is not there, or too old. */
function requirePython({ title }: PythonPackages, env: NodeJS.ProcessEnv): string {
  const asked = spawnSync('python3', ['-c', 'import sys; print(*sys.version_info[:2], sep=".")'], {
    env,
    encoding: 'utf8',
  });
  const version = versionOf(asked);
  if (version === undefined) {
    throw new Error(
      `${title} needs Python ${OLDEST.join('.')} or newer as python3, which ${
        asked.error === undefined ? 'is too old or does not answer' : 'is not there'
      }. Install it from your system's packages or https://www.python.org, and repeat the command.`,
    );
  }
  return version;
}

function versionOf({ status, stdout }: SpawnSyncReturns<string>): string | undefined {
  const version = status === 0 ? stdout.trim() : '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === OLDEST[0] && minor >= OLDEST[1] ? version : undefined;
}

/** Named by what it is made of. */
function placeOf({ name, requirements }: PythonPackages, env: NodeJS.ProcessEnv, version: string): string {
  const digest = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex');
  return placeInCache(`${name}-${digest.slice(0, 12)}`, env);
}

/** What it complained of in the end; empty where all went well. */
function run([program = '', ...args]: readonly string[], { env, onSpawn }: Provision): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS });
    if (child.pid !== undefined) onSpawn(child.pid);
    let told = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        told = (told + text).slice(-2_000);
      });
    }
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code) => resolve(code === 0 ? '' : told.trim() || `it ended with ${code}`));
  });
}
