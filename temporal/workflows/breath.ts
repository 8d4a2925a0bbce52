import { scheduleActivity } from '@temporalio/workflow';
import { ACTIVITIES, QUEUES } from '#contracts/names.js';

/**
 * Ends the workflow task, so that the worker turns to other runs and this one hears of what has come in the meantime. An
 * activity that does nothing, for the server keeps a timer waiting for up to a second.
 */
export class Breath {
  private taking = false;

  constructor(private readonly taken: () => void) {}

  /** Does nothing while one is being taken. */
  take(): void {
    if (this.taking) return;
    this.taking = true;
    const over = (): void => {
      this.taking = false;
      this.taken();
    };
    void scheduleActivity(ACTIVITIES.breathe, [], {
      activityId: 'breathe',
      taskQueue: QUEUES.orchestration,
      summary: 'let other runs have their turn',
      startToCloseTimeout: '10s',
      retry: { initialInterval: '500ms', maximumInterval: '10s' },
    }).then(over, over);
  }
}
