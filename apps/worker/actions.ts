import { fileURLToPath } from 'node:url';
import { createSafeClient } from '#connectors/http/safe-client.js';
import { createCommandRun } from '#temporal/activities/command/command-run.js';
import { createGitCheckout } from '#temporal/activities/command/git-checkout.js';
import { createCommandHost } from '#temporal/activities/command/process/command-host.js';
import { readTestReports } from '#temporal/activities/command/report-junit.js';
import { createHttpRequest } from '#temporal/activities/http/http-request.js';
import { createOpenapiCall } from '#temporal/activities/http/openapi/openapi-call.js';
import { writeLog } from '#temporal/activities/orchestration/log-write.js';
import type { Actions } from '#temporal/worker/start-workers.js';
import type { WorkerConfiguration } from './configuration.js';

/** Seen from dist/apps/worker. */
const INSTALLATION = fileURLToPath(new URL('../../../', import.meta.url));

/** Every action of the catalogue with the world it needs. */
export function createActions(
  configuration: Pick<
    WorkerConfiguration,
    'home' | 'platformHome' | 'httpAllow' | 'commandIsolation' | 'secretFolders'
  >,
): Actions {
  const { home, platformHome, httpAllow, commandIsolation, secretFolders } = configuration;
  const host = createCommandHost({
    path: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    dataFolder: home,
    isolation: {
      mode: commandIsolation,
      hidden: [home, platformHome, ...secretFolders],
      readable: [INSTALLATION],
    },
  });
  const client = createSafeClient({ allow: httpAllow });
  return {
    'log/write': writeLog,
    'http/request': createHttpRequest(client),
    'openapi/call': createOpenapiCall(client),
    'git/checkout': createGitCheckout(host),
    'command/run': createCommandRun(host),
    'report/junit': readTestReports,
  };
}
