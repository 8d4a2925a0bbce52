import { randomUUID } from 'node:crypto';
import {
  Client,
  Connection,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { EncryptionKey } from '#connectors/secrets/encryption-keys.js';
import { INTERPRETER, QUERIES, QUEUES, SEARCH_ATTRIBUTES, workflowIdOf } from '#contracts/names.js';
import type { InterpretInput } from '#contracts/run.js';
import { labelRun } from '#contracts/run-labels.js';
import type { RunGateway } from '#contracts/temporal-port.js';
import { SluiceError } from '#domain/errors.js';
import { createDataConverter } from '../data-converter.js';
import { createAttemptGateway } from './attempt-gateway.js';
import { describeQueues } from './describe-queues.js';
import { describeRun } from './describe-run.js';
import { GRPC_INVALID_ARGUMENT, GRPC_NOT_FOUND, grpcErrorOf, NOBODY_ANSWERED } from './grpc-error.js';
import { operateRun } from './operate-run.js';
import { createScheduleGateway } from './schedule-gateway.js';

const CHECK_DEADLINE_MS = 2_000;
/** Shorter than the lease of whoever tells a run of it: no call outlives it. */
const TELL_DEADLINE_MS = 8_000;
const REPLAY_DEADLINE_MS = 10_000;

/** temporal.api.enums.v1.IndexedValueType */
const KEYWORD = 2;

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
    start: (input) => client.withDeadline(Date.now() + TELL_DEADLINE_MS, () => start(client, input)),
    cancel: (run, request) =>
      client.withDeadline(Date.now() + TELL_DEADLINE_MS, () => cancel(client, run, request)),
    operate: (run, operation, id) => operateRun(client, run, { operation, id }),
    describe: (run) => describeRun(client, run),
    replay: (run) => replay(client, run),
    describeQueues: (queues) => describeQueues(client, queues),
    attempts: createAttemptGateway(client.activity),
    schedules: createScheduleGateway(client),
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
  const { summary, details, memo, attributes } = labelRun(input);
  try {
    await client.workflow.start(INTERPRETER, {
      workflowId: workflowIdOf(input.run.id),
      taskQueue: QUEUES.orchestration,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: summary,
      staticDetails: details,
      memo: { ...memo },
      typedSearchAttributes: Object.entries(attributes).map(([name, value]) => ({
        key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
        value,
      })),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    if (isTooLarge(error)) throw tooLarge(error);
    if (isAttributeMissing(error)) await registerAttributes(client, error);
    else if (isRefused(error)) throw refused(error);
    // Whoever asked tries again.
    throw error;
  }
}

function isTooLarge(error: unknown): boolean {
  const said = grpcErrorOf(error);
  return said?.code === GRPC_INVALID_ARGUMENT && /exceeds (size )?limit/i.test(said.details);
}

/** Asked again in the same words, the server says the same. */
function isRefused(error: unknown): boolean {
  return grpcErrorOf(error)?.code === GRPC_INVALID_ARGUMENT;
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

function refused(cause: unknown): SluiceError {
  return new SluiceError({
    code: 'run-start-refused',
    fault: 'user',
    message: `Temporal does not accept the start of the run: ${grpcErrorOf(cause)?.details ?? 'it gave no reason'}.`,
    hint: 'Look at what it says of the definition, the inputs or its own limits; then start the run again.',
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
    const { status } = await describeRun(client, run);
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
