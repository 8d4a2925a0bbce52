import { createFinding, inJobs } from './finding.js';

/** Jobs that deploy, on platforms where the file says what keeps them apart. */
export const findOverlappingDeployments = inJobs((job, pipeline) => {
  const says = pipeline.platform === 'github-actions' || pipeline.platform === 'gitlab-ci';
  if (!says || job.environment === undefined || (job.concurrency ?? pipeline.concurrency) !== undefined) return [];
  if (job.steps.length === 0) return [];
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
