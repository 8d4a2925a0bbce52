import { Client, Connection } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { INTERPRETER, QUERIES, workflowIdOf } from '#contracts/names.js';
import type { RunDescription, RunResult } from '#contracts/run.js';
import { compressingCodec } from '#temporal/payload-codec.js';
import type { TestPlatform } from '../../platform.js';
import type { Execution } from './evidence.js';

interface Found {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: { readonly name: string };
}

const AT_ONCE = 20;

/**
 * All executions that there are, more than one of a run among them; those that went on in another one count as one with it.
 * `isAction`: by the key of a step of a run.
 */
export async function readTemporal(
  { temporal: { address, namespace } }: Pick<TestPlatform, 'temporal'>,
  isAction: (run: string, step: string) => boolean,
): Promise<Execution[]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({
      connection,
      namespace,
      dataConverter: { payloadCodecs: [compressingCodec] },
    });
    const found: Found[] = [];
    for await (const execution of client.workflow.list({ query: `WorkflowType = '${INTERPRETER}'` })) {
      if (execution.status.name !== 'CONTINUED_AS_NEW') found.push(execution);
    }
    const executions: Execution[] = [];
    for (let from = 0; from < found.length; from += AT_ONCE) {
      const some = found.slice(from, from + AT_ONCE);
      executions.push(...(await Promise.all(some.map((one) => readExecution(client, one, isAction)))));
    }
    return executions;
  } finally {
    await connection.close();
  }
}

async function readExecution(
  client: Client,
  found: Found,
  isAction: (run: string, step: string) => boolean,
): Promise<Execution> {
  const id = found.workflowId.slice(workflowIdOf('').length);
  if (found.status.name !== 'COMPLETED')
    return {
      id,
      status: found.status.name,
      output: null,
      steps: {},
      completions: {},
      wokenAt: 0,
      closedAt: 0,
    };
  const handle = client.workflow.getHandle(found.workflowId, found.runId);
  const result: RunResult = await handle.result();
  const { steps } = await handle.query<RunDescription>(QUERIES.describe);
  return {
    id,
    status: result.status,
    output: result.output ?? null,
    steps: Object.fromEntries(
      Object.entries(steps).map(([key, { status, attempts }]) => [
        key,
        { status, ...(isAction(id, key) ? { attempts } : {}) },
      ]),
    ),
    completions: countCompletions((await handle.fetchHistory()).events ?? []),
    ...(await readEnd(client, found)),
  };
}

/** How often Temporal was told that the action of a step is done. An activity is named by its step, and by what went before. */
function countCompletions(events: readonly temporal.api.history.v1.IHistoryEvent[]): Record<string, number> {
  const steps = new Map<number, string>();
  const completions: Record<string, number> = {};
  for (const { eventId, ...event } of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled != null) steps.set(Number(eventId), scheduled.activityId!.replace(/~\d+$/, ''));
    const completed = event.activityTaskCompletedEventAttributes;
    const step = completed != null ? steps.get(Number(completed.scheduledEventId)) : undefined;
    if (step !== undefined) completions[step] = (completions[step] ?? 0) + 1;
  }
  return completions;
}

async function readEnd(
  client: Client,
  execution: temporal.api.common.v1.IWorkflowExecution,
): Promise<Pick<Execution, 'wokenAt' | 'closedAt'>> {
  const { workflowId, runId } = execution;
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId: workflowId!, runId: runId! },
    maximumPageSize: 20,
  });
  const events = history?.events ?? [];
  const looked = events.findIndex((event) => event.workflowTaskStartedEventAttributes != null);
  const woken = events.slice(looked).find((event) => !isOfLook(event));
  return { wokenAt: timeOf(woken!), closedAt: timeOf(events[0]!) };
}

function isOfLook(event: temporal.api.history.v1.IHistoryEvent): boolean {
  return [
    event.workflowTaskScheduledEventAttributes,
    event.workflowTaskStartedEventAttributes,
    event.workflowTaskFailedEventAttributes,
    event.workflowTaskTimedOutEventAttributes,
    event.workflowTaskCompletedEventAttributes,
  ].some((attributes) => attributes != null);
}

function timeOf({ eventTime }: temporal.api.history.v1.IHistoryEvent): number {
  return Number(eventTime!.seconds) * 1_000 + eventTime!.nanos! / 1_000_000;
}
