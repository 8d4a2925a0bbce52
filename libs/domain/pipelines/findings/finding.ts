import type { Job, Pipeline, Place } from '../pipeline.js';
import { FINDING_CODES, type FindingCode } from './codes.js';

export const SEVERITIES = ['error', 'warning', 'note'] as const;

/** `error`: it can be used against the repository; `warning`: it should be mended; `note`: it could be better. */
export type Severity = (typeof SEVERITIES)[number];

/** Something to mend in a pipeline. */
export interface PipelineFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly pipeline: string;
  readonly job?: string;
  readonly place: Place;
  /** What is wrong, and why. */
  readonly message: string;
  readonly cure: string;
  /** What mending it brings. */
  readonly gain: string;
}

interface Found {
  readonly code: FindingCode;
  readonly pipeline: Pipeline;
  readonly job?: Job;
  readonly place: Place;
  readonly message: string;
  /** Where it can be told closer than for the code as a whole. */
  readonly gain?: string;
}

export function createFinding({ code, pipeline, job, place, message, gain }: Found): PipelineFinding {
  const known = FINDING_CODES[code];
  return {
    code,
    severity: known.severity,
    pipeline: pipeline.name,
    ...(job === undefined ? {} : { job: job.id }),
    place,
    message,
    cure: known.cure,
    gain: gain ?? known.gain,
  };
}

/** Looks for one kind of thing in all pipelines of a repository. */
export type Finder = (pipelines: readonly Pipeline[]) => readonly PipelineFinding[];

/** Calls with each job. */
export function inJobs(find: (job: Job, pipeline: Pipeline) => readonly PipelineFinding[]): Finder {
  return (pipelines) => pipelines.flatMap((pipeline) => pipeline.jobs.flatMap((job) => find(job, pipeline)));
}
