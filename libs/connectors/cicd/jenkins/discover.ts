import type { Execution, PipelineInput } from '#contracts/cicd/execution.js';
import { Answer, readList } from '../http/answer.js';
import type {
  FoundBranch,
  FoundPipeline,
  FoundProject,
  Page,
  PlatformHealth,
  Search,
  Target,
} from '../platform.js';
import { KEY_PARAMETER } from './description.js';
import { BUILD_TREE, readBuild } from './execution.js';
import type { JenkinsHttp } from './http.js';
import { decodeBranch, type JobPath, jobPathOf, showJobPath, writeJobPath } from './job-path.js';
import { PARAMETERS_TREE, readDeclared, toInputs } from './parameters.js';
import { requireJob } from './start.js';

const PAGE = 100;
const BUILDS = 50;
/** Of each job, where a folder is asked. */
const BUILDS_OF_EACH = 20;
const DEPTH = 6;

export async function readHealth(http: JenkinsHttp): Promise<PlatformHealth> {
  const { headers } = await http.get({ path: '/api/json', query: { tree: 'mode' }, subject: 'server' });
  const me = await http.get({
    path: '/me/api/json',
    query: { tree: 'id,fullName' },
    expected: [403, 404],
    subject: 'account',
  });
  const account = me.status === 200 ? new Answer(me.value, 'the account').findText('id') : undefined;
  const version = headers['x-jenkins'] ?? headers['x-hudson'];
  return {
    ...(account === undefined ? {} : { account }),
    ...(version === undefined ? {} : { version }),
    missing: [],
  };
}

/** Folders, the top first. */
export async function listProjects(http: JenkinsHttp, { text }: Search): Promise<Page<FoundProject>> {
  const answer = await askJob(http, [], writeFolderTree(DEPTH));
  const top: FoundProject = { name: '/', title: 'All jobs', url: `${http.connection.baseUrl}/` };
  return { items: [top, ...readFolders(answer, [])].filter(({ name, title }) => fits(text, name, title)) };
}

export async function listPipelines(
  http: JenkinsHttp,
  project: string,
  { text, cursor }: Search,
): Promise<Page<FoundPipeline>> {
  const from = readCursor(cursor);
  const range = (await http.knowsRanges()) ? `{${from},${from + PAGE}}` : '';
  const path = jobPathOf(project, '');
  const answer = await askJob(http, path, `jobs[name,displayName,url,buildable,_class]${range}`);
  const jobs = answer.findList('jobs');
  const items = jobs
    .filter((job) => !isFolder(job))
    .map((job) => ({
      name: job.text('name'),
      title: job.findText('displayName') ?? job.text('name'),
      url: `${http.connection.baseUrl}${writeJobPath([...path, job.text('name')])}/`,
      enabled: job.findBoolean('buildable') ?? true,
    }))
    .filter(({ name, title }) => fits(text, name, title));
  const isFull = range !== '' && jobs.length === PAGE;
  return { items, ...(isFull ? { next: String(from + PAGE) } : {}) };
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
  const items = [
    ...own.map((build) => readBuild(build, KEY_PARAMETER, baseUrl, path)),
    ...below.map(({ build, job }) => readBuild(build, KEY_PARAMETER, baseUrl, job)),
  ].toSorted((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0));
  const oldest = items.at(-1)?.startedAt ?? 0;
  const isFull = own.length === BUILDS && oldest >= since;
  return {
    items: items.filter(({ endedAt = since, title }) => endedAt >= since && fits(text, title)),
    ...(isFull ? { next: String(from + BUILDS) } : {}),
  };
}

function writeBuildsTree(ranges: boolean, from: number): string {
  if (!ranges) return `builds[${BUILD_TREE}],jobs[name,builds[${BUILD_TREE}]]`;
  const each = `builds[${BUILD_TREE}]{0,${BUILDS_OF_EACH}}`;
  return `allBuilds[${BUILD_TREE}]{${from},${from + BUILDS}},jobs[name,${each},jobs[name,${each}]]`;
}

function readBuildsBelow(
  answer: Answer,
  path: JobPath,
): readonly { readonly build: Answer; readonly job: JobPath }[] {
  return answer.findList('jobs').flatMap((each) => {
    const job = [...path, each.text('name')];
    return [...readBuildsOf(each).map((build) => ({ build, job })), ...readBuildsBelow(each, job)];
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
  return `jobs[name,displayName,url,_class${below}]`;
}

function readFolders(answer: Answer, above: JobPath): readonly FoundProject[] {
  return answer.findList('jobs').flatMap((job): readonly FoundProject[] => {
    if (!isFolder(job)) return [];
    const path = [...above, job.text('name')];
    const url = job.findText('url');
    const folder: FoundProject = {
      name: showJobPath(path),
      title: job.findText('displayName') ?? showJobPath(path),
      ...(url !== undefined && /^https?:/i.test(url) ? { url } : {}),
    };
    return [folder, ...readFolders(job, path)];
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
