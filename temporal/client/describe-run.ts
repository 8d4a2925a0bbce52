import {
  type Client,
  type WorkflowExecutionStatusName,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { workflowIdOf } from '#contracts/names.js';
import type { RunResult } from '#contracts/run.js';
import type { RunDescription } from '#contracts/temporal-port.js';

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

/** What has become of the run, with its result where it left one. */
export async function describeRun(client: Client, run: string): Promise<RunDescription> {
  const handle = client.workflow.getHandle(workflowIdOf(run));
  let status: RunDescription['status'];
  let events: number;
  try {
    const description = await handle.describe();
    status = STATUSES[description.status.name] ?? 'running';
    events = description.historyLength;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { status: 'not-found' };
    throw error;
  }
  if (status === 'running') return { status, events };
  if (status === 'canceled') return { status };
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
