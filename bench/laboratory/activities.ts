import { scheduleActivity, scheduleLocalActivity } from '@temporalio/workflow';
import type { ActionInput, ActionResult } from '#contracts/run.js';

/** The activity behind every step of the jobs, as a workflow written by hand calls it. */
export function write(run: ActionInput['run'], step: string): Promise<ActionResult> {
  return scheduleActivity('log/write', [inputOf(run, step)], {
    summary: step,
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 1 },
  });
}

/** The same as a local activity. */
export function writeLocally(run: ActionInput['run'], step: string): Promise<ActionResult> {
  return scheduleLocalActivity('log/write', [inputOf(run, step)], {
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 1 },
  });
}

function inputOf(run: ActionInput['run'], step: string): ActionInput {
  return {
    run,
    project: 'default',
    step,
    attemptsBefore: 0,
    idempotencyKey: `${run.id}/${step}`,
    with: { message: step },
  };
}
