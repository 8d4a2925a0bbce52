import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { JOBS, type JobName } from '../jobs.js';
import type * as activities from './activities.js';

const options = { startToCloseTimeout: '10s' } as const;
const { act } = proxyActivities<typeof activities>(options);
const { act: actLocally } = proxyLocalActivities<typeof activities>(options);

export function runJob(job: JobName): Promise<string[]> {
  return inLevels(job, act);
}

/** The same with local activities. */
export function runJobLocally(job: JobName): Promise<string[]> {
  return inLevels(job, actLocally);
}

async function inLevels(job: JobName, step: (name: string) => Promise<string>): Promise<string[]> {
  const done: string[] = [];
  for (const level of JOBS[job]) done.push(...(await Promise.all(level.map(step))));
  return done;
}
