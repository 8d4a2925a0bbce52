import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Provision, placeInCache } from './cache.js';

/** A server of tests that a package of Debian holds. */
export interface DebianProgram {
  /** As people are told of it: `Prometheus`. */
  readonly title: string;
  readonly package: string;
  /** In the package: `usr/bin/prometheus`. */
  readonly file: string;
}

const LIMIT_MS = 90_000;
/** Who has no network is told so soon. */
const HASTE = ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10'];

/**
 * Downloads and unpacks it where it is not in the cache; installs nothing, and needs no root. Throws where apt-get or dpkg
 * is missing or fails.
 */
export async function unpackDebianProgram(program: DebianProgram, provision: Provision): Promise<string> {
  const folder = placeInCache(`${program.package}-for-tests-debian`, provision.env);
  const file = join(folder, program.file);
  if (existsSync(file)) return file;
  const unfinished = `${folder}-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    provision.onProgress(`Getting ${program.title} from Debian`);
    await download(program, unfinished, provision);
    const [archive = ''] = globSync('*.deb', { cwd: unfinished });
    const content = join(unfinished, 'content');
    await runTool('dpkg', ['-x', archive, content], unfinished, provision);
    if (!existsSync(join(content, program.file)))
      throw new Error(`the package ${program.package} has no ${program.file}`);
    renameSync(content, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return file;
}

/** By the machine's lists of packages; where these are not there, or are old, by lists of our own. */
async function download(program: DebianProgram, folder: string, provision: Provision): Promise<void> {
  const get = (...more: readonly string[]) =>
    runTool('apt-get', [...HASTE, ...more, 'download', program.package], folder, provision);
  try {
    await get();
  } catch {
    const [lists, cache] = ['lists/partial', 'cache/archives/partial'].map((name) => join(folder, name));
    for (const each of [lists, cache]) mkdirSync(each!, { recursive: true });
    const own = [
      ...['-o', `Dir::State::Lists=${join(folder, 'lists')}`],
      ...['-o', `Dir::Cache=${join(folder, 'cache')}`],
      // Root's apt-get would read them as another user, who may not.
      ...['-o', 'APT::Sandbox::User=root'],
    ];
    await runTool('apt-get', [...HASTE, ...own, '-qq', 'update'], folder, provision);
    await get(...own);
  }
}

function runTool(
  name: string,
  args: readonly string[],
  cwd: string,
  { env, onSpawn }: Provision,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(name, args, { cwd, env, timeout: LIMIT_MS }, (error, _, said) => {
      if (error === null) return resolve();
      const [line] = said.trim().split('\n').slice(-1);
      reject(new Error(`${name} cannot be used: ${line === '' ? error.message : line}`));
    });
    if (child.pid !== undefined) onSpawn(child.pid);
  });
}
