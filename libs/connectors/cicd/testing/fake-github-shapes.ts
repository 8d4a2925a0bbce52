import { isOver, type PipelineState } from '#contracts/cicd/execution.js';
import type { FakeExecution, FakeJob } from './fake-executions.js';

const CONCLUSIONS: Readonly<Partial<Record<PipelineState, string>>> = {
  succeeded: 'success',
  failed: 'failure',
  canceled: 'cancelled',
  skipped: 'skipped',
  unstable: 'neutral',
};

interface RunWords {
  readonly title: string;
  readonly url: string;
  readonly project: string;
}

/** A run as GitHub writes it. */
export function writeRun(execution: FakeExecution, { title, url, project }: RunWords) {
  const { id, attempt, createdAt, updatedAt, startedAt, pipeline, ref, commit, trigger } = execution;
  return {
    id: Number(id),
    name: 'Build',
    path: `.github/workflows/${pipeline}`,
    display_title: title,
    event: trigger === 'api' ? 'workflow_dispatch' : 'push',
    ...writeState(execution.state),
    run_attempt: attempt,
    head_branch: ref,
    head_sha: commit,
    workflow_id: 100,
    url: `${url}/repos/${project}/actions/runs/${id}`,
    html_url: `https://github.test/${project}/actions/runs/${id}`,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
    run_started_at: new Date(startedAt ?? createdAt).toISOString(),
    triggering_actor: { login: 'octocat' },
  };
}

export function writeJob({ id, commit, ref }: FakeExecution, job: FakeJob, url: string) {
  return {
    id: Number(job.id),
    run_id: Number(id),
    run_attempt: job.attempt,
    name: job.name,
    ...writeState(job.state),
    head_sha: commit,
    head_branch: ref,
    url: `${url}/jobs/${job.id}`,
    html_url: `https://github.test/jobs/${job.id}`,
    labels: ['ubuntu-latest'],
    created_at: new Date(job.createdAt).toISOString(),
    started_at: toText(job.startedAt),
    completed_at: toText(job.endedAt),
    steps: job.steps.map(({ name, state }, index) => ({ name, number: index + 1, ...writeState(state) })),
  };
}

function writeState(state: PipelineState) {
  if (isOver(state)) return { status: 'completed', conclusion: CONCLUSIONS[state] ?? 'success' };
  if (state === 'blocked') return { status: 'waiting', conclusion: null };
  return { status: state === 'running' ? 'in_progress' : 'queued', conclusion: null };
}

function toText(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}
