import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ObtainRequest } from './obtain-temporal.js';
import { runsTemporal } from './runs-temporal.js';

const MODULE = 'github.com/temporalio/cli/cmd/temporal';
const PROGRESS_MS = 5_000;
/** Where Go's own installer puts it, which is not on every PATH. */
const USUAL_GO = '/usr/local/go/bin/go';

/** Builds the server from the Go module proxy: minutes with an empty Go cache, seconds after. */
export async function buildTemporal(
  folder: string,
  version: string,
  request: ObtainRequest,
): Promise<{ path: string } | { reason: string }> {
  const go = findGo(request.env);
  if (go === undefined) return { reason: 'Go is not installed' };
  const unfinished = mkdtempSync(join(folder, 'build-'));
  try {
    const failure = await install(go, `${MODULE}@v${version}`, unfinished, request);
    if (failure !== undefined) return { reason: failure };
    const program = join(unfinished, 'temporal');
    if (!runsTemporal(program)) return { reason: 'the program that Go built does not run' };
    const path = join(folder, 'temporal');
    renameSync(program, path);
    return { path };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function findGo(env: NodeJS.ProcessEnv): string | undefined {
  if (spawnSync('go', ['version'], { env, stdio: 'ignore' }).status === 0) return 'go';
  return spawnSync(USUAL_GO, ['version'], { env, stdio: 'ignore' }).status === 0 ? USUAL_GO : undefined;
}

function install(
  go: string,
  module: string,
  bin: string,
  request: ObtainRequest,
): Promise<string | undefined> {
  let modules = 0;
  let packages = 0;
  let last = '';
  const { onProgress } = request;
  onProgress('Building the Temporal server with Go; the first time takes about 4 minutes on 2 cores');
  const tick = setInterval(() => {
    onProgress(
      `Building the Temporal server with Go: ${modules} modules fetched, ${packages} packages compiled`,
    );
  }, PROGRESS_MS);
  return new Promise((resolve) => {
    const child = spawn(go, ['install', '-v', module], {
      cwd: bin,
      env: goEnvironment(request.env, bin),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (child.pid !== undefined) request.onSpawn?.(child.pid);
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = chunk.split('\n').filter((line) => line !== '');
      modules += lines.filter((line) => line.startsWith('go: downloading ')).length;
      packages += lines.filter((line) => !line.startsWith('go: ')).length;
      last = lines.at(-1) ?? last;
    });
    const end = (failure: string | undefined) => {
      clearInterval(tick);
      resolve(failure);
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code) => end(code === 0 ? undefined : `${last || 'no words'} (exit code ${code})`));
  });
}

/** Without a home that can be written Go has no place for its caches: they go beside the build, writable so that they can be removed. */
function goEnvironment(env: NodeJS.ProcessEnv, bin: string): NodeJS.ProcessEnv {
  const build = { ...env, GOBIN: bin };
  try {
    accessSync(env['HOME'] ?? '', constants.W_OK);
    return build;
  } catch {
    const flags = `${env['GOFLAGS'] ?? ''} -modcacherw`.trim();
    return { ...build, HOME: bin, GOPATH: join(bin, 'path'), GOCACHE: join(bin, 'cache'), GOFLAGS: flags };
  }
}
