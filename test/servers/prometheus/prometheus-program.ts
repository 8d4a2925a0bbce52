import { join } from 'node:path';
import type { Provision } from '../../programs/cache.js';
import { buildGoProgram, type GoProgram } from '../../programs/go-program.js';

const PACKAGES = 'github.com/prometheus/prometheus/cmd';
/** It scrapes what its configuration names; nothing is to be discovered. */
const TAGS = ['remove_all_sd'];

/** Some 5 minutes and 1 GB of Go's caches on 2 cores. Without its pages: the module holds them only where they were built. */
const PROMETHEUS: GoProgram = {
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

/** Throws where Go is missing or fails. */
export function buildPrometheusProgram(provision: Provision): Promise<string> {
  return buildGoProgram(PROMETHEUS, provision);
}
