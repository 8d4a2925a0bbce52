import type { ActionInput } from '#contracts/run.js';
import { write, writeLocally } from '../laboratory/activities.js';

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
    await Promise.all(['left', 'right'].map((side) => writeLocally(run, `${side}-${level}`)));
  }
  return 'done';
}
