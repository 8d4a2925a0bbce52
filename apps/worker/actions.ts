import { fileURLToPath } from 'node:url';
import { createSafeClient } from '#connectors/http/safe-client.js';
import { filesOf } from '#connectors/secrets/vault/vault-settings.js';
import { type Actions, createActions } from '#temporal/activities/actions.js';
import { createCommandHost } from '#temporal/activities/command/process/command-host.js';
import type { WorkerConfiguration } from './configuration.js';

/** Seen from dist/apps/worker. */
const INSTALLATION = fileURLToPath(new URL('../../../', import.meta.url));

/** Every action of the catalogue in the world of a worker. */
export function createWorkerActions(
  configuration: Pick<
    WorkerConfiguration,
    'home' | 'platformHome' | 'httpAllow' | 'commandIsolation' | 'secretFolders' | 'vault'
  >,
): Actions {
  const { home, platformHome, httpAllow, commandIsolation, secretFolders, vault } = configuration;
  const host = createCommandHost({
    path: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    dataFolder: home,
    isolation: {
      mode: commandIsolation,
      hidden: [home, platformHome, ...secretFolders, ...filesOf(vault)],
      readable: [INSTALLATION],
    },
  });
  return createActions({ client: createSafeClient({ allow: httpAllow }), host });
}
