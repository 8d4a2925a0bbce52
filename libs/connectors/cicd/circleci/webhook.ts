import { type Execution, isOver, type PipelineJob } from '#contracts/cicd/execution.js';
import { type SignedRequest, type Verdict, verifySignature } from '../../webhooks/verify-signature.js';
import type { Answer } from '../http/answer.js';
import { nameDelivery, readDelivery } from '../http/delivery.js';
import { given } from '../http/given.js';
import type { PlatformEvent } from '../platform.js';
import { TITLE } from './api.js';
import { jobStateOf } from './states.js';

/** https://circleci.com/docs/guides/integration/outbound-webhooks/#validate-webhooks */
const SCHEME = {
  type: 'hmac',
  header: 'circleci-signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'v1=',
  signed: '{body}',
  toleranceS: 0,
} as const;

const KNOWN = ['workflow-completed', 'job-completed'];

export function verifyWebhook(request: SignedRequest, secrets: readonly string[], now: number): Verdict {
  return verifySignature(SCHEME, request, secrets, now);
}

/** An event tells how one workflow or job ended, not how the pipeline fares: that has to be asked for. */
export function parseEvent(request: SignedRequest): PlatformEvent {
  return readDelivery(TITLE, request, (event) => {
    const type = event.findText('type') ?? request.headers.get('circleci-event-type') ?? '';
    return {
      delivery: nameDelivery(request, event.findText('id')),
      type,
      signed: false,
      ...(KNOWN.includes(type) ? { execution: readExecution(event), jobs: readJobs(event) } : {}),
    };
  });
}

function readExecution(event: Answer): Execution {
  const pipeline = event.object('pipeline');
  const workflow = event.object('workflow');
  const vcs = pipeline.findObject('vcs');
  return {
    reference: { project: event.object('project').text('slug'), pipeline: '', id: pipeline.text('id') },
    attempt: 1,
    state: 'running',
    native: workflow.findText('status') ?? '',
    title: `#${pipeline.id('number')}`,
    url: workflow.findText('url') ?? '',
    ...given({
      ref: vcs?.findText('branch') ?? vcs?.findText('tag'),
      commit: vcs?.findText('revision'),
      trigger: pipeline.findObject('trigger')?.findText('type'),
      createdAt: pipeline.findMoment('created_at'),
    }),
  };
}

function readJobs(event: Answer): readonly PipelineJob[] {
  const job = event.findObject('job');
  if (job === undefined) return [];
  const native = job.text('status');
  const state = jobStateOf(native);
  return [
    {
      id: job.text('id'),
      name: job.text('name'),
      state,
      native,
      attempt: 1,
      mayFail: false,
      ...given({
        stage: event.object('workflow').findText('name'),
        startedAt: job.findMoment('started_at'),
        endedAt: isOver(state) ? job.findMoment('stopped_at') : undefined,
      }),
    },
  ];
}
