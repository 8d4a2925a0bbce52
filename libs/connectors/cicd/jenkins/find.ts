import type { Execution } from '#contracts/cicd/execution.js';
import { Answer, readList } from '../http/answer.js';
import { readEarliest } from '../http/clock.js';
import type { FindRequest, Found } from '../platform.js';
import { BUILD_TREE, ITEM_TREE, mayBeAsked, readBuild, readItem, readParameters } from './execution.js';
import type { JenkinsHttp } from './http.js';
import {
  type Job,
  type JobPath,
  readJobUrl,
  readReference,
  referTo,
  showJobPath,
  writeJobPath,
} from './job-path.js';

const PAGE = 50;
const MOST_PAGES = 10;
/** How far back the key is looked for, whatever the clocks say. */
const CLOCKS_MS = 600_000;

/** A place in the queue, or a build. */
interface Started {
  readonly answer: Answer;
  readonly execution: Execution;
}

/** The queue is asked first: what leaves it in between is a build by then. */
export async function findStarted(
  http: JenkinsHttp,
  job: Job,
  { key, keyInput, since }: Pick<FindRequest, 'key' | 'keyInput' | 'since'>,
): Promise<Found> {
  const queued = await readQueue(http, job, keyInput);
  const built = await readBuildsSince(http, job, { keyParameter: keyInput, since: since - CLOCKS_MS });
  const started = [...queued, ...built];
  const own = started.find(({ answer }) => readParameters(answer).get(keyInput) === key);
  if (own !== undefined) return { outcome: 'found', execution: await nameLastingly(http, job, own, key) };
  const earliest = readEarliest(since, http.lastHeaders);
  const candidates = started.filter(
    ({ answer, execution }) =>
      !readParameters(answer).has(keyInput) &&
      mayBeAsked(answer) &&
      (execution.createdAt ?? since) >= earliest,
  );
  if (candidates.length === 0) return { outcome: 'absent' };
  return { outcome: 'uncertain', candidates: candidates.map(({ execution }) => execution) };
}

/** Hudson knows no more what has left its queue: there, it is the build to come that has the key. */
async function nameLastingly(
  http: JenkinsHttp,
  job: Job,
  { execution }: Started,
  key: string,
): Promise<Execution> {
  const isPlace = readReference(execution.reference).kind === 'queue';
  if (!isPlace || (await http.knowsRanges())) return execution;
  return { ...execution, reference: referTo({ kind: 'coming', job, number: 1, key }) };
}

export async function readQueue(
  http: JenkinsHttp,
  job: Job,
  keyParameter: string,
): Promise<readonly Started[]> {
  const { value } = await http.get({
    path: '/queue/api/json',
    query: { tree: `items[${ITEM_TREE}]` },
    subject: 'queue',
  });
  const wanted = showJobPath(job.path);
  return new Answer(value, 'the queue').findList('items').flatMap((answer) => {
    const path = readJobUrl(answer.findObject('task')?.findText('url') ?? '');
    const fits = path !== undefined && showJobPath(path) === wanted;
    const root = http.connection.baseUrl;
    return fits ? [{ answer, execution: readItem(answer, keyParameter, root, job) }] : [];
  });
}

/** The latest first, all that were made since, and some before. */
async function readBuildsSince(
  http: JenkinsHttp,
  job: Job,
  { keyParameter, since }: { readonly keyParameter: string; readonly since: number },
): Promise<readonly Started[]> {
  const started: Started[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const builds = await readBuilds(http, job.path, page * PAGE);
    const root = http.connection.baseUrl;
    started.push(
      ...builds.map((answer) => ({ answer, execution: readBuild(answer, keyParameter, root, job) })),
    );
    const oldest = started.at(-1)?.execution.startedAt ?? 0;
    if (builds.length < PAGE || oldest < since) break;
  }
  return started;
}

/** A page of builds, the latest first; all of them of a server that knows no pages. */
export async function readBuilds(http: JenkinsHttp, job: JobPath, from: number): Promise<readonly Answer[]> {
  const ranges = await http.knowsRanges();
  if (!ranges && from > 0) return [];
  const list = ranges ? `allBuilds[${BUILD_TREE}]{${from},${from + PAGE}}` : `builds[${BUILD_TREE}]`;
  const { value } = await http.get({
    path: `${writeJobPath(job)}/api/json`,
    query: { tree: list },
    subject: `job ${showJobPath(job)}`,
  });
  const answer = new Answer(value, 'the job');
  const builds = answer.find('allBuilds') ?? answer.find('builds') ?? [];
  return readList(builds, 'the job.builds');
}
