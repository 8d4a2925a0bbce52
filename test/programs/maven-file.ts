import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Provision, placeInCache } from './cache.js';

/** A file of Maven Central. */
export interface MavenFile {
  /** As people are told of it: `Hudson 3.3.2`. */
  readonly title: string;
  /** Of its folder in the cache. */
  readonly name: string;
  /** `group:artifact:version:packaging[:classifier]`. */
  readonly artifact: string;
  readonly file: string;
  readonly sha256: string;
}

const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
const LIMIT_MS = 15 * 60_000;

/**
 * Its place in the user's cache; got by Maven where it is not there. Throws where there is no Maven, no way to Maven
 * Central, or another file than this.
 */
export async function provideMavenFile(wanted: MavenFile, provision: Provision): Promise<string> {
  const folder = placeInCache(wanted.name, provision.env);
  const file = join(folder, wanted.file);
  if (existsSync(file)) return file;
  const unfinished = `${folder}-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await download(wanted, unfinished, provision);
    const digest = createHash('sha256');
    await pipeline(createReadStream(join(unfinished, wanted.file)), digest);
    const found = digest.digest('hex');
    if (found !== wanted.sha256)
      throw new Error(`${wanted.artifact} has the digest ${found} instead of ${wanted.sha256}.`);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return file;
}

async function download(
  { title, artifact }: MavenFile,
  folder: string,
  { env, onProgress, onSpawn }: Provision,
): Promise<void> {
  onProgress(`Getting ${title} from Maven Central`);
  const child = spawn('mvn', ['-B', '-q', COPY, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`], {
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
  if (code !== 0) throw new Error(`Maven could not get ${title} (${code}). ${printed}`.trim());
}
