import type { Execution } from '#contracts/cicd/execution.js';
import { type SignedRequest, type Verdict, verifySignature } from '../../webhooks/verify-signature.js';
import type { Answer } from '../http/answer.js';
import { nameDelivery, readDelivery } from '../http/delivery.js';
import { given } from '../http/given.js';
import { createEventInvalid } from '../http/pipeline-failure.js';
import type { PlatformEvent } from '../platform.js';
import { readJob } from './jobs.js';
import { readFile, readRun } from './run.js';

const TITLE = 'GitHub';

export function verifyWebhook(request: SignedRequest, secrets: readonly string[], now: number): Verdict {
  return verifySignature({ type: 'github' }, request, secrets, now);
}

/** Of GitHub, and of Gitea, which sends the same headers and shapes. */
export function parseEvent(request: SignedRequest): PlatformEvent {
  const type = request.headers.get('x-github-event');
  if (type === undefined || type === '') throw createEventInvalid(TITLE, 'it has no X-GitHub-Event');
  const told = {
    delivery: nameDelivery(request, request.headers.get('x-github-delivery')),
    type,
    signed: true,
  };
  return readDelivery(TITLE, unwrap(request), (event) => {
    if (type === 'workflow_run') return { ...told, execution: readRunEvent(event) };
    if (type === 'workflow_job') return { ...told, ...readJobEvent(event) };
    return told;
  });
}

/** As a form (`application/x-www-form-urlencoded`), the event is its field `payload`. */
function unwrap(request: SignedRequest): SignedRequest {
  if (!/x-www-form-urlencoded/i.test(request.headers.get('content-type') ?? '')) return request;
  const payload = new URLSearchParams(Buffer.from(request.body).toString('utf8')).get('payload') ?? '';
  return { ...request, body: Buffer.from(payload) };
}

function readRunEvent(event: Answer): Execution {
  const run = event.object('workflow_run');
  const execution = readRun(run, projectOf(event), isOfGitea(run));
  const file = readFile(event.findObject('workflow')?.findText('path') ?? '');
  const { reference } = execution;
  // Servers before 3.7 say it beside the run only.
  return run.has('path') || file === undefined
    ? execution
    : { ...execution, reference: { ...reference, pipeline: file } };
}

/** Of the run it tells no more than that it goes on, and not which file it is of. */
function readJobEvent(event: Answer): Pick<PlatformEvent, 'execution' | 'jobs'> {
  const answer = event.object('workflow_job');
  const job = readJob(answer, isOfGitea(answer));
  const id = answer.id('run_id');
  const state = job.state === 'queued' || job.state === 'blocked' ? job.state : 'running';
  const repository = event.object('repository').findText('html_url') ?? '';
  return {
    execution: {
      reference: { project: projectOf(event), pipeline: '', id },
      attempt: job.attempt,
      state,
      native: answer.text('status'),
      title: answer.findText('workflow_name') ?? `run ${id}`,
      url: `${repository}/actions/runs/${id}`,
      ...given({ ref: answer.findText('head_branch'), commit: answer.findText('head_sha') }),
    },
    jobs: [job],
  };
}

function projectOf(event: Answer): string {
  return event.object('repository').text('full_name');
}

/** Its API has another path. */
function isOfGitea(answer: Answer): boolean {
  return /\/api\/v1\//.test(answer.findText('url') ?? '');
}
