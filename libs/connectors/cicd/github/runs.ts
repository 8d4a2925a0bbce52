import type { Execution, ExecutionReference } from '#contracts/cicd/execution.js';
import { isSluiceError } from '#domain/errors.js';
import { Answer } from '../http/answer.js';
import type { FindRequest, Found, Page, Search, Target } from '../platform.js';
import { type GitHubApi, repositoryPath, runPath, workflowPath } from './api.js';
import { findMoment, readRun } from './run.js';
import { fetchWorkflow } from './workflow.js';

/** How far the clock of whoever sent it may be ahead; that of GitHub is known by its answers. */
const CLOCKS_MS = 60_000;
const DAY_MS = 86_400_000;
/** Pages that are looked into at most; beyond, nothing is sure. */
const MOST_PAGES = 5;

export async function fetchRun(
  api: GitHubApi,
  { project, id }: Pick<ExecutionReference, 'project' | 'id'>,
): Promise<Execution> {
  const { value } = await api.http.send({ path: runPath(project, id), subject: `run ${id} of ${project}` });
  return readRun(new Answer(value, 'the run'), project, api.isGitea);
}

/** A run that is done again keeps its day of birth: those of the day before are asked for, too. */
export async function listRuns(
  api: GitHubApi,
  target: Omit<Target, 'ref'>,
  { text = '', cursor, since }: Search & { readonly since?: number },
): Promise<Page<Execution>> {
  const created = since === undefined ? undefined : `>=${new Date(since - DAY_MS).toISOString()}`;
  const { items, next } = await pageOfRuns(api, target, { created }, cursor);
  const changed = items.filter((run) => (findMoment(run, 'updated_at') ?? since ?? 0) >= (since ?? 0));
  return {
    items: changed
      .map((run) => readRun(run, target.project, api.isGitea))
      .filter(({ reference, title }) => isOf(reference, target) && hasText(title, text)),
    ...(next === undefined ? {} : { next }),
  };
}

/**
 * By the key in its name; what carries none is told apart by when, from where and how it was started.
 * @param marginMs how much earlier than `since` it may have been
 */
export async function findRun(
  api: GitHubApi,
  request: FindRequest,
  marginMs: number = CLOCKS_MS,
): Promise<Found> {
  const { key, keyInput, since, project } = request;
  const ref = request.ref?.replace(/^refs\/(heads|tags)\//, '');
  const query = {
    event: 'workflow_dispatch',
    created: `>=${new Date(since - DAY_MS).toISOString()}`,
  };
  const candidates: Execution[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, next, date } = await pageOfRuns(api, request, query, cursor);
    const theirs = since - marginMs + (date === undefined ? 0 : date - Date.now());
    const runs = items.map((run) => readRun(run, project, api.isGitea));
    const started = runs.filter(({ reference, trigger = 'workflow_dispatch', ...run }) => {
      const fits = isOf(reference, request) && trigger === 'workflow_dispatch';
      return fits && (ref === undefined || run.ref === undefined || run.ref === ref);
    });
    const found = started.find(({ title }) => title.includes(key));
    if (found !== undefined) return { outcome: 'found', execution: { ...found, key } };
    // One that is not begun yet has no moment on Gitea.
    candidates.push(...started.filter(({ createdAt = theirs }) => createdAt >= theirs));
    const isPast = runs.some(({ createdAt }) => createdAt !== undefined && createdAt < theirs);
    if (next === undefined || isPast) break;
    if (page === MOST_PAGES - 1) return { outcome: 'uncertain', candidates };
    cursor = next;
  }
  if (candidates.length === 0 || (await showsKeys(api, request, keyInput))) return { outcome: 'absent' };
  return { outcome: 'uncertain', candidates };
}

/** Whether what was started with a key would show it. */
async function showsKeys(api: GitHubApi, target: Target, keyInput: string): Promise<boolean> {
  try {
    const workflow = await fetchWorkflow(api, target);
    return workflow.inputs.some(({ name }) => name === keyInput) && workflow.echoes(keyInput);
  } catch (error) {
    if (isSluiceError(error) && /^(pipeline|platform-not-found)/.test(error.code)) return false;
    throw error;
  }
}

/** The latest first. Gitea has no list of one workflow's runs, and no filter by time. */
function pageOfRuns(
  api: GitHubApi,
  { project, pipeline }: Omit<Target, 'ref'>,
  { event, created }: { readonly event?: string; readonly created?: string | undefined },
  cursor: string | undefined,
) {
  const below =
    api.isGitea || pipeline === '' ? `${repositoryPath(project)}/actions` : workflowPath(project, pipeline);
  const request = {
    path: `${below}/runs`,
    query: { event, ...(api.isGitea ? {} : { created }) },
    subject: pipeline === '' ? `runs of ${project}` : `runs of the workflow ${pipeline} of ${project}`,
  };
  return api.page({ request, field: 'workflow_runs', cursor });
}

function isOf(reference: ExecutionReference, { pipeline }: Omit<Target, 'ref'>): boolean {
  // By its number, only the platform can tell.
  return pipeline === '' || /^\d+$/.test(pipeline) || reference.pipeline === pipeline;
}

function hasText(title: string, text: string): boolean {
  return title.toLowerCase().includes(text.toLowerCase());
}
