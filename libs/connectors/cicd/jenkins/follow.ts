import { type Execution, type ExecutionReference, isOver } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { createRefusal } from '../http/refusal.js';
import { KEY_PARAMETER, TITLE } from './description.js';
import { BUILD_TREE, ITEM_TREE, readBuild, readItem, readParameters } from './execution.js';
import { readBuilds, readQueue } from './find.js';
import type { JenkinsHttp } from './http.js';
import {
  type Job,
  type JobPath,
  type Place,
  readReference,
  referTo,
  showJobPath,
  writeJobPath,
} from './job-path.js';

/** Before an execution that was asked to end is asked harder. */
const HARDER_AFTER_MS = 10_000;
const WAYS = ['stop', 'term', 'kill'] as const;
/** Key of Connection.memory, before the path of the build. */
const ASKED = 'jenkins-stop ';

export async function readStatus(http: JenkinsHttp, reference: ExecutionReference): Promise<Execution> {
  const place = readReference(reference);
  if (place.kind === 'build') return readBuiltStatus(http, place.job, place.number);
  return place.kind === 'queue' ? readQueuedStatus(http, place) : readComingStatus(http, place);
}

/** `/job/shop/12`. */
export function writeBuildPath(job: JobPath, number: number): string {
  return `${writeJobPath(job)}/${number}`;
}

/** The build behind a reference, which has left the queue. Throws SluiceError `platform-not-found`. */
export async function requireBuild(
  http: JenkinsHttp,
  reference: ExecutionReference,
  tree = BUILD_TREE,
): Promise<{ readonly job: Job; readonly number: number; readonly build: Answer }> {
  const place = await findBuild(http, reference);
  if (place === undefined)
    throw createRefusal({ title: TITLE, subject: `build of ${reference.id}`, status: 404, words: '' });
  const { job, number } = place;
  return { job, number, build: await askBuild(http, job.path, number, tree) };
}

/** Undefined: it is still in the queue. */
export async function findBuild(
  http: JenkinsHttp,
  reference: ExecutionReference,
): Promise<Extract<Place, { kind: 'build' }> | undefined> {
  const place = readReference(reference);
  if (place.kind === 'build') return place;
  const resolved = readReference((await readStatus(http, reference)).reference);
  return resolved.kind === 'build' ? resolved : undefined;
}

/** Asked again, it asks harder: what a pipeline does on `stop` may take its time, or never end. */
export async function cancel(http: JenkinsHttp, reference: ExecutionReference): Promise<void> {
  const execution = await readStatus(http, reference);
  if (isOver(execution.state)) return;
  const place = readReference(execution.reference);
  if (place.kind === 'queue') return cancelItem(http, place.item);
  if (place.kind === 'coming') return cancelComing(http, place);
  const path = writeBuildPath(place.job.path, place.number);
  const subject = `build ${showJobPath(place.job.path)} #${place.number}`;
  const way = nextWay(http.connection.memory, path);
  const { status } = await http.post({ path: `${path}/${way}`, expected: [404, 405], subject });
  // Only pipelines have more than one way.
  if (status === 404 && way !== 'stop') await http.post({ path: `${path}/stop`, subject });
}

async function readBuiltStatus(http: JenkinsHttp, job: Job, number: number): Promise<Execution> {
  const build = await askBuild(http, job.path, number, BUILD_TREE);
  const execution = readBuild(build, KEY_PARAMETER, http.connection.baseUrl, job);
  const mayWait = build
    .findList('actions')
    .some((each) => /InputAction$/.test(each.findText('_class') ?? ''));
  if (!mayWait || isOver(execution.state)) return execution;
  const path = `${writeBuildPath(job.path, number)}/wfapi/describe`;
  const { status, value } = await http.get({
    path,
    expected: [404],
    subject: `stages of ${showJobPath(job.path)}`,
  });
  const native = status === 404 ? undefined : new Answer(value, 'the stages').findText('status');
  return native === 'PAUSED_PENDING_INPUT' ? { ...execution, state: 'blocked', native } : execution;
}

async function askBuild(http: JenkinsHttp, job: JobPath, number: number, tree: string): Promise<Answer> {
  const { value } = await http.get({
    path: `${writeBuildPath(job, number)}/api/json`,
    query: { tree },
    subject: `build ${showJobPath(job)} #${number}`,
  });
  return new Answer(value, 'the build');
}

async function readQueuedStatus(
  http: JenkinsHttp,
  { item: id, job }: Extract<Place, { kind: 'queue' }>,
): Promise<Execution> {
  const { baseUrl } = http.connection;
  const path = `/queue/item/${id}/api/json`;
  const { status, value } = await http.get({
    path,
    query: { tree: ITEM_TREE },
    expected: [404],
    subject: `item ${id} of the queue`,
  });
  if (status !== 404) {
    const item = new Answer(value, 'the item');
    const number = item.findObject('executable')?.findNumber('number');
    return number === undefined
      ? readItem(item, KEY_PARAMETER, baseUrl, job)
      : readBuiltStatus(http, job, number);
  }
  // Jenkins forgets its queue after some minutes; builds remember their place in it.
  const builds = await readBuilds(http, job.path, 0);
  const build = builds.find((each) => each.findNumber('queueId') === id);
  if (build === undefined)
    throw createRefusal({ title: TITLE, subject: `item ${id} of the queue`, status: 404, words: '' });
  return readBuild(build, KEY_PARAMETER, baseUrl, job);
}

async function readComingStatus(
  http: JenkinsHttp,
  place: Extract<Place, { kind: 'coming' }>,
): Promise<Execution> {
  const { job, number, key } = place;
  const { baseUrl } = http.connection;
  const queued = await readQueue(http, job, KEY_PARAMETER);
  const builds = await readBuilds(http, job.path, 0);
  const fits = (of: Answer) => key === '' || [...readParameters(of).values()].includes(key);
  const build = builds.findLast((each) => each.number('number') >= number && fits(each));
  if (build !== undefined) return readBuild(build, KEY_PARAMETER, baseUrl, job);
  const item = queued.find(({ answer }) => fits(answer))?.execution;
  return {
    attempt: 1,
    state: 'queued',
    native: 'QUEUED',
    title: `${showJobPath(job.path)} (in the queue)`,
    url: `${baseUrl}${writeJobPath(job.path)}/`,
    ...(key === '' ? {} : { key }),
    ...item,
    reference: referTo(place),
  };
}

async function cancelItem(http: JenkinsHttp, item: number): Promise<void> {
  const subject = `item ${item} of the queue`;
  // Some versions answer that it is not found after they have canceled it.
  await http.post({ path: '/queue/cancelItem', query: { id: item }, expected: [404], subject });
}

async function cancelComing(http: JenkinsHttp, place: Extract<Place, { kind: 'coming' }>): Promise<void> {
  const queued = await readQueue(http, place.job, KEY_PARAMETER);
  for (const { answer } of queued)
    if (place.key === '' || [...readParameters(answer).values()].includes(place.key))
      await cancelItem(http, answer.number('id'));
}

function nextWay(memory: Map<string, unknown>, path: string): (typeof WAYS)[number] {
  const known = memory.get(ASKED + path) as { readonly way: number; readonly at: number } | undefined;
  const isSoon = known !== undefined && Date.now() - known.at < HARDER_AFTER_MS;
  const way = known === undefined ? 0 : Math.min(known.way + (isSoon ? 0 : 1), WAYS.length - 1);
  memory.set(ASKED + path, { way, at: isSoon ? known.at : Date.now() });
  return WAYS[way]!;
}
