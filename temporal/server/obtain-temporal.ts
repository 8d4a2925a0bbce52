import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SluiceError } from '#domain/errors.js';
import { buildTemporal } from './build-temporal.js';
import { downloadTemporal } from './download-temporal.js';
import { runsTemporal } from './runs-temporal.js';
import { cacheFolder, findCached } from './temporal-cache.js';

/** Of the official command line, which holds the server and its Web UI; the newest that `go install` can build. */
const TEMPORAL_CLI_VERSION = '1.5.1';

export interface ObtainRequest {
  readonly env: NodeJS.ProcessEnv;
  /** Data folder, where the cache goes when the user has no home that can be written. */
  readonly home: string;
  readonly onProgress: (message: string) => void;
  readonly onSpawn?: ((pid: number) => void) | undefined;
}

/** One way to a `temporal` program: its path, or why not. */
export interface ObtainStep {
  readonly name: string;
  attempt(request: ObtainRequest): Promise<{ readonly path: string } | { readonly reason: string }>;
}

const UNFINISHED_MS = 24 * 60 * 60 * 1000;
const NOT_A_SERVER = 'is not a Temporal CLI that can start a server';

/** Cheapest first; the last two put the program into the cache. */
const OBTAIN_STEPS: readonly ObtainStep[] = [
  { name: 'TEMPORAL_CLI', attempt: ({ env }) => Promise.resolve(useNamed(env)) },
  { name: '`temporal` on the PATH', attempt: ({ env }) => Promise.resolve(findOnPath(env)) },
  {
    name: 'the cache',
    attempt: async ({ env, home }) => findCached(env, home, TEMPORAL_CLI_VERSION),
  },
  {
    name: 'the official download',
    attempt: (request) => intoCache(request, downloadTemporal),
  },
  {
    name: '`go install`',
    attempt: (request) => intoCache(request, buildTemporal),
  },
];

/**
 * Path of a `temporal` program that runs on this machine, by the first step that has one.
 * Throws `temporal-not-available` naming every way and why it led nowhere.
 */
export async function obtainTemporal(
  request: ObtainRequest,
  steps: readonly ObtainStep[] = OBTAIN_STEPS,
): Promise<string> {
  const reasons: string[] = ['TEMPORAL_ADDRESS: not set'];
  for (const step of steps) {
    const answer = await step.attempt(request);
    if ('path' in answer) return answer.path;
    reasons.push(`${step.name}: ${answer.reason}`);
  }
  throw new SluiceError({
    code: 'temporal-not-available',
    fault: 'operational',
    message: `There is no way to a Temporal server:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}`,
    hint:
      'Set TEMPORAL_ADDRESS to a server of your own (host:7233), or put the Temporal CLI (https://docs.temporal.io/cli) ' +
      'on the PATH, or connect this machine to the network, or install Go.',
  });
}

function useNamed(env: NodeJS.ProcessEnv): { path: string } | { reason: string } {
  const path = env['TEMPORAL_CLI'];
  if (path === undefined || path === '') return { reason: 'not set' };
  return runsTemporal(path) ? { path } : { reason: `${path} ${NOT_A_SERVER}` };
}

function findOnPath(env: NodeJS.ProcessEnv): { path: string } | { reason: string } {
  let broken: string | undefined;
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, 'temporal');
    try {
      accessSync(path, constants.X_OK);
    } catch {
      continue;
    }
    if (runsTemporal(path)) return { path };
    broken ??= path;
  }
  return {
    reason: broken === undefined ? 'none there' : `${broken} ${NOT_A_SERVER}`,
  };
}

type Fetch = (
  folder: string,
  version: string,
  request: ObtainRequest,
) => Promise<{ readonly path: string } | { readonly reason: string }>;

async function intoCache(request: ObtainRequest, fetchProgram: Fetch) {
  const folder = cacheFolder(request.env, request.home, TEMPORAL_CLI_VERSION);
  mkdirSync(folder, { recursive: true });
  removeUnfinished(folder);
  return await fetchProgram(folder, TEMPORAL_CLI_VERSION, request);
}

/** What a killed start left there; that of one which may still be at it is younger. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => /^(build|download)-/.test(entry))) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > UNFINISHED_MS) rmSync(path, { recursive: true, force: true });
  }
}
