import { type Execution, type ExecutionReference, isOver } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { readEarliest } from '../http/clock.js';
import type { PlatformRequest, PlatformResponse } from '../http/platform-http.js';
import type { FindRequest, Found, Page, Search, Target } from '../platform.js';
import { requireDefinition } from './definition.js';
import { readBuild, readInput, readRef } from './execution.js';
import { type AzureHttp, apiOf, pathOf, readNext } from './http.js';
import { notesOf } from './notes.js';
import { readJobs } from './timeline.js';

const PAGE = 50;
const MOST_PAGES = 10;
/** How far back the key is looked for, whatever the clocks say. */
const CLOCKS_MS = 600_000;
/** What a timeline told of an approval counts so long. */
const BLOCKED_MS = 30_000;

export async function readStatus(http: AzureHttp, reference: ExecutionReference): Promise<Execution> {
  const subject = `run ${reference.id} of ${reference.project}`;
  const { value } = await http.send({ path: pathOf(reference), subject });
  const execution = readBuild(new Answer(value, 'the build'), http.connection.baseUrl);
  const { memory } = http.connection;
  const noted = notesOf(memory, execution.reference.id);
  // Whether an approval was given stands in the timeline alone.
  const isOld = noted.blockedAt !== undefined && Date.now() - noted.blockedAt > BLOCKED_MS;
  if (isOld && !isOver(execution.state)) await readJobs(http, execution.reference);
  const { blockedAt } = notesOf(memory, execution.reference.id);
  const isWaiting = blockedAt !== undefined && !isOver(execution.state);
  return { ...execution, ...(isWaiting ? { state: 'blocked' } : {}) };
}

export async function findStarted(http: AzureHttp, request: FindRequest): Promise<Found> {
  const { key, keyInput, since } = request;
  const definition = await requireDefinition(http, request.project, request.pipeline);
  const { builds, headers } = await listSince(http, request.project, {
    definition: definition.id,
    since: since - CLOCKS_MS,
  });
  const earliest = readEarliest(since, headers);
  const read = (build: Answer) => readBuild(build, http.connection.baseUrl, keyInput);
  const own = builds.find((build) => readInput(build, keyInput) === key);
  if (own !== undefined) return { outcome: 'found', execution: read(own) };
  const branch = readRef(request.ref ?? definition.defaultBranch);
  const candidates = builds.filter(
    (build) =>
      readInput(build, keyInput) === undefined &&
      (build.findMoment('queueTime') ?? since) >= earliest &&
      build.findText('reason') === 'manual' &&
      (branch === undefined || readRef(build.findText('sourceBranch')) === branch),
  );
  if (candidates.length === 0) return { outcome: 'absent' };
  return { outcome: 'uncertain', candidates: candidates.map(read) };
}

/** The latest first. With `since` also what was queued before, and ended after. */
export async function listExecutions(
  http: AzureHttp,
  { project, pipeline }: Omit<Target, 'ref'>,
  { text, cursor, since }: Search & { readonly since?: number },
): Promise<Page<Execution>> {
  const definition = pipeline === '' ? undefined : await requireDefinition(http, project, pipeline);
  const query = { definitions: definition?.id, $top: PAGE };
  const newest = { ...query, queryOrder: 'queueTimeDescending' };
  const ended = {
    ...query,
    queryOrder: 'finishTimeDescending',
    statusFilter: 'completed',
    minTime: moment(since ?? 0),
  };
  const page = await list(http, project, {
    ...(since === undefined ? newest : ended),
    continuationToken: cursor,
  });
  const begun =
    since === undefined || cursor !== undefined ? { items: [] } : await list(http, project, newest);
  const read = [...begun.items, ...page.items].map((build) => readBuild(build, http.connection.baseUrl));
  const byId = new Map(read.map((execution) => [execution.reference.id, execution]));
  const wanted = text?.toLowerCase() ?? '';
  const items = [...byId.values()]
    .filter((each) => changedAt(each) >= (since ?? 0) && each.title.toLowerCase().includes(wanted))
    .toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
  return { items, ...(page.next === undefined ? {} : { next: page.next }) };
}

function changedAt({ createdAt = 0, startedAt, endedAt }: Execution): number {
  return endedAt ?? startedAt ?? createdAt;
}

async function listSince(
  http: AzureHttp,
  project: string,
  { definition, since }: { readonly definition: number; readonly since: number },
): Promise<{ readonly builds: readonly Answer[]; readonly headers: PlatformResponse['headers'] }> {
  const builds: Answer[] = [];
  let headers: PlatformResponse['headers'] = {};
  let continuationToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await list(http, project, {
      definitions: definition,
      queryOrder: 'queueTimeDescending',
      minTime: moment(since),
      $top: PAGE,
      continuationToken,
    });
    builds.push(...answer.items);
    headers = answer.headers;
    if (answer.next === undefined) break;
    continuationToken = answer.next;
  }
  return { builds, headers };
}

async function list(
  http: AzureHttp,
  project: string,
  query: NonNullable<PlatformRequest['query']>,
): Promise<Page<Answer> & Pick<PlatformResponse, 'headers'>> {
  const answer = await http.send({
    path: `${apiOf(project)}/build/builds`,
    query,
    subject: `runs of ${project}`,
  });
  const items = new Answer(answer.value, 'the builds').list('value');
  return { items, headers: answer.headers, ...readNext(answer) };
}

function moment(ms: number): string {
  return new Date(Math.max(0, ms)).toISOString();
}
