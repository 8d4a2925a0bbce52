import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';

const REQUIREMENTS = join(findProjectRoot(), 'test/fuzz/requirements.txt');
const OLDEST: readonly [number, number] = [3, 10];
const LIMIT_MS = 10 * 60_000;

interface PythonRequest {
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
  readonly onSpawn: (pid: number) => void;
}

/**
 * The Python that has schemathesis, in an environment of its own in the user's cache, made where it is not there: half a
 * minute and 60 MB. Throws with a cure where there is no Python, or it cannot be made.
 */
export async function providePython(request: PythonRequest): Promise<string> {
  const { env, onProgress } = request;
  const version = requirePython(env);
  const folder = placeOf(env, version);
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'complete');
  if (existsSync(stamp)) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  onProgress('Making a Python environment');
  const made = await run(['python3', '-m', 'venv', folder], request);
  if (made !== '') {
    const cure = 'Install what python3 -m venv needs, on Debian and Ubuntu the package python3-venv.';
    throw new Error(`Python cannot make an environment: ${made}\n${cure}`);
  }
  onProgress('Installing schemathesis from PyPI');
  const options = ['--require-hashes', '--disable-pip-version-check', '--no-input', '--quiet'];
  const installed = await run([python, '-m', 'pip', 'install', ...options, '-r', REQUIREMENTS], request);
  if (installed !== '') {
    const cure = 'It needs PyPI, or PIP_INDEX_URL of a mirror of it.';
    throw new Error(`schemathesis cannot be installed: ${installed}\n${cure}`);
  }
  writeFileSync(stamp, '');
  return python;
}

/** Throws where it is not there, or too old. */
function requirePython(env: NodeJS.ProcessEnv): string {
  const asked = spawnSync('python3', ['-c', 'import sys; print(*sys.version_info[:2], sep=".")'], {
    env,
    encoding: 'utf8',
  });
  const version = versionOf(asked);
  if (version === undefined) {
    throw new Error(
      `The fuzzer schemathesis needs Python ${OLDEST.join('.')} or newer as python3, which ${
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
function placeOf(env: NodeJS.ProcessEnv, version: string): string {
  const digest = createHash('sha256').update(version).update(readFileSync(REQUIREMENTS)).digest('hex');
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(cache, 'sluice', `fuzz-${digest.slice(0, 12)}`);
}

/** What it complained of in the end; empty where all went well. */
function run([program = '', ...args]: readonly string[], { env, onSpawn }: PythonRequest): Promise<string> {
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
