import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataSource } from 'typeorm';
import { createAgentCaller } from '#connectors/agents/agent-caller.js';
import { createCallbackToken } from '#connectors/agents/callback-token.js';
import { createConnections } from '#connectors/cicd/connections.js';
import type { Platforms } from '#connectors/cicd/platforms.js';
import { createSafeClient } from '#connectors/http/safe-client.js';
import { filesOf } from '#connectors/secrets/vault/vault-settings.js';
import type { GateWorld } from '#contracts/judgement/gate-store.js';
import { answerPathOf } from '#contracts/rest/agents.js';
import { PostgresAgentStore } from '#persistence/agents/agent-store.js';
import { PostgresGateStore } from '#persistence/gates/gate-store.js';
import { PostgresPipelineChanges } from '#persistence/pipelines/pipeline-changes.js';
import { createAssessor } from '#risk/create-assessor.js';
import { type Actions, createActions } from '#temporal/activities/actions.js';
import { createCommandHost } from '#temporal/activities/command/process/command-host.js';
import type { WorkerConfiguration } from './configuration.js';
import { createPipelineWorld } from './pipelines.js';

/** Seen from dist/apps/worker. */
const INSTALLATION = fileURLToPath(new URL('../../../', import.meta.url));

/** Every action of the catalogue in the world of a worker. */
export function createWorkerActions(
  dataSource: DataSource,
  configuration: Pick<
    WorkerConfiguration,
    | 'databaseUrl'
    | 'pipelinePace'
    | 'home'
    | 'platformHome'
    | 'callbackUrl'
    | 'httpAllow'
    | 'commandIsolation'
    | 'secretFolders'
    | 'vault'
  >,
  platforms: Platforms,
  gateJudged: GateWorld['judged'],
): Actions {
  const { home, platformHome, callbackUrl, httpAllow, commandIsolation, secretFolders, vault } =
    configuration;
  const host = createCommandHost({
    path: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    dataFolder: home,
    isolation: {
      mode: commandIsolation,
      hidden: [home, platformHome, ...secretFolders, ...filesOf(vault)],
      readable: [INSTALLATION],
    },
  });
  const client = createSafeClient({ allow: httpAllow });
  const pipelines = createPipelineWorld(
    dataSource,
    platforms,
    createConnections({ allow: httpAllow }),
    new PostgresPipelineChanges(configuration.databaseUrl),
    configuration.pipelinePace,
  );
  return createActions({
    pipelines,
    client,
    host,
    gates: {
      store: new PostgresGateStore(dataSource),
      whenMissing:
        'Save it by `sluice gates apply FILE`, or correct the name: `sluice gates list` has those there are.',
      judged: gateJudged,
    },
    risk: createAssessor(join(home, 'risk'), () => new Date()),
    agents: {
      store: new PostgresAgentStore(dataSource),
      caller: createAgentCaller(client),
      callbackOf: async (invocation, key) => ({
        url: new URL(answerPathOf(invocation), callbackUrl).href,
        token: await createCallbackToken(invocation, key),
      }),
    },
  });
}
