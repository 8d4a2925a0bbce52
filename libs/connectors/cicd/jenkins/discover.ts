import type { Execution, PipelineInput } from '#contracts/cicd/execution.js';
import { Answer, readList } from '../http/answer.js';
import { createRefusal } from '../http/refusal.js';
import type {
  FoundBranch,
  FoundPipeline,
  FoundProject,
  Page,
  PlatformHealth,
  Search,
  Target,
} from '../platform.js';
import { KEY_PARAMETER, TITLE } from './description.js';
import { BUILD_TREE, readBuild } from './execution.js';
import type { JenkinsHttp } from './http.js';
import {
  createBranch,
  decodeBranch,
  type Job,
  type JobPath,
  jobPathOf,
  showJobPath,
  writeJobPath,
} from './job-path.js';
import { PARAMETERS_TREE, readDeclared, toInputs } from './parameters.js';
import { requireJob } from './start.js';

const PAGE = 100;
const BUILDS = 50;
/** Of each job, where a folder is asked. */
const BUILDS_OF_EACH = 20;
const DEPTH = 6;

export async function readHealth(http: JenkinsHttp): Promise<PlatformHealth> {
  const { headers, value } = await http.get({
    path: '/api/json',
    query: { tree: 'mode,useSecurity' },
    subject: 'server',
  });
  const me = await http.get({
    path: '/me/api/json',
    query: { tree: 'id,fullName' },
    expected: [403, 404],
    subject: 'account',
  });
  // Who may read without signing in is let in with wrong credentials, too.
  const isOpen = new Answer(value, 'the server').findBoolean('useSecurity') === false;
  if (me.status === 403 && !isOpen)
    throw createRefusal({ title: TITLE, subject: 'account', status: 401, words: 'it sees nobody in them' });
  const account = me.status === 200 ? new Answer(me.value, 'the account').findText('id') : undefined;
  const version = headers['x-jenkins'] ?? headers['x-hudson'];
  return {
    ...(account === undefined ? {} : { account }),
    ...(version === undefined ? {} : { version }),
    missing: [],
  };
}

/** The folders at the top, and the top itself for the jobs that lie in none. */
export async function listProjects(http: JenkinsHttp, { text }: Search): Promise<Page<FoundProject>> {
  const answer = await askJob(http, [], 'jobs[name,displayName,_class]');
  const { baseUrl } = http.connection;
  const top: FoundProject = { name: '/', title: 'Jobs in no folder', url: `${baseUrl}/` };
  const folders = answer
    .findList('jobs')
    .filter(isFolder)
    .map((folder) => ({
      name: folder.text('name'),
      title: folder.findText('displayName') ?? folder.text('name'),
      url: `${baseUrl}${writeJobPath([folder.text('name')])}/`,
    }));
  return { items: [top, ...folders].filter(({ name, title }) => fits(text, name, title)) };
}

/** Jobs of a folder and of the folders in it; of the top those alone that lie in no folder. */
export async function listPipelines(
  http: JenkinsHttp,
  project: string,
  { text, cursor }: Search,
): Promise<Page<FoundPipeline>> {
  const from = readCursor(cursor);
  const path = jobPathOf(project, '');
  const answer = await askJob(http, path, writeFolderTree(path.length === 0 ? 1 : DEPTH));
  const { baseUrl } = http.connection;
  const all = readJobsBelow(answer, [])
    .map(({ job, names }) => ({
      name: names.join('/'),
      title: job.findText('displayName') ?? names.at(-1)!,
      url: `${baseUrl}${writeJobPath([...path, ...names])}/`,
      enabled: job.findBoolean('buildable') ?? true,
    }))
    .filter(({ name, title }) => fits(text, name, title));
  const next = from + PAGE < all.length ? { next: String(from + PAGE) } : {};
  return { items: all.slice(from, from + PAGE), ...next };
}

/** Of a multibranch job, or of all those in a folder. */
export async function listBranches(
  http: JenkinsHttp,
  project: string,
  { text }: Search,
): Promise<Page<FoundBranch>> {
  const answer = await askJob(http, jobPathOf(project, ''), '_class,jobs[name,_class,jobs[name]]');
  const holders = isMultibranch(answer) ? [answer] : answer.findList('jobs').filter(isMultibranch);
  const names = holders.flatMap((holder) =>
    holder.findList('jobs').map((job) => decodeBranch(job.text('name'))),
  );
  return { items: [...new Set(names)].filter((name) => fits(text, name)).map((name) => ({ name })) };
}

