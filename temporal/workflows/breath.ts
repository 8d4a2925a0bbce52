import { scheduleActivity } from '@temporalio/workflow';
import { ACTIVITIES, QUEUES } from '#contracts/names.js';
import type { RunEvent } from '#domain/execution/event.js';

/**
 * Ends the workflow task, so that the worker turns to other runs and this one hears of what has come in the meantime. An
 * activity that does nothing, for the server keeps a timer waiting for up to a second.
 */
export function takeBreath(emit: (event: RunEvent) => void): void {
  const goOn = () => emit({ type: 'breath-taken' });
  void scheduleActivity(ACTIVITIES.breathe, [], {
    activityId: 'breathe',
    taskQueue: QUEUES.orchestration,
    summary: 'let other runs have their turn',
    startToCloseTimeout: '10s',
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  }).then(goOn, goOn);
}
