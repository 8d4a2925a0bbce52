import { hostname } from 'node:os';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import type { EncryptionKey } from '#connectors/secrets/encryption-keys.js';
import type { ActionDescription } from '#contracts/catalogue/action.js';
import { ACTIONS, type ActionName } from '#contracts/catalogue/catalogue.js';
import { ACTIVITIES, poolQueueOf, QUEUES, type QueueName, WORKSPACE_QUEUE_PREFIX } from '#contracts/names.js';
import type { ObservedRun } from '#contracts/observation.js';
import type { ChildRunStore, ClaimsStore, TickStore, WorkspaceRegistry } from '#contracts/ports.js';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import type { TickNote } from '#contracts/schedules.js';
import { SluiceError } from '#domain/errors.js';
import type { Actions } from '../activities/actions.js';
import type { ActionWorld } from '../activities/attempt.js';
import { createAssignWorkspace } from '../activities/command/assign-workspace.js';
import { createAcquireClaims } from '../activities/orchestration/acquire-claims.js';
import { createPrepareRun } from '../activities/orchestration/prepare-run.js';
import { createReleaseClaims } from '../activities/orchestration/release-claims.js';
import { type ActionActivity, createActionActivity } from '../activities/run-action.js';
import { createDataConverter } from '../data-converter.js';
import { describeEnd } from './describe-end.js';
import type { RecordingQueue } from './recording-queue.js';
import { UnlimitedWorker } from './unlimited-worker.js';
import { watchActivations } from './watch-activations.js';
import { figuresOf, WORKFLOW_SLOTS, type WorkerFigures } from './worker-figures.js';

export interface WorkersOptions {
  readonly address: string;
  readonly namespace: string;
  readonly queues: readonly QueueName[];
  /** Worker pool to which it belongs; of http, cicd, quality and command it then serves the steps of this pool alone. */
  readonly pool?: string;
  /** Stable over restarts: names this worker's own queue, and so where its workspaces are found. */
  readonly workerId: string;
  /** Commands at once. */
  readonly commandSlots: number;
  readonly bundle: { readonly code: string };
  /** Each call into the sandbox of workflows ends after five seconds, which makes all of them slower. */
  readonly sandboxLimited?: boolean;
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly actions: Actions;
  readonly recording: RecordingQueue;
  readonly registry: WorkspaceRegistry;
  readonly claims: ClaimsStore;
  readonly childRuns: ChildRunStore;
  readonly ticks: TickStore;
  readonly world: Omit<ActionWorld, 'recorder' | 'worker'>;
  /** Told of each run that ends in a worker of this process, when it does; not when its history is gone through again. */
  readonly runEnded?: (run: ObservedRun) => void;
  /** Where the SDK shows its own figures, host:port. */
  readonly sdkMetricsAddress?: string | undefined;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', message: string, facts?: object) => void;
}

export interface RunningWorkers {
  /** Settles when all have stopped; rejects when one broke, with SluiceError `interpreter-stuck` where its workflows were. */
  readonly done: Promise<void>;
  /** Lets what runs finish for a moment, then cuts it; it is begun again after the restart. */
  stop(): void;
  /** What each queue has under way, and room for. */
  readFigures(): readonly WorkerFigures[];
}

/** @param address host and port */
function isOnThisMachine(address: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\]):\d+$/i.test(address);
}

