import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { type Execution, type ExecutionReference, isOver } from '#contracts/cicd/execution.js';
import { given } from '../http/given.js';
import { pause } from '../http/pause.js';
import type { Page, Search, Target } from '../platform.js';
import { type CircleCiApi, projectPath, TITLE, workflowPath } from './api.js';
import { composeExecution } from './execution.js';
import { type Facts, getFacts, keepFacts, readFacts } from './facts.js';
import { recall, remember } from './recent.js';
import { listWorkflows, type Workflow } from './workflows.js';

/** Keys of Connection.memory. */
const RERUNS = 'circleci-reruns';
const ENDED = 'circleci-ended';

/** How long a workflow that was started again may not be listed yet. */
const UNLISTED_MS = 60_000;
/** How long a job of CircleCI may take: what began so long ago may have changed since. */
const LONGEST_JOB_MS = 5 * 3_600_000;
const AT_ONCE = 5;
const TURNS = 20;
const TURN_MS = 500;

interface Rerun {
  readonly workflows: readonly string[];
  readonly at: number;
}

/** One request, but for the first time. */
export async function getStatus(api: CircleCiApi, reference: ExecutionReference): Promise<Execution> {
  const [facts, workflows] = await Promise.all([getFacts(api, reference), listWorkflows(api, reference)]);
  return compose(api, { facts, workflows, pipeline: reference.pipeline });
}

interface Asked {
  readonly facts: Facts;
  readonly workflows: readonly Workflow[];
  readonly pipeline: string;
}

function compose({ connection }: CircleCiApi, asked: Asked): Execution {
  const { baseUrl, memory } = connection;
  const now = Date.now();
  const execution = composeExecution({ ...asked, baseUrl, now });
  const rerun = recall<Rerun>(memory, RERUNS, asked.facts.id);
  const isListed = rerun?.workflows.every((id) => asked.workflows.some((workflow) => workflow.id === id));
  if (rerun === undefined || isListed === true || now - rerun.at > UNLISTED_MS) return execution;
  const { startedAt: _started, endedAt: _ended, ...rest } = execution;
  return { ...rest, state: 'queued', attempt: execution.attempt + 1 };
}

/** Each pipeline of the page costs a request, unless it was over long ago. */
export async function listExecutions(
  api: CircleCiApi,
  { project, pipeline }: Omit<Target, 'ref'>,
  { text = '', cursor, since = 0 }: Search & { readonly since?: number },
): Promise<Page<Execution>> {
  const { items, next } = await api.page(
    { path: `${projectPath(project)}/pipeline`, subject: `pipelines of ${project}` },
    cursor,
  );
  const { memory } = api.connection;
  const listed = items.map(readFacts);
  const recent = listed.filter(({ createdAt = since }) => createdAt >= since - LONGEST_JOB_MS);
  const wanted = recent.filter(
    ({ id, createdAt = since, branch, tag, number }) =>
      [branch ?? '', tag ?? '', `#${number}`].some((name) =>
        name.toLowerCase().includes(text.toLowerCase()),
      ) &&
      (createdAt >= since || (recall<number>(memory, ENDED, id) ?? since) >= since),
  );
  const found: Execution[] = [];
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const part = wanted.slice(from, from + AT_ONCE);
    found.push(...(await Promise.all(part.map((facts) => look(api, facts, pipeline)))));
  }
  const changed = found.filter((execution) => changedAt(execution) >= since);
  return { items: changed, ...given({ next: recent.length === listed.length ? next : undefined }) };
}

/** CircleCI does not tell: what goes on changes as long as it does. */
function changedAt({ state, createdAt = 0, endedAt = createdAt }: Execution): number {
  return isOver(state) ? endedAt : Date.now();
}

async function look(api: CircleCiApi, facts: Facts, pipeline: string): Promise<Execution> {
  const { memory } = api.connection;
  keepFacts(memory, facts);
  const reference = { project: facts.slug, pipeline, id: facts.id };
  const workflows = facts.state === 'errored' ? [] : await listWorkflows(api, reference);
  const execution = compose(api, { facts, workflows, pipeline });
  if (execution.endedAt !== undefined) remember(memory, ENDED, facts.id, execution.endedAt);
  return execution;
}

/** All of its workflows; where there is none yet, it waits for them. */
export async function cancel(api: CircleCiApi, reference: ExecutionReference): Promise<undefined> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (turn > 0) await pause(TURN_MS, api.connection.signal);
    const [facts, workflows] = await Promise.all([getFacts(api, reference), listWorkflows(api, reference)]);
    const open = workflows.filter(({ state }) => !isOver(state));
    for (const { id } of open)
      await api.post({
        path: `${workflowPath(id)}/cancel`,
        subject: `workflow ${id} of pipeline ${reference.id}`,
      });
    if (open.length > 0 || isOver(compose(api, { facts, workflows, pipeline: '' }).state)) return;
  }
  throw createActionFailure({
    code: 'pipeline-not-cancelable',
    fault: 'operational',
    class: 'transient',
    retryable: true,
    message: `${TITLE} has no workflow of the pipeline ${reference.id} yet, and can cancel nothing else.`,
    hint: 'Cancel it again in a moment.',
  });
}

/** New workflows in the same pipeline. */
export async function retry(
  api: CircleCiApi,
  reference: ExecutionReference,
  what: 'all' | 'failed',
): Promise<Execution> {
  const workflows = await listWorkflows(api, reference);
  const again = workflows.filter(
    ({ state }) => isOver(state) && (what === 'all' || state === 'failed' || state === 'canceled'),
  );
  const started: string[] = [];
  for (const { id } of again) {
    const { value } = await api.post({
      path: `${workflowPath(id)}/rerun`,
      body: what === 'all' ? {} : { from_failed: true },
      subject: `workflow ${id} of pipeline ${reference.id}`,
    });
    const workflow = (value as { workflow_id?: unknown } | undefined)?.workflow_id;
    if (typeof workflow === 'string') started.push(workflow);
  }
  const rerun = { workflows: started, at: Date.now() } satisfies Rerun;
  if (started.length > 0) remember(api.connection.memory, RERUNS, reference.id, rerun);
  return getStatus(api, reference);
}
