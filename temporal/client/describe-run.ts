import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionStatusName,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { optionalTsToDate, tsToMs } from '@temporalio/common/lib/time.js';
import { workflowIdOf } from '#contracts/names.js';
import type { RunResult } from '#contracts/run.js';
import type { PendingTask, RunDescription } from '#contracts/temporal-port.js';

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

/** Far beyond what a server that answers takes; only keeps a silent one from holding whoever asks. */
const DEADLINE_MS = 10_000;
/** Events at the end of a history among which the last failure of a task stands. */
const LAST_EVENTS = 10;

/** What has become of the run, with its result where it left one. */
export function describeRun(client: Client, run: string): Promise<RunDescription> {
  return client.withDeadline(Date.now() + DEADLINE_MS, () => describe(client, run));
}

async function describe(client: Client, run: string): Promise<RunDescription> {
  const handle = client.workflow.getHandle(workflowIdOf(run));
  let description: WorkflowExecutionDescription;
  try {
    description = await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      return { status: 'not-found', keptMs: await findKept(client) };
    throw error;
  }
  const status = STATUSES[description.status.name] ?? 'running';
  if (status === 'running') {
    const pending = await findPending(client, description);
    return { status, events: description.historyLength, ...(pending === undefined ? {} : { pending }) };
  }
  if (status === 'canceled') return { status };
  try {
    return { status, result: await handle.result() };
  } catch (error) {
    return { status, ...explain(error) };
  }
}

/** How long the namespace keeps the histories of what has ended. */
async function findKept(client: Client): Promise<number> {
  const { namespace } = client.options;
  const { config } = await client.workflowService.describeNamespace({ namespace });
  return tsToMs(config?.workflowExecutionRetentionTtl);
}

/** The workflow task that is due; one that was tried before says why it failed. */
async function findPending(
  client: Client,
  { raw, workflowId, runId }: WorkflowExecutionDescription,
): Promise<PendingTask | undefined> {
  const task = raw.pendingWorkflowTask;
  const since = optionalTsToDate(task?.originalScheduledTime ?? task?.scheduledTime);
  if (task == null || since === undefined) return undefined;
  const attempt = task.attempt ?? 1;
  const failure = attempt > 1 ? await findTaskFailure(client, { workflowId, runId }) : undefined;
  return {
    attempt,
    taken: task.startedTime != null,
    since: since.getTime(),
    ...(failure === undefined ? {} : { failure }),
  };
}

async function findTaskFailure(
  client: Client,
  execution: { readonly workflowId: string; readonly runId: string },
): Promise<string | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution,
    maximumPageSize: LAST_EVENTS,
  });
  const failed = history?.events?.find((event) => event.workflowTaskFailedEventAttributes != null);
  const failure = failed?.workflowTaskFailedEventAttributes?.failure;
  const { loadedDataConverter } = client.options;
  // With a key that is not here it stays unread.
  const error = await decodeOptionalFailureToOptionalError(loadedDataConverter, failure).catch(
    () => undefined,
  );
  return error?.message ?? failure?.message ?? undefined;
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
