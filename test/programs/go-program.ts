import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { type Provision, placeInCache } from './cache.js';

/** A server of tests that Go builds from its module proxy. */
export interface GoProgram {
  /** As people are told of it: `Vault`. */
  readonly title: string;
  /** Of the file that is built. */
  readonly name: string;
  /** Below the project's own, that of its go.mod. */
  readonly folder: string;
  /** Names in `folder` of what it is built of. */
  readonly sources: readonly string[];
  readonly package: string;
  readonly tags?: readonly string[];
  /** Texts that the linker lays into it, by the names of their variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Lays beside the program what it needs to run. */
  readonly furnish?: (folder: string, go: GoTool) => void;
}

/** Answers with what `go` prints. Throws where it fails. */
export type GoTool = (...args: readonly string[]) => string;

/** Where Go's own installer puts it, which is not on every PATH. */
const GO = ['go', '/usr/local/go/bin/go'];
const LIMIT_MS = 40 * 60_000;

/** What an earlier build left in the user's cache; undefined where there is none. */
export function findGoProgram(program: GoProgram, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const file = placeOf(program, env);
  return existsSync(file) ? file : undefined;
}

/** Builds it where it is not in the cache, at the lowest priority. Throws where Go is missing or fails. */
export async function buildGoProgram(program: GoProgram, provision: Provision): Promise<string> {
  const { env, onProgress } = provision;
  const file = placeOf(program, env);
  if (existsSync(file)) return file;
  const { title, furnish } = program;
  const go = GO.find((name) => spawnSync(name, ['version'], { env, stdio: 'ignore' }).status === 0);
  if (go === undefined) throw new Error(`${title} for tests is built by Go, which is not installed.`);
  const unfinished = join(file, '..', '..', `${program.name}-${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  try {
    await compile(program, { ...provision, go, file: join(unfinished, program.name) });
    onProgress(`Laying out what ${title} needs`);
    furnish?.(unfinished, createTool(go, program, env));
    renameSync(unfinished, join(file, '..'));
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return file;
}

interface Compilation extends Provision {
  readonly go: string;
  readonly file: string;
}

async function compile(
  program: GoProgram,
  { env, onProgress, onSpawn, go, file }: Compilation,
): Promise<void> {
  const { title, tags = [], variables = {} } = program;
  const linked = Object.entries(variables).map(([name, text]) => ` -X ${name}=${text}`);
  let [packages, last] = [0, ''];
  const child = spawn(
    'nice',
    [
      ...['-n', '19', go, 'build', '-v', '-trimpath'],
      ...[`-ldflags=-s -w${linked.join('')}`, `-tags=${tags.join(',')}`, '-o', file, program.package],
    ],
    {
      cwd: folderOf(program),
      env: environmentOf(env),
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
    onProgress(`Building ${title} with Go: ${packages} packages compiled`);
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (exit) => resolve(exit));
  });
  if (code !== 0) throw new Error(`Go could not build ${title} (${code}): ${last}`);
}

function createTool(go: string, program: GoProgram, env: NodeJS.ProcessEnv): GoTool {
  return (...args) => {
    const { status, stdout, stderr } = spawnSync(go, args, {
      cwd: folderOf(program),
      env: environmentOf(env),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`go ${args.join(' ')} failed (${status}): ${stderr}`);
    return stdout.trim();
  };
}

function environmentOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, GOFLAGS: `${env['GOFLAGS'] ?? ''} -buildvcs=false`.trim() };
}

/** Named by what it is built of. */
function placeOf(program: GoProgram, env: NodeJS.ProcessEnv): string {
  const digest = createHash('sha256');
  for (const name of program.sources) digest.update(readFileSync(join(folderOf(program), name)));
  const key = digest.digest('hex').slice(0, 12);
  return join(placeInCache(`${program.name}-for-tests-${key}`, env), program.name);
}

function folderOf({ folder }: GoProgram): string {
  return join(findProjectRoot(), folder);
}
