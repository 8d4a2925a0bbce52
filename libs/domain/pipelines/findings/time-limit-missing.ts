import { PLATFORMS } from '../platforms.js';
import { createFinding, inJobs } from './finding.js';

/** Jobs that nobody but the platform would end. */
export const findMissingTimeLimits = inJobs((job, pipeline) => {
  const { timeLimit, title } = PLATFORMS[pipeline.platform];
  if (timeLimit === undefined || job.timeLimit !== undefined || job.calls !== undefined) return [];
  if (job.steps.length === 0) return [];
  const message =
    timeLimit === 'none'
      ? `${title} never ends it.`
      : `Without one ${title} ends it after ${timeLimit} minutes, unless its settings say otherwise.`;
  const gain =
    timeLimit === 'none'
      ? 'A job that hangs is ended when you say, not when somebody sees it.'
      : `A job that hangs is ended when you say, not after ${timeLimit} minutes.`;
  return [createFinding({ code: 'time-limit-missing', pipeline, job, place: job.place, message, gain })];
});
