import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import { createMask } from '#connectors/secrets/mask.js';
import { createSecretResolver } from '#connectors/secrets/resolve-secret.js';
import { PostgresChildRunStore } from '#persistence/child-run-store.js';
import { PostgresClaimsStore } from '#persistence/claims/claims-store.js';
import { createDataSource, migrate } from '#persistence/data-source.js';
import { PostgresObjectStore } from '#persistence/object-store.js';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { providePostgres } from '#persistence/server/embedded-postgres.js';
import { PostgresWorkspaceRegistry } from '#persistence/workspace-registry.js';
import { compressingCodec } from '#temporal/payload-codec.js';
import { provideTemporal } from '#temporal/server/provide-temporal.js';
import { PRELOADED } from '#temporal/worker/bundle.js';
import { createRecordingQueue } from '#temporal/worker/recording-queue.js';
import { startWorkers } from '#temporal/worker/start-workers.js';
import { createActions } from '../../apps/worker/actions.js';
import { findFreePort } from '../../libs/host/port.js';

/** For what was measured last to be written. */
const SETTLE_MS = 30_000;

export interface Laboratory {
  readonly client: Client;
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

/** Servers, one worker that knows both forms of the job, and a client: all that a comparison needs, in a folder of its own. */
export async function openLaboratory(progress: (message: string) => void): Promise<Laboratory> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const postgres = await providePostgres({ home, onProgress: progress });
  const temporal = await provideTemporal({
    home,
    port: await findFreePort(),
    uiPort: await findFreePort(),
    dbFile: join(home, 'temporal.db'),
    onProgress: progress,
  });
  const dataSource = createDataSource(postgres.url, { poolSize: 10 });
  await dataSource.initialize();
  await migrate(dataSource);
  const recording = createRecordingQueue(new PostgresRunRecorder(dataSource), progress);
  const workers = await startWorkers({
    address: temporal.address,
    namespace: 'default',
    queues: ['orchestration'],
    workerId: 'bench',
    commandSlots: 1,
    bundle: await bundle(),
    actions: createActions({
      home,
      httpAllow: [],
      platformHome: home,
      commandIsolation: 'none',
      secretFolders: [],
    }),
    recording,
    registry: new PostgresWorkspaceRegistry(dataSource),
    encryptionKeys: [],
    world: {
      secrets: createSecretResolver({ environment: {} }),
      objects: new PostgresObjectStore(dataSource),
      createMask,
      workspaces: home,
    },
    claims: new PostgresClaimsStore(dataSource),
    childRuns: new PostgresChildRunStore(dataSource),
    log: () => undefined,
  });
  const connection = await Connection.connect({ address: temporal.address });
  return {
    client: new Client({ connection, dataConverter: { payloadCodecs: [compressingCodec] } }),
    dataSource,
    async close() {
      await connection.close();
      workers.stop();
      await workers.done;
      await recording.settle(SETTLE_MS);
      await dataSource.destroy();
      await temporal.stop();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function bundle(): Promise<{ code: string }> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
    preloadModules: PRELOADED,
    logger: new DefaultLogger('WARN'),
  });
}
