import { scheduleActivity, scheduleLocalActivity } from '@temporalio/workflow';
import type { ActionInput, ActionResult } from '#contracts/run.js';

/** The job as an engineer of Temporal would write it by hand: the same ten activities in five levels. */
export async function tenStepJob(run: ActionInput['run']): Promise<string> {
  for (let level = 1; level <= 5; level++) {
    await Promise.all(['left', 'right'].map((side) => write(run, `${side}-${level}`)));
  }
  return 'done';
}

/** The same with local activities. */
export async function tenLocalSteps(run: ActionInput['run']): Promise<string> {
  for (let level = 1; level <= 5; level++) {
    await Promise.all(['left', 'right'].map((side) => writeHere(run, `${side}-${level}`)));
  }
  return 'done';
}

function write(run: ActionInput['run'], step: string): Promise<ActionResult> {
  return scheduleActivity('log/write', [inputOf(run, step)], {
    summary: step,
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 1 },
  });
}

function writeHere(run: ActionInput['run'], step: string): Promise<ActionResult> {
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
