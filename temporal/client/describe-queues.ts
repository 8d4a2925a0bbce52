import type { Client } from '@temporalio/client';
import type { QueueFigures } from '#contracts/temporal-port.js';

const DEADLINE_MS = 2_500;

/** temporal.api.enums.v1.TaskQueueType */
const TYPES = { workflow: 1, activity: 2 } as const;

/** Figures of the task queues, as Temporal estimates them. Throws what the connection throws. */
export async function describeQueues(
  client: Client,
  queues: readonly string[],
): Promise<readonly QueueFigures[]> {
  const kinds = ['workflow', 'activity'] as const;
  return client.withDeadline(Date.now() + DEADLINE_MS, () =>
    Promise.all(queues.flatMap((queue) => kinds.map((kind) => describeQueue(client, queue, kind)))),
  );
}

async function describeQueue(
  client: Client,
  queue: string,
  kind: QueueFigures['kind'],
): Promise<QueueFigures> {
  const { stats, pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: queue },
    taskQueueType: TYPES[kind],
    reportStats: true,
  });
  const age = stats?.approximateBacklogAge;
  return {
    queue,
    kind,
    backlog: Number(stats?.approximateBacklogCount ?? 0),
    oldestSeconds: Number(age?.seconds ?? 0) + (age?.nanos ?? 0) / 1e9,
    pollers: pollers?.length ?? 0,
  };
}
