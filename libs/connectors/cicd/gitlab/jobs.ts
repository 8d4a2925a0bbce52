import { type ExecutionReference, isOver, type PipelineJob } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { type GitLabApi, pipelinePath } from './api.js';
import { describePipeline } from './execution.js';
import { jobStateOf } from './states.js';

/** Child pipelines may have children of their own; GitLab allows two levels. */
const MOST_LEVELS = 3;
const MOST_CHILDREN = 50;

/** A job, and what GitLab said of it. */
export interface ListedJob {
  readonly job: PipelineJob;
  readonly answer: Answer;
}

/**
 * Jobs and trigger jobs, in the order in which they came to be, what was retried in its first place. Jobs of a child
 * pipeline follow the job that started it; a pipeline of another project stands by itself.
 */
export async function listJobs(api: GitLabApi, reference: ExecutionReference): Promise<readonly ListedJob[]> {
  const seen = new Set([reference.id]);
  const read = async (of: ExecutionReference, level: number): Promise<readonly ListedJob[]> => {
    const all: ListedJob[] = [];
    for (const listed of await listOwnJobs(api, of)) {
      all.push(listed);
      const { child } = listed.job;
      const isOwn = child !== undefined && child.project === of.project && !seen.has(child.id);
      if (!isOwn || level === MOST_LEVELS || seen.size > MOST_CHILDREN) continue;
      seen.add(child.id);
      all.push(...(await read(child, level + 1)));
    }
    return all;
  };
  return read(reference, 1);
}

async function listOwnJobs(api: GitLabApi, reference: ExecutionReference): Promise<readonly ListedJob[]> {
  const path = pipelinePath(reference.project, reference.id);
  const subject = `jobs of ${describePipeline(reference)}`;
  const [jobs, bridges] = await Promise.all([
    api.all({ path: `${path}/jobs`, query: { include_retried: true }, subject }),
    api.all({ path: `${path}/bridges`, subject }),
  ]);
  return keepLatest([...jobs, ...bridges]).map(({ job, answer }) => ({
    answer,
    job: { ...job, ...given({ child: readChild(answer, reference) }) },
  }));
}

/** A retried job is a job of its own with the same name and a later number. */
function keepLatest(listed: readonly Answer[]): readonly ListedJob[] {
  const tries = new Map<string, Answer[]>();
  const inOrder = [...listed].sort((a, b) => Number(a.id('id')) - Number(b.id('id')));
  for (const answer of inOrder) {
    const name = answer.text('name');
    const before = tries.get(name);
    if (before === undefined) tries.set(name, [answer]);
    else before.push(answer);
  }
  return [...tries.values()].map((all) => {
    const answer = all.at(-1)!;
    return { answer, job: readJob(answer, all.length) };
  });
}

/** As the API tells of it. */
export function readJob(answer: Answer, attempt: number): PipelineJob {
  const native = answer.text('status');
  const mayFail = answer.findBoolean('allow_failure') ?? false;
  const state = jobStateOf(native, mayFail);
  return {
    id: answer.id('id'),
    name: answer.text('name'),
    state,
    native,
    attempt,
    mayFail,
    ...given({
      stage: answer.findText('stage'),
      url: answer.findText('web_url'),
      runner: answer.findObject('runner')?.findText('description'),
      createdAt: answer.findMoment('created_at'),
      startedAt: answer.findMoment('started_at'),
      endedAt: isOver(state) ? answer.findMoment('finished_at') : undefined,
    }),
  };
}

function readChild(answer: Answer, { project }: ExecutionReference): ExecutionReference | undefined {
  const downstream = answer.findObject('downstream_pipeline');
  if (downstream === undefined) return undefined;
  const own = answer.findObject('pipeline')?.find('project_id');
  const its = downstream.find('project_id');
  const isOwn = its === undefined || its === own;
  return {
    project: isOwn ? project : downstream.id('project_id'),
    pipeline: '',
    id: downstream.id('id'),
  };
}
