import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Provision } from '../../programs/cache.js';
import { type DebianProgram, unpackDebianProgram } from '../../programs/debian-program.js';
import { buildGoProgram, findGoProgram, type GoProgram } from '../../programs/go-program.js';

const PACKAGES = 'github.com/prometheus/prometheus/cmd';
/** It scrapes what its configuration names; nothing is to be discovered. */
const TAGS = ['remove_all_sd'];

/** Some 5 minutes and 1 GB of Go's caches on 2 cores. Without its pages: the module holds them only where they were built. */
const BUILT: GoProgram = {
  title: 'Prometheus 3.13.5',
  name: 'prometheus',
  folder: 'test/servers/prometheus/program',
  sources: ['go.mod'],
  package: `${PACKAGES}/prometheus`,
  tags: TAGS,
  // Its tool makes blocks of samples from the past.
  furnish: (folder, go) => {
    go(
      'build',
      '-trimpath',
      `-tags=${TAGS.join(',')}`,
      '-o',
      join(folder, 'promtool'),
      `${PACKAGES}/promtool`,
    );
  },
};

const PACKAGED: DebianProgram = {
  title: 'Prometheus',
  package: 'prometheus',
  file: 'usr/bin/prometheus',
};

/**
 * In seconds: that of the PATH, one that was built before, or Debian's package, unpacked in the user's cache. Throws where
 * there is none of these.
 */
export async function findPrometheusProgram(provision: Provision): Promise<string> {
  const { env } = provision;
  const found = findOnPath(env) ?? findGoProgram(BUILT, env);
  if (found !== undefined) return found;
  try {
    return await unpackDebianProgram(PACKAGED, provision);
  } catch (error) {
    throw new Error(
      `there is no Prometheus on the PATH, and none of Debian (${error instanceof Error ? error.message : error}); ` +
        'install one, or let npm run test:servers build it by Go',
    );
  }
}

/** The one that metrics are tried on thoroughly: of today, with its warnings. Throws where Go is missing or fails. */
export function buildPrometheusProgram(provision: Provision): Promise<string> {
  return buildGoProgram(BUILT, provision);
}

/** With its tool beside it, of a version that answers as today's do. */
function findOnPath(env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'prometheus'))
    .find((file) => existsSync(file) && existsSync(join(file, '..', 'promtool')) && isRecent(file));
}

const OLDEST = { major: 2, minor: 30 };

function isRecent(file: string): boolean {
  const { stdout, stderr } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const [, major = '0', minor = '0'] = /version (\d+)\.(\d+)/.exec(`${stdout}${stderr}`) ?? [];
  return Number(major) > OLDEST.major || (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor);
}