/** Starts one Temporal worker per queue, on one connection. Throws when the server cannot be reached. */
export async function startWorkers(options: WorkersOptions): Promise<RunningWorkers> {
  installRuntime(options);
  const connection = await NativeConnection.connect({
    address: options.address,
    // On one machine it costs both sides a sixth of their processor time, and saves nothing.
    ...(isOnThisMachine(options.address) ? { grpcCompression: { codec: 'none' } } : {}),
  });
  const pools = [...new Set(options.queues)].flatMap((queue) => POOLS[queue](options));
  const dataConverter = createDataConverter(options.encryptionKeys);
  const workers: Worker[] = [];
  const WorkerClass = options.sandboxLimited === true ? Worker : UnlimitedWorker;
  for (const pool of pools) {
    workers.push(
      await WorkerClass.create({
        connection,
        namespace: options.namespace,
        identity: identityOf(options.workerId),
        dataConverter,
        shutdownGraceTime: '2s',
        shutdownForceTime: '15s',
        // Cancellation reaches an action with the answer to its heartbeat.
        maxHeartbeatThrottleInterval: '1s',
        defaultHeartbeatThrottleInterval: '1s',
        ...pool,
      }),
    );
  }
  const watch = watchInterpreter(workers);
  const ended = Promise.all(workers.map((worker) => worker.run()))
    .then(() => undefined)
    .finally(() => connection.close());
  const done = Promise.race([ended, watch.stuck]).finally(watch.end);
  return {
    done,
    readFigures: () =>
      workers.flatMap((worker, index) =>
        figuresOf(worker, pools[index]?.maxConcurrentActivityTaskExecutions),
      ),
    stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

/** `stuck` rejects, or stays pending. */
function watchInterpreter(workers: readonly Worker[]): {
  readonly stuck: Promise<never>;
  readonly end: () => void;
} {
  const { promise, reject } = Promise.withResolvers<never>();
  const ends = workers
    .filter((worker) => worker instanceof UnlimitedWorker && worker.options.workflowBundle !== undefined)
    .map((worker) => watchActivations(worker, () => reject(createStuck())));
  promise.catch(() => undefined);
  return {
    stuck: promise,
    end: () => {
      for (const end of ends) end();
    },
  };
}

function createStuck(): SluiceError {
  return new SluiceError({
    code: 'interpreter-stuck',
    fault: 'bug',
    message: 'The workflows of this worker have not answered for ten seconds.',
    hint: 'It begins again, and limits them then. Report it with the definitions that ran.',
  });
}

export function workspaceQueueOf(workerId: string): string {
  return `${WORKSPACE_QUEUE_PREFIX}${workerId}`;
}

export function identityOf(workerId: string): string {
  return `${workerId.slice(0, 8)}@${hostname()} pid ${process.pid}`;
}

type Pool = Pick<WorkerOptions, 'taskQueue'> & Partial<WorkerOptions>;

/** What each pool serves; one row per queue. */
const POOLS: { readonly [Q in QueueName]: (options: WorkersOptions) => readonly Pool[] } = {
  orchestration: (options) => [
    {
      taskQueue: QUEUES.orchestration,
      workflowBundle: options.bundle,
      activities: {
        ...inlineActivitiesOf(options),
        ...activitiesOf(options, 'orchestration', false),
        [ACTIVITIES.acquireClaims]: createAcquireClaims(options.claims),
        [ACTIVITIES.releaseClaims]: createReleaseClaims(options.claims),
        [ACTIVITIES.prepareRun]: createPrepareRun(options.childRuns),
        [ACTIVITIES.noteTick]: (tick: TickNote) => options.ticks.note(tick),
        [ACTIVITIES.breathe]: async () => undefined,
      },
      sinks: {
        projection: {
          // Idempotent; what a killed worker did not write comes again when its runs are replayed elsewhere.
          record: {
            callDuringReplay: true,
            fn: (_info: unknown, batch: TransitionBatch) => options.recording.recordTransitions(batch),
          },
          finish: {
            callDuringReplay: true,
            fn: (info: WorkflowInfo, record: FinalRecord) => {
              options.recording.recordResult(record);
              const ended = describeEnd(info, record);
              if (ended !== undefined) options.runEnded?.(ended);
            },
          },
        },
      },
      maxConcurrentWorkflowTaskExecutions: WORKFLOW_SLOTS,
      maxCachedWorkflows: 500,
    },
  ],
  http: (options) => [
    {
      taskQueue: poolQueueOf(QUEUES.http, options.pool),
      activities: activitiesOf(options, 'http', false),
      maxConcurrentActivityTaskExecutions: 50,
    },
  ],
  cicd: (options) => [
    {
      taskQueue: poolQueueOf(QUEUES.cicd, options.pool),
      activities: activitiesOf(options, 'cicd', false),
      // They wait for others nearly all of their time.
      maxConcurrentActivityTaskExecutions: 1_000,
    },
  ],
  quality: (options) => [
    {
      taskQueue: poolQueueOf(QUEUES.quality, options.pool),
      activities: activitiesOf(options, 'quality', false),
      // They wait for services that measure; one of them asks several.
      maxConcurrentActivityTaskExecutions: 20,
    },
  ],
  command: (options) => [
    {
      taskQueue: poolQueueOf(QUEUES.command, options.pool),
      activities: {
        ...activitiesOf(options, 'command', false),
        [ACTIVITIES.assignWorkspace]: createAssignWorkspace(
          options.registry,
          workspaceQueueOf(options.workerId),
        ),
      },
    },
    {
      taskQueue: workspaceQueueOf(options.workerId),
      activities: activitiesOf(options, 'command', true),
      maxConcurrentActivityTaskExecutions: options.commandSlots,
    },
  ],
};

/** Activities of the queue's actions that do, or do not, work in a workspace. */
function activitiesOf(
  options: WorkersOptions,
  queue: QueueName,
  workspace: boolean,
): Record<string, ActionActivity> {
  return createActivities(options, (action) => action.queue === queue && action.workspace === workspace);
}

/** Those that run beside the interpreter, whatever queue they have where a step names a pool. */
function inlineActivitiesOf(options: WorkersOptions): Record<string, ActionActivity> {
  return createActivities(options, (action) => action.inline && !action.workspace);
}

function createActivities(
  { actions, world, recording, workerId }: WorkersOptions,
  serves: (action: ActionDescription) => boolean,
): Record<string, ActionActivity> {
  const whole: ActionWorld = { ...world, recorder: recording, worker: identityOf(workerId) };
  return Object.fromEntries(
    [...ACTIONS.values()]
      .filter(serves)
      .map((description) => [
        description.name,
        createActionActivity(description, actions[description.name as ActionName], whole),
      ]),
  );
}

/** What the SDK warns of and every run shows: that it, or an attempt of it, failed; and that a pool has no workflows. */
const TOLD_ELSEWHERE = /^(Workflow|Activity) failed|^No workflows registered/;

let runtimeInstalled = false;

function installRuntime({ log, sdkMetricsAddress }: WorkersOptions): void {
  if (runtimeInstalled) return;
  runtimeInstalled = true;
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      log(TOLD_ELSEWHERE.test(message) ? 'debug' : level === 'ERROR' ? 'error' : 'warn', message, meta);
    }),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: 'ERROR' },
      ...(sdkMetricsAddress === undefined
        ? {}
        : {
            metrics: {
              prometheus: { bindAddress: sdkMetricsAddress, countersTotalSuffix: true, unitSuffix: true },
            },
          }),
    },
  });
}
