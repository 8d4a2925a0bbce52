import { Client, Connection } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { INTERPRETER, QUERIES, workflowIdOf } from '#contracts/names.js';
import type { RunDescription, RunResult } from '#contracts/run.js';
import { compressingCodec } from '#temporal/payload-codec.js';
import type { TestPlatform } from '../../platform.js';

/** A run in the words that the projection and Temporal have in common. */
export interface ComparableRun {
  readonly id: string;
  readonly status: string;
  readonly output: unknown;
  /** Status of each step, and of those that are actions the number of attempts. */
  readonly steps: Readonly<Record<string, { readonly status: string; readonly attempts?: number }>>;
}

/** In milliseconds since the epoch. */
interface ProjectedEnd {
  readonly endedAt: number;
}

/**
 * Between what woke the interpreter for the last time and what Temporal noted of its look, the run came to its end. Of looks
 * whose answers were lost Temporal keeps the last only; the projection keeps the first that was recorded.
 */
interface KnownEnd {
  readonly wokenAt: number;
  readonly closedAt: number;
}

const AT_ONCE = 20;

export async function readProjection({ database }: TestPlatform): Promise<(ComparableRun & ProjectedEnd)[]> {
  return database.dataSource.query(
    `SELECT r.id, r.status, r.output, (extract(epoch FROM r.ended_at) * 1000)::float AS "endedAt",
       (SELECT json_object_agg(s.key, json_strip_nulls(json_build_object('status', s.status, 'attempts',
          (SELECT max(a.attempt) FROM step_attempts a WHERE a.run_id = s.run_id AND a.step = s.key))))
        FROM run_steps s WHERE s.run_id = r.id) AS steps
     FROM runs r ORDER BY r.id`,
  );
}

/** All executions that there are, more than one of a run among them. `isAction`: by the key of a step. */
export async function readTemporal(
  platform: TestPlatform,
  isAction: (key: string) => boolean,
): Promise<(ComparableRun & KnownEnd)[]> {
  const { address, namespace } = platform.temporal;
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({
      connection,
      namespace,
      dataConverter: { payloadCodecs: [compressingCodec] },
    });
    const executions: { readonly workflowId: string; readonly runId: string }[] = [];
    for await (const found of client.workflow.list({ query: `WorkflowType = '${INTERPRETER}'` }))
      executions.push(found);
    const runs: (ComparableRun & KnownEnd)[] = [];
    for (let from = 0; from < executions.length; from += AT_ONCE) {
      const some = executions.slice(from, from + AT_ONCE);
      runs.push(...(await Promise.all(some.map((execution) => readExecution(client, execution, isAction)))));
    }
    return runs.sort((a, b) => (a.id < b.id ? -1 : 1));
  } finally {
    await connection.close();
  }
}

async function readExecution(
  client: Client,
  execution: { readonly workflowId: string; readonly runId: string },
  isAction: (key: string) => boolean,
): Promise<ComparableRun & KnownEnd> {
  const handle = client.workflow.getHandle(execution.workflowId, execution.runId);
  const result: RunResult = await handle.result();
  const { steps } = await handle.query<RunDescription>(QUERIES.describe);
  return {
    id: execution.workflowId.slice(workflowIdOf('').length),
    status: result.status,
    output: result.output,
    steps: Object.fromEntries(
      Object.entries(steps).map(([key, { status, attempts }]) => [
        key,
        { status, ...(isAction(key) ? { attempts } : {}) },
      ]),
    ),
    ...(await readEnd(client, execution)),
  };
}

async function readEnd(
  client: Client,
  execution: temporal.api.common.v1.IWorkflowExecution,
): Promise<KnownEnd> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution,
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
