import type { ExecutionReference, PipelineJob, PipelineStep } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { type GitHubApi, jobPath, runPath } from './api.js';
import { findMoment } from './run.js';
import { readState } from './states.js';

/** Of the last attempt. */
export async function listJobs(
  api: GitHubApi,
  { project, id }: ExecutionReference,
): Promise<readonly PipelineJob[]> {
  const path = `${runPath(project, id)}/jobs`;
  const request = { path, query: { filter: 'latest' }, subject: `jobs of run ${id} of ${project}` };
  const jobs = await api.all({ request, field: 'jobs' });
  return jobs.map((job) => readJob(job, api.isGitea));
}

export async function fetchJob(api: GitHubApi, project: string, job: string): Promise<PipelineJob> {
  const { value } = await api.http.send({
    path: jobPath(project, job),
    subject: `job ${job} of ${project}`,
  });
  return readJob(new Answer(value, 'the job'), api.isGitea);
}

export function readJob(job: Answer, isGitea: boolean): PipelineJob {
  const labels = job.find('labels');
  const runner = job.findText('runner_name') || (Array.isArray(labels) ? labels.map(String).join(', ') : '');
  return {
    id: job.id('id'),
    name: job.text('name'),
    ...readState(job, isGitea),
    attempt: Math.max(1, job.findNumber('run_attempt') ?? 1),
    mayFail: false,
    steps: job.findList('steps').map((step) => readStep(step, isGitea)),
    ...given({
      url: job.findText('html_url'),
      runner: runner === '' ? undefined : runner,
      createdAt: findMoment(job, 'created_at'),
      startedAt: job.findText('status') === 'queued' ? undefined : findMoment(job, 'started_at'),
      endedAt: findMoment(job, 'completed_at'),
    }),
  };
}

function readStep(step: Answer, isGitea: boolean): PipelineStep {
  return {
    name: step.text('name'),
    ...readState(step, isGitea),
    ...given({ startedAt: findMoment(step, 'started_at'), endedAt: findMoment(step, 'completed_at') }),
  };
}
