import type { Worker } from '@temporalio/worker';
import { QUEUES, WORKSPACE_QUEUE_PREFIX } from '#contracts/names.js';

/** What a worker has under way of one kind, and room for. */
export interface WorkerFigures {
  /** Its name; `workspace` for the worker's own. */
  readonly queue: string;
  readonly kind: 'workflow' | 'activity' | 'local-activity';
  readonly used: number;
  readonly slots: number;
}

export const WORKFLOW_SLOTS = 100;

/** Of the SDK, where nothing else is asked for. */
const DEFAULT_SLOTS = 100;

/** @param activitySlots that were asked for */
export function figuresOf(worker: Worker, activitySlots = DEFAULT_SLOTS): readonly WorkerFigures[] {
  const { taskQueue } = worker.options;
  const queue = taskQueue.startsWith(WORKSPACE_QUEUE_PREFIX) ? 'workspace' : taskQueue;
  const status = worker.getStatus();
  const activities: WorkerFigures = {
    queue,
    kind: 'activity',
    used: status.numInFlightNonLocalActivities,
    slots: activitySlots,
  };
  if (queue !== QUEUES.orchestration) return [activities];
  return [
    activities,
    {
      queue,
      kind: 'local-activity',
      used: status.numInFlightLocalActivities,
      slots: DEFAULT_SLOTS,
    },
    { queue, kind: 'workflow', used: status.numInFlightWorkflowActivations, slots: WORKFLOW_SLOTS },
  ];
}
