import { scheduleActivity } from '@temporalio/workflow';
import type { ActionInput, ActionResult } from '#contracts/run.js';

/** The job as an engineer of Temporal would write it by hand: the same ten activities in five levels. */
export async function tenStepJob(run: ActionInput['run']): Promise<string> {
  for (let level = 1; level <= 5; level++) {
    await Promise.all(['left', 'right'].map((side) => write(run, `${side}-${level}`)));
  }
  return 'done';
}

function write(run: ActionInput['run'], step: string): Promise<ActionResult> {
  const input: ActionInput = {
    run,
    project: 'default',
    step,
    attemptsBefore: 0,
    idempotencyKey: `${run.id}/${step}`,
    with: { message: step },
  };
  return scheduleActivity('log/write', [input], {
    summary: step,
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 1 },
  });
}
