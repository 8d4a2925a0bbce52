import type { Execution, PipelineState } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { createMisfit } from '../http/answer.js';
import { type Job, readJobUrl, referTo, showJobPath } from './job-path.js';

const PARAMETERS = 'parameters[name,value]';

/** What is asked of a build. */
export const BUILD_TREE = [
  'number,url,building,result,timestamp,duration,fullDisplayName,queueId,builtOn',
  `actions[_class,${PARAMETERS},causes[_class,shortDescription,userId],lastBuiltRevision[SHA1,branch[name]],queuingDurationMillis]`,
].join(',');

/** What is asked of a place in the queue. */
export const ITEM_TREE = `id,cancelled,inQueueSince,task[name,url],executable[number,url],actions[${PARAMETERS},causes[_class,userId]]`;

const RESULTS: Readonly<Record<string, PipelineState>> = {
  SUCCESS: 'succeeded',
  UNSTABLE: 'unstable',
  FAILURE: 'failed',
  ABORTED: 'canceled',
  NOT_BUILT: 'skipped',
};

/** `result` is null until it is known. */
export function readResult(result: string | undefined, building: boolean): PipelineState {
  if (building || result === undefined) return 'running';
  return Object.hasOwn(RESULTS, result) ? RESULTS[result]! : 'failed';
}

/** @param keyParameter that holds the key */
export function readBuild(build: Answer, keyParameter: string, root: string, job?: Job): Execution {
  const path = job?.path ?? readJobUrl(build.text('url'));
  if (path === undefined) throw createMisfit('the build.url', 'the URL of a build');
  const number = build.number('number');
  const building = build.findBoolean('building') ?? false;
  const result = build.findText('result');
  const isOver = !building && result !== undefined;
  const startedAt = build.findNumber('timestamp');
  const waited = findInActions(build, (action) => action.findNumber('queuingDurationMillis'));
  const key = readParameters(build).get(keyParameter);
  const cause = findInActions(build, (action) => action.findList('causes')[0]);
  const revision = findInActions(build, (action) => action.findObject('lastBuiltRevision'));
  return {
    reference: referTo({ kind: 'build', job: job ?? { path }, number }),
    attempt: 1,
    state: readResult(result, building),
    native: isOver ? result : 'BUILDING',
    title: build.findText('fullDisplayName') ?? `${showJobPath(path)} #${number}`,
    url: readUrl(build.findText('url')) ?? root,
    ...maybe('ref', readBranch(revision?.findList('branch')[0]?.findText('name'))),
    ...maybe('commit', revision?.findText('SHA1')),
    ...maybe('trigger', cause && nameCause(cause)),
    ...maybe('actor', cause?.findText('userId')),
    ...maybe('createdAt', startedAt === undefined ? undefined : startedAt - (waited ?? 0)),
    ...maybe('startedAt', startedAt),
    ...maybe(
      'endedAt',
      isOver && startedAt !== undefined ? startedAt + (build.findNumber('duration') ?? 0) : undefined,
    ),
    ...maybe('key', typeof key === 'string' && key !== '' ? key : undefined),
  };
}

/** @param job where it is known; else what the item says of it */
export function readItem(item: Answer, keyParameter: string, root: string, job?: Job): Execution {
  const task = item.findObject('task');
  const path = job?.path ?? readJobUrl(task?.findText('url') ?? '') ?? [];
  const id = item.number('id');
  const isCanceled = item.findBoolean('cancelled') ?? false;
  const key = readParameters(item).get(keyParameter);
  return {
    reference: referTo({ kind: 'queue', item: id, job: job ?? { path } }),
    attempt: 1,
    state: isCanceled ? 'canceled' : 'queued',
    native: isCanceled ? 'CANCELLED' : 'QUEUED',
    title: `${showJobPath(path)} (in the queue)`,
    url: readUrl(task?.findText('url')) ?? root,
    ...maybe('createdAt', item.findNumber('inQueueSince')),
    ...maybe('key', typeof key === 'string' && key !== '' ? key : undefined),
  };
}

/** Of a build or a place in the queue; what is kept secret has no value. */
export function readParameters(of: Answer): ReadonlyMap<string, unknown> {
  const parameters = of.findList('actions').flatMap((action) => action.findList('parameters'));
  return new Map(parameters.map((parameter) => [parameter.text('name'), parameter.find('value')]));
}

/** Whether it can have been started through the API: by a person or a token, not by a clock, a push or another job. */
export function mayBeAsked(of: Answer): boolean {
  const causes = of.findList('actions').flatMap((action) => action.findList('causes'));
  return causes.length === 0 || causes.some((cause) => !BY_ITSELF.test(cause.findText('_class') ?? ''));
}

const BY_ITSELF = /(Timer|SCM|Upstream|BranchEvent|BranchIndexing|Push|Webhook|Replay|Rebuild)\w*Cause$/;

/** `hudson.model.Cause$UserIdCause` is `UserIdCause`. */
function nameCause(cause: Answer): string | undefined {
  return cause.findText('_class')?.split(/[.$]/).at(-1) ?? cause.findText('shortDescription');
}

function readBranch(name: string | undefined): string | undefined {
  const branch = name?.replace(/^refs\/remotes\//, '').replace(/^origin\//, '');
  return branch === 'detached' ? undefined : branch;
}

function readUrl(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\//i.test(url) ? url : undefined;
}

function findInActions<T>(of: Answer, read: (action: Answer) => T | undefined): T | undefined {
  for (const action of of.findList('actions')) {
    const found = read(action);
    if (found !== undefined) return found;
  }
  return undefined;
}

function maybe<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: T };
}
