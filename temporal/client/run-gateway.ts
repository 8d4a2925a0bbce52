import { randomUUID } from 'node:crypto';
import {
  Client,
  Connection,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionStatusName,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { ApplicationFailure, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { EncryptionKey } from '#connectors/secrets/encryption-keys.js';
import { INTERPRETER, QUERIES, QUEUES, SEARCH_ATTRIBUTES, workflowIdOf } from '#contracts/names.js';
import type { InterpretInput, RunResult } from '#contracts/run.js';
import type { RunDescription, RunGateway } from '#contracts/temporal-port.js';
import { SluiceError } from '#domain/errors.js';
import { createDataConverter } from '../data-converter.js';

const CHECK_DEADLINE_MS = 2_000;
const REPLAY_DEADLINE_MS = 10_000;
const GRPC_INVALID_ARGUMENT = 3;
const GRPC_NOT_FOUND = 5;
/** Cancelled, deadline exceeded, failed precondition (no worker polls), unavailable. */
const NOBODY_ANSWERED: readonly number[] = [1, 4, 9, 14];

/** temporal.api.enums.v1.IndexedValueType */
const KEYWORD = 2;

const ATTRIBUTES = {
  workflow: defineSearchAttributeKey(SEARCH_ATTRIBUTES.workflow, SearchAttributeType.KEYWORD),
  version: defineSearchAttributeKey(SEARCH_ATTRIBUTES.version, SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey(SEARCH_ATTRIBUTES.status, SearchAttributeType.KEYWORD),
  trigger: defineSearchAttributeKey(SEARCH_ATTRIBUTES.trigger, SearchAttributeType.KEYWORD),
} as const;

/**
 * Runs, as Temporal has them. Connects at the first call, so that a control plane starts while the server is away;
 * every method but `check` then throws what the connection throws (worth another try).
 */
export async function createRunGateway(options: {
  readonly address: string;
  readonly namespace: string;
  readonly encryptionKeys?: readonly EncryptionKey[];
}): Promise<RunGateway & { close(): Promise<void> }> {
  const connection = Connection.lazy({ address: options.address });
  const client = new Client({
    connection,
    namespace: options.namespace,
    dataConverter: createDataConverter(options.encryptionKeys ?? []),
  });
  return {
    start: (input) => start(client, input),
    cancel: (run, request) => cancel(client, run, request),
    describe: (run) => describe(client, run),
    replay: (run) => replay(client, run),
    async check() {
      await connection.withDeadline(Date.now() + CHECK_DEADLINE_MS, () =>
        connection.workflowService.describeNamespace({ namespace: options.namespace }),
      );
    },
    close: () => connection.close(),
  };
}

/** One start is one run: whoever starts the same run again, at whatever time, changes nothing. */
async function start(client: Client, input: InterpretInput): Promise<void> {
  const { run, plan } = input;
  try {
    await client.workflow.start(INTERPRETER, {
      workflowId: workflowIdOf(run.id),
      taskQueue: QUEUES.orchestration,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `${run.workflow} v${run.version}`,
      staticDetails: `Started by ${run.startedBy} (${run.trigger}), plan ${plan.digest}.`,
      memo: { project: input.project, startedBy: run.startedBy, digest: plan.digest },
      typedSearchAttributes: [
        { key: ATTRIBUTES.workflow, value: run.workflow },
        { key: ATTRIBUTES.version, value: String(run.version) },
        { key: ATTRIBUTES.status, value: 'running' },
        { key: ATTRIBUTES.trigger, value: run.trigger },
      ],
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    if (isTooLarge(error)) throw tooLarge(error);
    if (isAttributeMissing(error)) await registerAttributes(client, error);
    // Whoever asked tries again.
    throw error;
  }
}

/** What the server said, where the client has put it into an error of its own; undefined where it said nothing. */
function grpcErrorOf(error: unknown) {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause : undefined;
}

function isTooLarge(error: unknown): boolean {
  const said = grpcErrorOf(error);
  return said?.code === GRPC_INVALID_ARGUMENT && /exceeds (size )?limit/i.test(said.details);
}

/** A server that Sluice did not set up itself. */
function isAttributeMissing(error: unknown): boolean {
  const said = grpcErrorOf(error);
  return said?.code === GRPC_INVALID_ARGUMENT && /search ?attribute/i.test(said.details);
}

async function registerAttributes(client: Client, missing: unknown): Promise<void> {
  const names = Object.values(SEARCH_ATTRIBUTES);
  const { namespace } = client.options;
  try {
    await client.connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(names.map((name) => [name, KEYWORD])),
    });
  } catch (cause) {
    throw new Error(
      `Temporal's namespace ${namespace} lacks search attributes and does not let Sluice add them; have its ` +
        `administrator add, as Keyword, ${names.join(', ')}. It said: ${grpcErrorOf(missing)?.details}`,
      { cause },
    );
  }
}

function tooLarge(cause: unknown): SluiceError {
  return new SluiceError({
    code: 'run-too-large',
    fault: 'user',
    message:
      'The plan and the inputs of the run are together larger than Temporal takes (2 MiB, compressed).',
    hint: 'Split the definition, or hand over large inputs by reference.',
    cause,
  });
}

async function cancel(
  client: Client,
  run: string,
  request: { readonly by: string; readonly reason?: string },
): Promise<'requested' | 'not-found' | 'already-ended'> {
  try {
    // The reason reaches the history, and so the Web UI, only by the raw request.
    await client.workflowService.requestCancelWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: workflowIdOf(run) },
      identity: request.by,
      requestId: randomUUID(),
      reason: request.reason ?? '',
    });
    return 'requested';
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== GRPC_NOT_FOUND) throw error;
    const { status } = await describe(client, run);
    return status === 'not-found' ? 'not-found' : 'already-ended';
  }
}

async function replay(client: Client, run: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowIdOf(run));
  try {
    await client.withDeadline(Date.now() + REPLAY_DEADLINE_MS, () => handle.query(QUERIES.describe));
  } catch (error) {
    const said = grpcErrorOf(error);
    if (said !== undefined && NOBODY_ANSWERED.includes(said.code)) throw error;
  }
}

const STATUSES: { readonly [S in WorkflowExecutionStatusName]?: RunDescription['status'] } = {
  RUNNING: 'running',
  PAUSED: 'running',
  CONTINUED_AS_NEW: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'canceled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
};

async function describe(client: Client, run: string): Promise<RunDescription> {
  const handle = client.workflow.getHandle(workflowIdOf(run));
  let status: RunDescription['status'];
  try {
    const description = await handle.describe();
    status = STATUSES[description.status.name] ?? 'running';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { status: 'not-found' };
    throw error;
  }
  if (status === 'running' || status === 'canceled') return { status };
  try {
    return { status, result: await handle.result() };
  } catch (error) {
    return { status, ...explain(error) };
  }
}

/** What a failed interpreter left: the run's result among its failure's details. */
function explain(error: unknown): { readonly result?: RunResult; readonly reason?: string } {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && isRunResult(cause.details?.[0]))
    return { result: cause.details[0] };
  return { reason: cause?.message ?? error.message };
}

function isRunResult(value: unknown): value is RunResult {
  return typeof value === 'object' && value !== null && 'status' in value;
}
