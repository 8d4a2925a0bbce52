import type { Execution, PipelineState } from '#contracts/cicd/execution.js';
import type { SignedRequest } from '../../webhooks/verify-signature.js';
import type { Answer } from '../http/answer.js';
import { createMisfit } from '../http/answer.js';
import { nameDelivery, readDelivery } from '../http/delivery.js';
import type { PlatformEvent } from '../platform.js';
import { KEY_PARAMETER, TITLE } from './description.js';
import { readResult } from './execution.js';
import { createBranch, decodeBranch, readJobUrl, referTo, showJobPath } from './job-path.js';

const PHASES: readonly string[] = ['QUEUED', 'STARTED', 'COMPLETED', 'FINALIZED'];

/** What the Notification plugin sends. */
export function parseEvent(request: SignedRequest): PlatformEvent {
  return readDelivery(TITLE, request, (event) => {
    const build = event.object('build');
    const phase = build.text('phase');
    const delivery = nameDelivery(request);
    if (!PHASES.includes(phase)) return { delivery, type: phase, signed: false };
    return { delivery, type: phase, signed: false, execution: readNotified(build, phase) };
  });
}

function readNotified(build: Answer, phase: string): Execution {
  const url = build.findText('full_url') ?? '';
  const path = readJobUrl(build.findText('url') ?? url);
  if (path === undefined) throw createMisfit('the event.build.url', 'the URL of a build');
  const number = build.number('number');
  const status = build.findText('status');
  const scm = build.findObject('scm');
  const key = build.findObject('parameters')?.find(KEY_PARAMETER);
  const ref = scm?.findText('branch')?.replace(/^(refs\/remotes\/)?origin\//, '');
  const commit = scm?.findText('commit');
  const isBranch = ref !== undefined && decodeBranch(path.at(-1)!) === ref;
  return {
    // A URL does not tell branches from jobs; a job that is called like what it built most likely is one.
    reference: referTo({ kind: 'build', job: isBranch ? createBranch(path) : { path }, number }),
    attempt: 1,
    state: readPhase(phase, status),
    native: status ?? phase,
    title: `${showJobPath(path)} #${number}`,
    url: /^https?:\/\//i.test(url) ? url : '',
    ...(ref === undefined ? {} : { ref }),
    ...(commit === undefined ? {} : { commit }),
    ...(typeof key === 'string' && key !== '' ? { key } : {}),
  };
}

function readPhase(phase: string, status: string | undefined): PipelineState {
  if (phase === 'QUEUED') return 'queued';
  return phase === 'STARTED' ? 'running' : readResult(status, false);
}
