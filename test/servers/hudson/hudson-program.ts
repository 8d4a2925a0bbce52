import { spawnSync } from 'node:child_process';
import type { Provision } from '../../programs/cache.js';
import { type MavenFile, provideMavenFile } from '../../programs/maven-file.js';

const VERSION = '3.3.2';
const HUDSON: MavenFile = {
  title: `Hudson ${VERSION}`,
  name: `hudson-for-tests-${VERSION}`,
  artifact: `org.eclipse.hudson:hudson-war:${VERSION}:war`,
  file: `hudson-war-${VERSION}.war`,
  sha256: '29db3f39025edbd547f445a9d46b9a9eff9ddf1411cde2adc8b52b3503f9536c',
};

/**
 * The war of Hudson (32 MB), from Maven Central by Maven where it is not in the user's cache. Throws where there is no Java
 * with a compiler, no Maven, or no way to Maven Central.
 */
export async function provideHudson(provision: Provision): Promise<string> {
  requireJava(provision.env);
  return provideMavenFile(HUDSON, provision);
}

/** It is started by a source file, which Java compiles itself. */
function requireJava(env: NodeJS.ProcessEnv): void {
  const { status, stdout } = spawnSync('java', ['--list-modules'], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error('Hudson needs Java, which is not installed.');
  if (!stdout.includes('jdk.compiler@'))
    throw new Error('Hudson is started by a Java with a compiler (JDK).');
}
