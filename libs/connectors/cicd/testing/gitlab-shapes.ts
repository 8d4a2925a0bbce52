import { isOver, type PipelineState } from '#contracts/cicd/execution.js';
import type { FakeExecution, FakeJob } from './fake-executions.js';

export const PROJECT = 71;
export const PATH = 'acme/tools/app';
/** Where children of a pipeline stand in a start. */
export const PARENT = 'parent';

const NATIVE: Readonly<Record<PipelineState, string>> = {
  queued: 'pending',
  running: 'running',
  blocked: 'manual',
  succeeded: 'success',
  unstable: 'success',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'skipped',
};

export function nativeOf(state: PipelineState): string {
  return NATIVE[state];
}

export function sourceOf({ trigger, inputs }: FakeExecution): string {
  return Object.hasOwn(inputs, PARENT) ? 'parent_pipeline' : trigger;
}

function momentOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** In lists; `whole` where it is asked for by itself. */
export function pipelineOf(execution: FakeExecution, root: string, whole: boolean) {
  const { id, number, state, ref, commit, createdAt, updatedAt, startedAt, endedAt } = execution;
  return {
    id: Number(id),
    iid: number,
    project_id: PROJECT,
    sha: commit,
    ref,
    status: nativeOf(state),
    source: sourceOf(execution),
    created_at: momentOf(createdAt),
    updated_at: momentOf(updatedAt),
    web_url: `${root}/${PATH}/-/pipelines/${id}`,
    name: null,
    ...(whole
      ? {
          before_sha: '0'.repeat(40),
          tag: false,
          yaml_errors: null,
          user: { id: 4, username: 'robot', name: 'Robot', state: 'active' },
          started_at: momentOf(startedAt),
          finished_at: momentOf(endedAt),
          committed_at: null,
          duration: null,
          queued_duration: startedAt === undefined ? null : (startedAt - createdAt) / 1_000,
          coverage: null,
        }
      : {}),
  };
}

export function jobOf(job: FakeJob, execution: FakeExecution, root: string) {
  return {
    id: Number(job.id),
    name: job.name,
    stage: job.name,
    status: nativeOf(job.state),
    allow_failure: false,
    created_at: momentOf(job.createdAt),
    started_at: momentOf(job.startedAt),
    finished_at: momentOf(job.endedAt),
    duration: null,
    queued_duration: null,
    ref: execution.ref,
    tag: false,
    coverage: null,
    web_url: `${root}/${PATH}/-/jobs/${job.id}`,
    pipeline: { id: Number(execution.id), project_id: PROJECT, ref: execution.ref, sha: execution.commit },
    runner: isOver(job.state) || job.state === 'running' ? { id: 9, description: 'runner-9' } : null,
    ...artifactsOf(job, execution),
  };
}

/** The first artifact is of the first job, and so on. */
function artifactsOf(job: FakeJob, { jobs, artifacts }: FakeExecution) {
  const artifact = artifacts[jobs.indexOf(job)];
  if (artifact === undefined) return { artifacts: [], artifacts_expire_at: null };
  const { expired, name, bytes } = artifact;
  return {
    artifacts: [],
    artifacts_expire_at: momentOf(Date.now() + (expired ? -1 : 1) * 86_400_000),
    ...(expired ? {} : { artifacts_file: { filename: `${name}.zip`, size: bytes.length } }),
  };
}

export function projectOf(root: string) {
  return {
    id: PROJECT,
    name: 'app',
    name_with_namespace: 'Acme / Tools / App',
    path: 'app',
    path_with_namespace: PATH,
    web_url: `${root}/${PATH}`,
    default_branch: 'main',
    ci_config_path: null,
    jobs_enabled: true,
    builds_access_level: 'enabled',
  };
}

/** The body of a Pipeline Hook. */
export function hookOf(execution: FakeExecution, root: string) {
  const { id, number, ref, commit, state, createdAt, startedAt, endedAt, inputs } = execution;
  const spoken = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    object_kind: 'pipeline',
    object_attributes: {
      id: Number(id),
      iid: number,
      name: null,
      ref,
      tag: false,
      sha: commit,
      source: sourceOf(execution),
      status: nativeOf(state),
      detailed_status: state,
      stages: ['build', 'test'],
      created_at: spoken(createdAt),
      finished_at: spoken(endedAt),
      duration: null,
      queued_duration: startedAt === undefined ? null : (startedAt - createdAt) / 1_000,
      variables: Object.entries(inputs).map(([key, value]) => ({ key, value: String(value) })),
      url: `${root}/${PATH}/-/pipelines/${id}`,
    },
    user: { id: 4, name: 'Robot', username: 'robot' },
    project: { id: PROJECT, name: 'app', web_url: `${root}/${PATH}`, path_with_namespace: PATH },
    builds: execution.jobs.map((job) => jobOf(job, execution, root)),
  };
}
