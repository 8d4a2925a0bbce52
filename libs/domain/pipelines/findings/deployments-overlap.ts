import { isComputed } from '../reading/references.js';
import { createFinding, inJobs } from './finding.js';

/** Jobs that deploy, on platforms where the file says what keeps them apart. */
export const findOverlappingDeployments = inJobs((job, pipeline) => {
  const says = pipeline.platform === 'github-actions' || pipeline.platform === 'gitlab-ci';
  if (!says || job.environment === undefined || (job.concurrency ?? pipeline.concurrency) !== undefined)
    return [];
  // An environment of each branch, say, is hardly ever that of two runs.
  if (job.steps.length === 0 || isComputed(job.environment)) return [];
  return [
    createFinding({
      code: 'deployments-overlap',
      pipeline,
      job,
      place: job.place,
      message: `Two runs may deploy to ${job.environment.slice(0, 80)} at the same time.`,
    }),
  ];
});
