import { join } from 'node:path';
import { pino } from 'pino';
import { createPlatforms } from '#connectors/cicd/platforms.js';
import { loadPlugins } from '#connectors/cicd/plugins/load-plugins.js';
import { createSecretResolver } from '#connectors/secrets/resolve-secret.js';
import { createRunMasks } from '#connectors/secrets/run-masks.js';
import { createVaultSecrets } from '#connectors/secrets/vault/vault-secrets.js';
import { filesOf } from '#connectors/secrets/vault/vault-settings.js';
import { isSluiceError } from '#domain/errors.js';
import { PostgresChildRunStore } from '#persistence/child-run-store.js';
import { PostgresClaimsStore } from '#persistence/claims/claims-store.js';
import { createDataSource } from '#persistence/data-source.js';
import { PostgresObjectStore } from '#persistence/object-store.js';
import { readConnectionFigures } from '#persistence/repositories/figures-repository.js';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { PostgresTickStore } from '#persistence/schedules/tick-store.js';
import { PostgresWorkspaceRegistry } from '#persistence/workspace-registry.js';
import { killLeftovers } from '#temporal/activities/command/process/leftovers.js';
import { removeSecretFiles } from '#temporal/activities/command/process/secret-files.js';
import { readBundle } from '#temporal/worker/bundle.js';
import { createRecordingQueue } from '#temporal/worker/recording-queue.js';
import {
  identityOf,
  type RunningWorkers,
  startWorkers,
  workspaceQueueOf,
} from '#temporal/worker/start-workers.js';
import { createWorkerActions } from './actions.js';
import { claimHome } from './claim-home.js';
import { readConfiguration, type WorkerConfiguration } from './configuration.js';
import { keepObjects } from './object-retention.js';
import { watchWorker } from './observability/watch.js';
import { isSandboxLimited, limitSandbox } from './sandbox-limit.js';
import { readWorkerId } from './worker-id.js';
import { keepWorkspaces } from './workspace-retention.js';

const DRAIN_MS = 5_000;

try {
  const stop = await startWorker(readConfiguration(process.env));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  // Whoever started this worker is gone.
  process.once('disconnect', stop);
} catch (error) {
  const hint = isSluiceError(error) && error.hint !== undefined ? `\n${error.hint}` : '';
  process.stderr.write(
    `The worker cannot start: ${error instanceof Error ? error.message : String(error)}${hint}\n`,
  );
  process.exit(1);
}

/** Serves its queues until stopped; answers with the way to stop it. */
async function startWorker(configuration: WorkerConfiguration): Promise<() => void> {
  const log = pino({
    level: configuration.logLevel,
    base: { process: 'worker' },
    serializers: { error: pino.stdSerializers.err },
  });
  const { home, queues } = configuration;
  const platforms = createPlatforms(await loadPlugins(configuration.plugins));
  await claimHome(home);
  const killed = killLeftovers(home);
  if (killed > 0) log.warn(`killed ${killed} process groups that an earlier worker had left behind`);
  await removeSecretFiles(home);
  const workerId = await readWorkerId(home);
  const dataSource = await createDataSource(configuration.databaseUrl, configuration.database).initialize();
  const recorder = new PostgresRunRecorder(dataSource);
  const registry = new PostgresWorkspaceRegistry(dataSource);
  const objects = new PostgresObjectStore(dataSource);
  const recording = createRecordingQueue(recorder, (message) => log.warn(message));
  const workspaces = join(home, 'workspaces');
  let running: RunningWorkers | undefined;
  const watch = await watchWorker(configuration, log, {
    readConnections: () => readConnectionFigures(dataSource),
    readWaitingRecords: () => recording.waiting,
    readWorkers: () => running?.readFigures() ?? [],
  });
  const workers = await startWorkers({
    address: configuration.temporalAddress,
    namespace: configuration.temporalNamespace,
    queues,
    ...(configuration.pool === undefined ? {} : { pool: configuration.pool }),
    workerId,
    commandSlots: configuration.commandSlots,
    bundle: await readBundle({ encrypted: configuration.encryptionKeys.length > 0 }),
    sandboxLimited: await isSandboxLimited(home),
    actions: createWorkerActions(dataSource, configuration, platforms, watch.gateJudged),
    recording,
    registry,
    encryptionKeys: configuration.encryptionKeys,
    claims: new PostgresClaimsStore(dataSource),
    childRuns: new PostgresChildRunStore(dataSource),
    ticks: new PostgresTickStore(dataSource),
    world: {
      objects,
      secrets: createSecretResolver({
        environment: process.env,
        folders: configuration.secretFolders,
        ownFiles: filesOf(configuration.vault),
        vault: configuration.vault && createVaultSecrets(configuration.vault),
      }),
      maskOf: createRunMasks(),
      workspaces,
      observe: watch.observe,
    },
    runEnded: watch.runEnded,
    sdkMetricsAddress: configuration.sdkMetricsAddress,
    log: (level, message, facts = {}) => log[level]({ ...facts, ...watch.idsOf(facts) }, message),
  });
  running = workers;
  const stopKeeping = queues.includes('command')
    ? await keepWorkspaces({
        registry,
        queue: workspaceQueueOf(workerId),
        identity: identityOf(workerId),
        workspaces,
        retentionMs: configuration.workspaceRetentionMs,
        warn: (message) => log.warn(message),
      })
    : () => undefined;
  const stopRemoving = keepObjects(objects, configuration.objectRetentionMs, (message) => log.warn(message));
  log.info({ queues, workerId, metrics: watch.url }, 'worker is ready');
  process.send?.({ type: 'ready', metrics: watch.url });
  void workers.done
    .catch(async (error: unknown) => {
      log.fatal({ err: error }, 'a worker broke');
      process.exitCode = 1;
      if (isSluiceError(error) && error.code === 'interpreter-stuck') await limitSandbox(home);
    })
    .finally(async () => {
      stopKeeping();
      stopRemoving();
      await recording.settle(DRAIN_MS);
      await dataSource.destroy();
      await watch.close();
      process.exit();
    });
  return workers.stop;
}
