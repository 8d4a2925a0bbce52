import type { Execution, PipelineState } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { nameDefinition } from './definition.js';
import { KEY_INPUT } from './description.js';

const RESULTS: Readonly<Record<string, PipelineState>> = {
  succeeded: 'succeeded',
  partiallySucceeded: 'unstable',
  succeededWithIssues: 'unstable',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'skipped',
  abandoned: 'canceled',
};

const STATUSES: Readonly<Record<string, PipelineState>> = {
  none: 'queued',
  notStarted: 'queued',
  postponed: 'queued',
  inProgress: 'running',
  cancelling: 'running',
  canceling: 'running',
};

/** Of a build or run; `result` counts once it is completed. */
export function readState(status: string, result: string | undefined): PipelineState {
  if (status === 'completed') return readResult(result);
  return Object.hasOwn(STATUSES, status) ? STATUSES[status]! : 'running';
}

export function readResult(result: string | undefined): PipelineState {
  return result !== undefined && Object.hasOwn(RESULTS, result) ? RESULTS[result]! : 'failed';
}

/** @param keyInput that holds the key */
export function readBuild(build: Answer, baseUrl: string, keyInput: string = KEY_INPUT): Execution {
  const id = build.id('id');
  const definition = build.object('definition');
  const project = build.object('project').text('name');
  const status = build.findText('status') ?? 'none';
  const result = build.findText('result');
  const ref = readRef(build.findText('sourceBranch'));
  const actor = build.findObject('requestedFor')?.findText('displayName');
  return {
    reference: { project, pipeline: nameDefinition(definition), id },
    attempt: 1,
    state: readState(status, result),
    native: status === 'completed' ? (result ?? status) : status,
    title: `${definition.text('name')} ${build.findText('buildNumber') ?? id}`,
    url: readWebUrl(build) ?? writeWebUrl(baseUrl, project, id),
    ...maybe('ref', ref),
    ...maybe('commit', build.findText('sourceVersion')),
    ...maybe('trigger', build.findText('reason')),
    ...maybe('actor', actor),
    ...maybe('createdAt', build.findMoment('queueTime')),
    ...maybe('startedAt', build.findMoment('startTime')),
    ...maybe('endedAt', status === 'completed' ? build.findMoment('finishTime') : undefined),
    ...maybe('key', readInput(build, keyInput)),
  };
}

/** Of a parameter or a variable that was given at the start; undefined where it is empty, too. */
export function readInput(build: Answer, name: string): string | undefined {
  const parameter = build.findObject('templateParameters')?.find(name);
  const value = parameter ?? readVariables(build.findText('parameters'))[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Where people look at a run. */
export function writeWebUrl(baseUrl: string, project: string, id: string): string {
  return `${baseUrl}/${encodeURIComponent(project)}/_build/results?buildId=${encodeURIComponent(id)}`;
}

export function readWebUrl(of: Answer): string | undefined {
  const url = of.findObject('_links')?.findObject('web')?.findText('href');
  return url !== undefined && /^https?:\/\//i.test(url) ? url : undefined;
}

/** `refs/heads/main` is `main`. */
export function readRef(branch: string | undefined): string | undefined {
  return branch?.replace(/^refs\/(heads|tags)\//, '');
}

/** A name alone is a branch's; tags are `refs/tags/v1`. */
export function writeRef(ref: string): string {
  return ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
}

/** Variables of a build, a text of JSON. */
function readVariables(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function maybe<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: T };
}
