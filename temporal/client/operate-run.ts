import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { UPDATE_FAILURES, UPDATES, workflowIdOf } from '#contracts/names.js';
import type { OperationRefusal, OperationResult } from '#contracts/run.js';
import type { OperationAnswer } from '#contracts/temporal-port.js';
import type { Operation } from '#domain/execution/operation.js';
import { describeRun } from './describe-run.js';
import { grpcErrorOf, NOBODY_ANSWERED } from './grpc-error.js';

/** A run whose worker was killed is given to another one only after ten seconds. */
const DEADLINE_MS = 20_000;
const AGAIN_MS = 50;

/**
 * Has the operation done, or refused, by the time it answers. Throws when neither is known after twenty seconds: the
 * operation may still be done then, and sent again with the same id it is done once.
 */
export async function operateRun(
  client: Client,
  run: string,
  request: { readonly operation: Operation; readonly id: string },
): Promise<OperationAnswer> {
  for (const deadline = Date.now() + DEADLINE_MS; ; await sleep(AGAIN_MS)) {
    const answer = await attempt(client, run, { ...request, deadline });
    if (answer !== undefined) return answer;
  }
}

/** Undefined where the run was on its way to another execution, which has to be asked. */
async function attempt(
  client: Client,
  run: string,
  request: { readonly operation: Operation; readonly id: string; readonly deadline: number },
): Promise<OperationAnswer | undefined> {
  const { operation, id, deadline } = request;
  // No run id: whichever execution is the run's latest.
  const handle = client.workflow.getHandle(workflowIdOf(run));
  try {
    const result = await client.withDeadline(deadline, () =>
      handle.executeUpdate<OperationResult, [Operation]>(UPDATES.operate, {
        args: [operation],
        updateId: id,
      }),
    );
    return { outcome: 'done', result };
  } catch (error) {
    if (isUnanswered(error)) throw unanswered(error);
    if (error instanceof WorkflowUpdateFailedError) return explainFailure(client, run, error);
    if (error instanceof WorkflowNotFoundError) return explainAbsence(client, run);
    throw error;
  }
}

function isUnanswered(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const said = grpcErrorOf(error);
  return said !== undefined && NOBODY_ANSWERED.includes(said.code);
}

function unanswered(cause: unknown): Error {
  const seconds = DEADLINE_MS / 1000;
  return new Error(
    `Temporal, or every worker of the queue orchestration, did not answer within ${seconds} s; the operation may still be done.`,
    { cause },
  );
}

async function explainFailure(
  client: Client,
  run: string,
  error: WorkflowUpdateFailedError,
): Promise<OperationAnswer | undefined> {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) throw error;
  if (cause.type === UPDATE_FAILURES.handingOver) return undefined;
  if (cause.type === UPDATE_FAILURES.refused) {
    return { outcome: 'refused', refusal: cause.details?.[0] as OperationRefusal };
  }
  // The server says so of an update that the end of the workflow overtook.
  if ((await describeRun(client, run)).status !== 'running') return { outcome: 'already-ended' };
  throw error;
}

async function explainAbsence(client: Client, run: string): Promise<OperationAnswer | undefined> {
  const { status } = await describeRun(client, run);
  if (status === 'running') return undefined;
  return { outcome: status === 'not-found' ? 'not-found' : 'already-ended' };
}
