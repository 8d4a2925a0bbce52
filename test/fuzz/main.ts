import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProgress, type Progress } from '../../apps/local/progress.js';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { TestPlatform } from '../platform.js';
import { type PythonPackages, providePython } from '../programs/python.js';
import { type Surroundings, withSurroundings } from '../run/surroundings.js';
import { provideTestServers } from '../run/test-servers.js';
import { type FuzzArguments, parseArguments } from './arguments.js';
import { writeConfiguration } from './configuration.js';
import { prepareIdentities } from './prepare.js';
import { countFailures, formatResults, readResult, type SeedResult } from './report.js';

/**
 * `npm run fuzz`: what schemathesis makes of the description of the API, against an API, a worker, a Postgres and a
 * Temporal of its own.
 */
const SOURCES = join(findProjectRoot(), 'test/fuzz');
const SCHEMATHESIS: PythonPackages = {
  title: 'The fuzzer schemathesis',
  name: 'fuzz',
  requirements: 'test/fuzz/requirements.txt',
};

process.exit(await main());

async function main(): Promise<number> {
  try {
    const wanted = parseArguments(process.argv.slice(2));
    const results = await withSurroundings({}, (surroundings) => fuzz(wanted, surroundings));
    console.log(wanted.json ? JSON.stringify(results, undefined, 2) : formatResults(results));
    const whole = results.length === wanted.seeds.length;
    return whole && results.every((result) => countFailures(result) === 0) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

async function fuzz({ seeds, examples }: FuzzArguments, surroundings: Surroundings): Promise<SeedResult[]> {
  const { reaper, folder, env, interrupted } = surroundings;
  const progress = createProgress(process.stderr, interrupted);
  const watch = (signal: NodeJS.Signals) => (pid: number) =>
    reaper.watch(pid, { signal, graceMs: 3_000, order: 1 });
  const python = await progress.during('Python', (onProgress) =>
    providePython(SCHEMATHESIS, { env, onProgress, onSpawn: watch('SIGKILL') }),
  );
  const servers = await progress.during('servers', (onProgress) =>
    provideTestServers({ folder, env, onProgress, onSpawn: watch('SIGINT') }),
  );
  // What the platform of tests is made of looks there.
  Object.assign(process.env, env, servers.env);
  try {
    const results: SeedResult[] = [];
    for (const seed of seeds) {
      if (interrupted.aborted) break;
      const request = { seed, examples, python, folder, env, onSpawn: watch('SIGKILL') };
      results.push(await progress.during(`seed ${seed}`, () => fuzzOnce(request, progress)));
    }
    return results;
  } finally {
    await servers.stop();
  }
}

interface SeedRequest {
  readonly seed: number;
  readonly examples: number;
  readonly python: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onSpawn: (pid: number) => void;
}

/** On a database of its own, so that a seed finds the same again. */
async function fuzzOnce(request: SeedRequest, progress: Progress): Promise<SeedResult> {
  const { seed, examples } = request;
  const folder = join(request.folder, `seed-${seed}`);
  await mkdir(folder);
  const platform = await TestPlatform.start();
  try {
    const [configuration, report] = [join(folder, 'schemathesis.toml'), join(folder, 'report.json')];
    const text = writeConfiguration({
      url: platform.url,
      identities: await prepareIdentities(platform, folder),
      hooks: join(SOURCES, 'hooks.py'),
      report,
      examples,
    });
    await writeFile(configuration, text);
    const output = await runSchemathesis(
      request,
      ['--config-file', configuration],
      [`${platform.url}/docs-json`, ...['--seed', String(seed), '--no-color']],
    );
    const result = readResult(seed, await readReport(report, output), output);
    if (countFailures(result) > 0) progress.line(output);
    return result;
  } finally {
    await platform.close();
  }
}

async function readReport(file: string, output: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new Error(`schemathesis wrote no report:\n${output}`);
  });
}

/** What it printed. */
function runSchemathesis(
  { python, env, onSpawn, folder }: SeedRequest,
  options: readonly string[],
  args: readonly string[],
): Promise<string> {
  const program = 'from schemathesis.cli import schemathesis; schemathesis()';
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['-c', program, ...options, 'run', ...args], {
      cwd: folder,
      env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) onSpawn(child.pid);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject).once('close', () => resolve(output));
  });
}
