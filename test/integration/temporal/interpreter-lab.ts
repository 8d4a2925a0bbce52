import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { ACTIVITIES, QUERIES, QUEUES, workflowIdOf } from '#contracts/names.js';
import type {
  ActionInput,
  ActionResult,
  ChildRunRequest,
  ClaimsRelease,
  ClaimsRequest,
  FinalRecord,
  InterpretInput,
  RunDescription,
  TransitionBatch,
  WorkspaceAssignment,
  WorkspaceRequest,
} from '#contracts/run.js';
import type { TickEnd, TickNote } from '#contracts/schedules.js';
import type { OperationAnswer, RunGateway } from '#contracts/temporal-port.js';
import type { Operation, OperationRequest } from '#domain/execution/operation.js';
import type { Plan } from '#domain/plan/plan.js';
import { createRunGateway } from '#temporal/client/run-gateway.js';
import { compressingCodec } from '#temporal/payload-codec.js';
import { readBundle } from '../../replay/bundle.js';
import '../../quiet-runtime.js';
import { createTestNamespace, requireTemporalAddress } from '../../temporal.js';

/** Only keeps a broken test from hanging. */
const LIMIT_MS = 60_000;

/** What the interpreter finds outside; each may be replaced by a test. */
export interface Outside {
  /** Any action. */
  act: (input: ActionInput) => Promise<ActionResult> | ActionResult;
  prepareRun: (request: ChildRunRequest) => Promise<InterpretInput> | InterpretInput;
  acquireClaims: (request: ClaimsRequest) => Promise<void> | void;
  releaseClaims: (request: ClaimsRelease) => Promise<void> | void;
  assignWorkspace: (request: WorkspaceRequest) => WorkspaceAssignment;
  noteTick: (note: TickNote) => TickEnd | undefined;
}

/** The interpreter on a real server, in a worker of this process, with all that is outside of it played by the test. */
export class InterpreterLab {
  readonly batches: TransitionBatch[] = [];
  readonly finals: FinalRecord[] = [];
  private readonly workers = new Map<Worker, Promise<void>>();

  private constructor(
    readonly gateway: RunGateway & { close(): Promise<void> },
    readonly client: Client,
    private readonly native: NativeConnection,
    readonly temporal: { readonly address: string; readonly namespace: string },
    readonly outside: Outside,
  ) {}

  static async open(outside: Partial<Outside> = {}): Promise<InterpreterLab> {
    const address = requireTemporalAddress();
    const namespace = await createTestNamespace(address);
    const gateway = await createRunGateway({ address, namespace });
    const connection = await Connection.connect({ address });
    const client = new Client({
      connection,
      namespace,
      dataConverter: { payloadCodecs: [compressingCodec] },
    });
    const native = await NativeConnection.connect({ address });
    const lab = new InterpreterLab(
      gateway,
      client,
      native,
      { address, namespace },
      {
        act: succeed,
        prepareRun: () => refuse(),
        acquireClaims: () => undefined,
        releaseClaims: () => undefined,
        assignWorkspace: () => refuse(),
        noteTick: () => ({ outcome: 'gone' }),
        ...outside,
      },
    );
    await lab.registerAttributes();
    await lab.addWorker();
    return lab;
  }

  /** One more worker of the interpreter's queue, or of another that knows actions only. */
  async addWorker(taskQueue: string = QUEUES.orchestration): Promise<Worker> {
    const { outside } = this;
    const interprets = taskQueue === QUEUES.orchestration;
    const act = async (input: ActionInput) => outside.act(input);
    const worker = await Worker.create({
      connection: this.native,
      namespace: this.temporal.namespace,
      taskQueue,
      dataConverter: { payloadCodecs: [compressingCodec] },
      activities: {
        ...Object.fromEntries([...ACTIONS.keys(), 'test/do'].map((action) => [action, act])),
        [ACTIVITIES.prepareRun]: async (request: ChildRunRequest) => outside.prepareRun(request),
        [ACTIVITIES.acquireClaims]: async (request: ClaimsRequest) => outside.acquireClaims(request),
        [ACTIVITIES.releaseClaims]: async (request: ClaimsRelease) => outside.releaseClaims(request),
        [ACTIVITIES.assignWorkspace]: async (request: WorkspaceRequest) => outside.assignWorkspace(request),
        [ACTIVITIES.noteTick]: async (note: TickNote) => outside.noteTick(note),
        [ACTIVITIES.breathe]: async () => undefined,
      },
      // Cancellation comes with the answer to a heartbeat.
      maxHeartbeatThrottleInterval: '200ms',
      ...(interprets ? { workflowBundle: { code: readBundle() }, sinks: this.sinks() } : {}),
      shutdownForceTime: '1s',
    });
    this.workers.set(worker, worker.run());
    return worker;
  }

