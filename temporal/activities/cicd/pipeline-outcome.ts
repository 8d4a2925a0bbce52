import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type {
  FailedJobOutput,
  JobOutput,
  OutcomeOutput,
  PipelineOutcomeInput,
  StartedOutput,
} from '#contracts/catalogue/pipeline-schemas.js';
import type { Execution, PipelineJob } from '#contracts/cicd/execution.js';
import { toPlainJobs } from '#contracts/cicd/plain-execution.js';
import type { ActionContext } from '#contracts/ports.js';
import type { SluiceError } from '#domain/errors.js';
import type { Json } from '#domain/json.js';
import type { ReachedPlatform } from '../find-platform.js';
import { copyLogs } from './job-logs.js';

const MOST_JOBS = 200;
const MOST_FAILED = 20;
/** Last lines of a failed job that go into the output, and characters of each. */
const SHOWN_LINES = 20;
const SHOWN_LENGTH = 500;

/** What is told of an execution as soon as it was started. */
export function describeStarted(id: string, platform: string, execution: Execution): StartedOutput {
  const { reference, attempt, state, native, title, url, ref, commit } = execution;
  return {
    execution: id,
    platform,
    id: reference.id,
    attempt,
    state,
    native,
    title,
    url,
    ...(ref === undefined ? {} : { ref }),
    ...(commit === undefined ? {} : { commit }),
  };
}

/**
 * Takes what an execution that is over has left: its jobs, and the logs that are wanted. Throws SluiceError
 * `pipeline-failed`, `pipeline-canceled` or `pipeline-unstable`, where it did not go well.
 */
export async function takeOutcome(
  world: PipelineWorld,
  context: ActionContext,
  platform: ReachedPlatform,
  { id, execution }: { readonly id: string; readonly execution: Execution },
  { logs = 'failed', unstable = 'fails' }: PipelineOutcomeInput,
): Promise<OutcomeOutput> {
  const { client } = platform;
  const jobs = toPlainJobs(await client.jobs(execution.reference));
  await world.store.observe(id, execution, jobs);
  const failed = jobs.filter(({ state, mayFail }) => state === 'failed' && !mayFail);
  const copied = logs === 'all' ? [...jobs.filter((job) => !failed.includes(job)), ...failed] : failed;
  // Those that failed come last: the end of a log is what a failure is told by.
  const last =
    logs === 'none'
      ? new Map<string, readonly string[]>()
      : await copyLogs(client, context, execution.reference, copied.filter(hasLog), SHOWN_LINES);
  const output: OutcomeOutput = {
    ...describeStarted(id, platform.description.name, execution),
    ...durationsOf(execution),
    jobs: jobs.slice(0, MOST_JOBS).map(describeJob),
    failed: failed.slice(0, MOST_FAILED).map((job) => describeFailed(job, last.get(job.id) ?? [])),
  };
  const failure = describeFailure(output, platform.description.title, unstable);
  if (failure !== undefined) throw failure;
  return output;
}

function hasLog({ state, startedAt }: PipelineJob): boolean {
  return state !== 'skipped' && (startedAt !== undefined || state === 'failed');
}

function describeJob(job: PipelineJob): JobOutput {
  const { name, state, stage, url } = job;
  return {
    name,
    state,
    ...(stage === undefined ? {} : { stage }),
    ...(url === undefined ? {} : { url }),
    ...durationsOf(job),
  };
}

function describeFailed(job: PipelineJob, lines: readonly string[]): FailedJobOutput {
  const step = job.steps?.find(({ state }) => state === 'failed');
  return {
    job: job.name,
    ...(step === undefined ? {} : { step: step.name }),
    ...(job.url === undefined ? {} : { url: job.url }),
    lines: lines.map((line) => line.slice(0, SHOWN_LENGTH).toWellFormed()),
  };
}

/** What the clocks of a platform say; where they contradict themselves, nothing. */
function durationsOf({
  createdAt,
  startedAt,
  endedAt,
}: Pick<PipelineJob, 'createdAt' | 'startedAt' | 'endedAt'>): {
  readonly queuedMs?: number;
  readonly durationMs?: number;
} {
  const between = (from: number | undefined, to: number | undefined) =>
    from !== undefined && to !== undefined && to >= from ? to - from : undefined;
  const queuedMs = between(createdAt, startedAt);
  const durationMs = between(startedAt, endedAt);
  return {
    ...(queuedMs === undefined ? {} : { queuedMs }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

function describeFailure(
  output: OutcomeOutput,
  platform: string,
  unstable: 'fails' | 'succeeds',
): SluiceError | undefined {
  const { state, native, title, url, failed } = output;
  if (state === 'succeeded' || (state === 'unstable' && unstable === 'succeeds')) return undefined;
  const init = {
    fault: 'user',
    retryable: true,
    facts: output as unknown as Readonly<Record<string, Json>>,
  } as const;
  const names = failed.map(({ job, step }) => (step === undefined ? job : `${job}: ${step}`));
  const where = names.length === 0 ? '' : ` at ${names.join(', ')}`;
  if (state === 'failed') {
    return createActionFailure({
      ...init,
      // Its logs say which it is.
      class: 'unknown',
      code: 'pipeline-failed',
      message: `The pipeline ${title} failed${where} (${native}): ${url}`,
      hint: 'The lines of the jobs that failed stand in the log of the step.',
    });
  }
  if (state === 'unstable') {
    return createActionFailure({
      ...init,
      class: 'test',
      code: 'pipeline-unstable',
      message: `The pipeline ${title} went through with something wrong (${native}): ${url}`,
      hint: 'Set `unstable: succeeds` where that is good enough.',
    });
  }
  return createActionFailure({
    ...init,
    class: 'canceled',
    retryable: false,
    code: 'pipeline-canceled',
    message: `The pipeline ${title} did not run to its end: ${platform} calls it ${native}: ${url}`,
    hint: 'Somebody, or a rule of the platform, has ended it there.',
  });
}
