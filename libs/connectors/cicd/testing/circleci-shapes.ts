import { createHmac } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import type { PipelineState } from '#contracts/cicd/execution.js';
import type { SignedRequest } from '../../webhooks/verify-signature.js';
import type { FakeExecution, FakeJob } from './fake-executions.js';
import type { FakeLog } from './fake-log.js';

const WORKFLOW: Readonly<Record<PipelineState, string>> = {
  queued: 'running',
  running: 'running',
  blocked: 'on_hold',
  succeeded: 'success',
  unstable: 'success',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'not_run',
};

function jobStatusOf(state: PipelineState): string {
  return state === 'queued' ? 'queued' : WORKFLOW[state];
}

export function uuidOf(kind: 'pipeline' | 'workflow' | 'job' | 'other', number: number | string): string {
  const digit = { pipeline: 1, workflow: 2, job: 3, other: 4 }[kind];
  return `${digit}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** The whole number behind such an id. */
export function numberOf(uuid: string): string {
  return String(Number(uuid.slice(-12)));
}

function momentOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

export const KEYED = 'gh/acme/app';

/** Of the project that takes the key, the name of a pipeline is nothing. */
export function slugOf({ pipeline }: Pick<FakeExecution, 'pipeline'>): string {
  return pipeline === '' ? KEYED : pipeline;
}

export function pipelineOf(execution: FakeExecution, state: string) {
  const { id, number, ref, commit, trigger, createdAt } = execution;
  return {
    id: uuidOf('pipeline', id),
    number,
    project_slug: slugOf(execution),
    state,
    errors: [],
    created_at: momentOf(createdAt),
    updated_at: momentOf(createdAt),
    trigger: {
      type: trigger === 'api' ? 'api' : 'webhook',
      received_at: momentOf(createdAt),
      actor: { login: 'robot', avatar_url: '' },
    },
    vcs: {
      provider_name: 'GitHub',
      origin_repository_url: 'https://github.com/acme/app',
      target_repository_url: 'https://github.com/acme/app',
      branch: ref,
      revision: commit,
    },
  };
}

export interface FakeWorkflow {
  readonly id: string;
  readonly createdAt: number;
  /** Absent: it is the last one, and as the execution is. */
  readonly ended?: PipelineState;
}

export function workflowOf({ id, createdAt, ended }: FakeWorkflow, execution: FakeExecution) {
  return {
    id,
    name: 'ci',
    pipeline_id: uuidOf('pipeline', execution.id),
    pipeline_number: execution.number,
    project_slug: slugOf(execution),
    started_by: uuidOf('other', 1),
    status: WORKFLOW[ended ?? execution.state],
    created_at: momentOf(createdAt),
    stopped_at: ended === undefined ? momentOf(execution.endedAt) : momentOf(createdAt),
  };
}

export function jobOf(job: FakeJob, execution: FakeExecution) {
  return {
    id: uuidOf('job', job.id),
    name: job.name,
    type: 'build',
    project_slug: slugOf(execution),
    dependencies: [],
    status: jobStatusOf(job.state),
    started_at: momentOf(job.startedAt),
    stopped_at: momentOf(job.endedAt),
    ...(job.startedAt === undefined ? {} : { job_number: Number(job.id) }),
  };
}

/** What version 1.1 says of steps; what was written to the log so far is output of actions that have ended. */
export function buildOf(job: FakeJob, urls: readonly string[]) {
  const isOver = job.endedAt !== undefined;
  return {
    build_num: Number(job.id),
    lifecycle: isOver ? 'finished' : 'running',
    stop_time: momentOf(job.endedAt),
    steps: job.steps.map(({ name, state }) => ({
      name,
      actions: [
        ...(name === 'Run' ? urls : []).map((output_url, index) => ({
          name,
          index,
          status: 'success',
          has_output: true,
          output_url,
          start_time: momentOf(job.startedAt),
          end_time: momentOf(job.startedAt),
        })),
        {
          name,
          status: { ...WORKFLOW, queued: 'not_running', skipped: 'skipped' }[state],
          has_output: false,
          start_time: momentOf(job.startedAt),
          end_time: isOver ? momentOf(job.endedAt) : null,
        },
      ],
    })),
  };
}

/** Bytes of a log as the output of an action: messages in JSON. */
export async function* outputOf(log: FakeLog, from: number, to: number): AsyncGenerator<Uint8Array> {
  const decoder = new StringDecoder('utf8');
  let left = to - from;
  let comma = '';
  yield Buffer.from('[');
  for await (const part of log.read(from)) {
    const text = decoder.write(Buffer.from(part.subarray(0, left)));
    const message = { message: text, time: '2026-11-22T00:00:00.000Z', type: 'out', truncated: false };
    yield Buffer.from(comma + JSON.stringify(message));
    comma = ',';
    left -= part.length;
    if (left <= 0) break;
  }
  yield Buffer.from(']');
}

function hooksOf(execution: FakeExecution, workflow: FakeWorkflow) {
  const { id, number, ref, commit, createdAt } = execution;
  const common = {
    happened_at: new Date().toISOString(),
    webhook: { id: uuidOf('other', 2), name: 'sluice' },
    project: { id: uuidOf('other', 3), name: 'app', slug: slugOf(execution) },
    organization: { id: uuidOf('other', 4), name: 'acme' },
    pipeline: {
      id: uuidOf('pipeline', id),
      number,
      created_at: momentOf(createdAt),
      trigger: { type: 'api' },
      vcs: { branch: ref, revision: commit },
    },
    workflow: { ...workflowOf(workflow, execution), url: `https://app.circleci.com/${workflow.id}` },
  };
  const key = `${id}-${execution.attempt}-${execution.updatedAt}`;
  const jobs = execution.jobs.map((job) => ({
    ...common,
    id: `job-${job.id}-${key}`,
    type: 'job-completed',
    job: { ...jobOf(job, execution), number: Number(job.id) },
  }));
  return [...jobs, { ...common, id: `workflow-${key}`, type: 'workflow-completed' }];
}

/** What is told of an end: of each job, then of the workflow. */
export function deliveriesOf(
  execution: FakeExecution,
  workflow: FakeWorkflow,
  secret: string,
): readonly SignedRequest[] {
  return hooksOf(execution, workflow).map((event) => {
    const body = Buffer.from(JSON.stringify(event));
    const headers = new Map([
      ['content-type', 'application/json'],
      ['circleci-event-type', event.type],
      ['circleci-signature', `v1=${createHmac('sha256', secret).update(body).digest('hex')}`],
    ]);
    return { headers, body };
  });
}