  async stopWorker(worker = [...this.workers.keys()][0]!): Promise<void> {
    worker.shutdown();
    await this.workers.get(worker);
    this.workers.delete(worker);
  }

  /** Starts a run of the plan; answers with its id. */
  async start(plan: Plan, more: Partial<InterpretInput> = {}): Promise<string> {
    const input = inputOf(plan, more);
    await this.gateway.start(input);
    return input.run.id;
  }

  operate(
    run: string,
    request: OperationRequest,
    by = 'ann',
    id: string = randomUUID(),
  ): Promise<OperationAnswer> {
    const operation: Operation = { by, roles: ['approver'], ...request };
    return this.gateway.operate(run, operation, id);
  }

  handle(run: string): WorkflowHandle {
    return this.client.workflow.getHandle(workflowIdOf(run));
  }

  async eventsOf(run: string): Promise<readonly temporal.api.history.v1.IHistoryEvent[]> {
    const { events } = await this.handle(run).fetchHistory();
    return events ?? [];
  }

  state(run: string): Promise<RunDescription> {
    return this.handle(run).query<RunDescription>(QUERIES.describe);
  }

  /** Status of the run after its end, by Temporal's own word. */
  async end(run: string) {
    for (const limit = Date.now() + LIMIT_MS; ; await sleep(20)) {
      const description = await this.gateway.describe(run);
      if (description.status !== 'running') return description;
      if (Date.now() > limit)
        throw new Error(`run ${run} did not end: ${JSON.stringify(await this.state(run))}`);
    }
  }

  /** Transitions of the run so far, in order, each once. */
  transitions(run: string) {
    const all = this.batches.filter((batch) => batch.run === run).flatMap((batch) => batch.transitions);
    return [...new Map(all.map((one) => [one.sequence, one])).values()];
  }

  final(run: string): FinalRecord {
    const final = this.finals.find((record) => record.run === run);
    if (final === undefined) throw new Error(`run ${run} left no record`);
    return final;
  }

  async close(): Promise<void> {
    for (const worker of [...this.workers.keys()]) await this.stopWorker(worker);
    await this.native.close();
    await this.client.connection.close();
    await this.gateway.close();
  }

  private sinks() {
    return {
      projection: {
        record: {
          callDuringReplay: true,
          fn: (_: unknown, batch: TransitionBatch) => void this.batches.push(batch),
        },
        finish: {
          callDuringReplay: true,
          fn: (_: unknown, record: FinalRecord) => void this.finals.push(record),
        },
      },
    };
  }

  /** The first start may be the one that finds them missing. */
  private async registerAttributes(): Promise<void> {
    for (const limit = Date.now() + LIMIT_MS; Date.now() < limit; await sleep(50)) {
      const plan: Plan = { format: 1, name: 'x', nodes: [], root: { flow: 'needs', nodes: [] }, digest: 'x' };
      const started = await this.start(plan).then(
        () => true,
        () => false,
      );
      if (started) return;
    }
  }
}

export function inputOf(plan: Plan, { run, ...more }: Partial<InterpretInput> = {}): InterpretInput {
  return {
    plan,
    inputs: {},
    project: 'default',
    ...more,
    run: {
      id: randomUUID(),
      workflow: plan.name,
      version: 1,
      trigger: 'api',
      startedBy: 'bob',
      startedAt: new Date().toISOString(),
      ...run,
    },
  };
}

export function succeed({ step, attemptsBefore }: ActionInput): ActionResult {
  return { output: step, attempts: attemptsBefore + 1 };
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + LIMIT_MS; !(await condition()); await sleep(20)) {
    if (Date.now() > limit) throw new Error(`it did not come to pass: ${condition}`);
  }
}

function refuse(): never {
  throw new Error('it is not to be had here');
}
