import { readFile } from 'node:fs/promises';
import { createPlatforms } from '#connectors/cicd/platforms.js';
import { createSecretResolver } from '#connectors/secrets/resolve-secret.js';
import { createRunMasks } from '#connectors/secrets/run-masks.js';
import { PostgresChildRunStore } from '#persistence/child-run-store.js';
import { PostgresClaimsStore } from '#persistence/claims/claims-store.js';
import { createDataSource } from '#persistence/data-source.js';
import { PostgresObjectStore } from '#persistence/object-store.js';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { PostgresTickStore } from '#persistence/schedules/tick-store.js';
import { PostgresWorkspaceRegistry } from '#persistence/workspace-registry.js';
import { createRecordingQueue } from '#temporal/worker/recording-queue.js';
import { startWorkers } from '#temporal/worker/start-workers.js';
import { createWorkerActions } from '../../apps/worker/actions.js';

/*
 * A worker as a process of its own, so that its memory is measured and nothing else's; it stops when it is told so, or
 * when its parent is gone.
 */

/** For what was measured last to be written. */
const SETTLE_MS = 60_000;

const [home, databaseUrl, address, bundleFile] = process.argv.slice(2) as [string, string, string, string];
const warn = (message: string): void => void process.stderr.write(`worker: ${message}\n`);

const dataSource = createDataSource(databaseUrl, { poolSize: 10 });
await dataSource.initialize();
const recording = createRecordingQueue(new PostgresRunRecorder(dataSource), warn);
const workers = await startWorkers({
  address,
  namespace: 'default',
  queues: ['orchestration', 'command'],
  workerId: 'bench',
  commandSlots: 2,
  bundle: { code: await readFile(bundleFile, 'utf8') },
  actions: createWorkerActions(
    dataSource,
    {
      databaseUrl,
      pipelinePace: { pollMs: 10_000, toldMs: 120_000 },
      home,
      callbackUrl: 'http://127.0.0.1:3000',
      httpAllow: [],
      platformHome: home,
      commandIsolation: 'none',
      secretFolders: [],
      vault: undefined,
    },
    createPlatforms(),
    () => undefined,
  ),
  recording,
  registry: new PostgresWorkspaceRegistry(dataSource),
  encryptionKeys: [],
  world: {
    secrets: createSecretResolver({ environment: {} }),
    objects: new PostgresObjectStore(dataSource),
    maskOf: createRunMasks(),
    workspaces: home,
  },
  claims: new PostgresClaimsStore(dataSource),
  childRuns: new PostgresChildRunStore(dataSource),
  ticks: new PostgresTickStore(dataSource),
  log: (level, message) => {
    if (level === 'warn' || level === 'error') warn(message);
  },
});

process.once('disconnect', () => workers.stop());
process.on('message', (message) => {
  if (message === 'settle') void recording.settle(SETTLE_MS).then(() => process.send?.('settled'));
});
process.send?.('ready');
await workers.done;
await recording.settle(SETTLE_MS);
await dataSource.destroy();