export async function readInputs(http: JenkinsHttp, target: Target): Promise<readonly PipelineInput[]> {
  return toInputs(readDeclared(await requireJob(http, target, PARAMETERS_TREE)), KEY_PARAMETER);
}

/** Builds of a job, or of the jobs in a folder; what waits in the queue is no build yet. */
export async function listExecutions(
  http: JenkinsHttp,
  { project, pipeline }: Omit<Target, 'ref'>,
  { text, cursor, since = 0 }: Search & { readonly since?: number },
): Promise<Page<Execution>> {
  const path = jobPathOf(project, pipeline);
  const from = readCursor(cursor);
  const answer = await askJob(http, path, writeBuildsTree(await http.knowsRanges(), from));
  const { baseUrl } = http.connection;
  const own = readBuildsOf(answer);
  const below = from === 0 ? readBuildsBelow(answer, path) : [];
  const items = [...own.map((build) => ({ build, job: { path } })), ...below]
    .map(({ build, job }) => readBuild(build, KEY_PARAMETER, baseUrl, job))
    .toSorted((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0));
  const oldest = items.at(-1)?.startedAt ?? 0;
  const isFull = own.length === BUILDS && oldest >= since;
  return {
    items: items.filter(
      ({ startedAt, endedAt, title }) => (endedAt ?? startedAt ?? since) >= since && fits(text, title),
    ),
    ...(isFull ? { next: String(from + BUILDS) } : {}),
  };
}

function writeBuildsTree(ranges: boolean, from: number): string {
  if (!ranges) return `_class,builds[${BUILD_TREE}],jobs[name,builds[${BUILD_TREE}]]`;
  const each = `builds[${BUILD_TREE}]{0,${BUILDS_OF_EACH}}`;
  return `_class,allBuilds[${BUILD_TREE}]{${from},${from + BUILDS}},jobs[name,_class,${each},jobs[name,${each}]]`;
}

function readBuildsBelow(
  answer: Answer,
  above: JobPath,
): readonly { readonly build: Answer; readonly job: Job }[] {
  return answer.findList('jobs').flatMap((each) => {
    const path = [...above, each.text('name')];
    const job = isMultibranch(answer) ? createBranch(path) : { path };
    return [...readBuildsOf(each).map((build) => ({ build, job })), ...readBuildsBelow(each, path)];
  });
}

function readBuildsOf(job: Answer): readonly Answer[] {
  return readList(job.find('allBuilds') ?? job.find('builds') ?? [], 'the job.builds');
}

async function askJob(http: JenkinsHttp, path: JobPath, tree: string): Promise<Answer> {
  const subject = path.length === 0 ? 'list of jobs' : `job ${showJobPath(path)}`;
  const { value } = await http.get({ path: `${writeJobPath(path)}/api/json`, query: { tree }, subject });
  return new Answer(value, 'the job');
}

function writeFolderTree(depth: number): string {
  const below = depth === 1 ? '' : `,${writeFolderTree(depth - 1)}`;
  return `jobs[name,displayName,buildable,_class${below}]`;
}

function readJobsBelow(
  answer: Answer,
  above: JobPath,
): readonly { readonly job: Answer; readonly names: JobPath }[] {
  return answer.findList('jobs').flatMap((job) => {
    const names = [...above, job.text('name')];
    return isFolder(job) ? readJobsBelow(job, names) : [{ job, names }];
  });
}

function isFolder(job: Answer): boolean {
  return /Folder$/.test(job.findText('_class') ?? '');
}

function isMultibranch(job: Answer): boolean {
  return /MultiBranchProject$/.test(job.findText('_class') ?? '');
}

function readCursor(cursor: string | undefined): number {
  return /^\d{1,9}$/.test(cursor ?? '') ? Number(cursor) : 0;
}

function fits(text: string | undefined, ...names: readonly string[]): boolean {
  const wanted = text?.toLowerCase() ?? '';
  return names.some((name) => name.toLowerCase().includes(wanted));
}
