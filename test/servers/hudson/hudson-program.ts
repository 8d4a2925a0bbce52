import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Provision, placeInCache } from '../../programs/cache.js';

const VERSION = '3.3.2';
const ARTIFACT = `org.eclipse.hudson:hudson-war:${VERSION}:war`;
const FILE = `hudson-war-${VERSION}.war`;
const SHA256 = '29db3f39025edbd547f445a9d46b9a9eff9ddf1411cde2adc8b52b3503f9536c';
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
const LIMIT_MS = 10 * 60_000;

/**
 * The war of Hudson (32 MB), from Maven Central by Maven where it is not in the user's cache. Throws where there is no Java
 * with a compiler, no Maven, or no way to Maven Central.
 */
export async function provideHudson(provision: Provision): Promise<string> {
  requireJava(provision.env);
  const folder = placeInCache(`hudson-for-tests-${VERSION}`, provision.env);
  const war = join(folder, FILE);
  if (existsSync(war)) return war;
  const unfinished = `${folder}-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await download(unfinished, provision);
    const digest = createHash('sha256')
      .update(readFileSync(join(unfinished, FILE)))
      .digest('hex');
    if (digest !== SHA256) throw new Error(`${ARTIFACT} has the digest ${digest} instead of ${SHA256}.`);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return war;
}

/** It is started by a source file, which Java compiles itself. */
function requireJava(env: NodeJS.ProcessEnv): void {
  const { status, stdout } = spawnSync('java', ['--list-modules'], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error('Hudson needs Java, which is not installed.');
  if (!stdout.includes('jdk.compiler@'))
    throw new Error('Hudson is started by a Java with a compiler (JDK).');
}

async function download(folder: string, { env, onProgress, onSpawn }: Provision): Promise<void> {
  onProgress(`Getting Hudson ${VERSION} from Maven Central`);
  const child = spawn('mvn', ['-B', '-q', COPY, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${folder}`], {
    // Where no project lies.
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  if (child.pid !== undefined) onSpawn(child.pid);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-2_000);
    });
  }
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve('not installed')).once('close', resolve);
  });
  if (code !== 0) throw new Error(`Maven could not get Hudson (${code}). ${printed}`.trim());
}
