import { type Execution, type ExecutionReference, isOver } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import type { Page, Search } from '../platform.js';
import { type GitLabApi, pipelinePath, projectPath } from './api.js';
import { describePipeline, readExecution } from './execution.js';

/** A list does not say when its pipelines began and ended: each is asked for by itself. */
const LIST_SIZE = 20;
const AT_ONCE = 5;

export async function getStatus(api: GitLabApi, reference: ExecutionReference): Promise<Execution> {
  const { project, id } = reference;
  const { value } = await api.get({
    path: pipelinePath(project, id),
    subject: describePipeline(reference),
  });
  return readExecution(new Answer(value, 'the pipeline'), { project, baseUrl: api.connection.baseUrl });
}

export async function listExecutions(
  api: GitLabApi,
  project: string,
  { text, cursor, since }: Search & { readonly since?: number },
): Promise<Page<Execution>> {
  const { items, next } = await api.page(
    {
      path: `${projectPath(project)}/pipelines`,
      query: {
        per_page: LIST_SIZE,
        order_by: 'id',
        sort: 'desc',
        updated_after: since === undefined ? undefined : new Date(since).toISOString(),
      },
      subject: `pipelines of ${project}`,
    },
    cursor,
  );
  const listed = items
    .map((answer) => readExecution(answer, { project, baseUrl: api.connection.baseUrl }))
    .filter(({ title, ref = '' }) => isIn(text, title) || isIn(text, ref));
  return { items: await complete(api, listed), ...given({ next }) };
}

function isIn(text: string | undefined, name: string): boolean {
  return text === undefined || name.toLowerCase().includes(text.toLowerCase());
}

async function complete(api: GitLabApi, listed: readonly Execution[]): Promise<readonly Execution[]> {
  const complete: Execution[] = [];
  for (let from = 0; from < listed.length; from += AT_ONCE) {
    const part = listed.slice(from, from + AT_ONCE);
    complete.push(
      ...(await Promise.all(
        part.map((each) => (each.state === 'queued' ? each : getStatus(api, each.reference))),
      )),
    );
  }
  return complete;
}

/** Child pipelines are canceled with it. */
export async function cancel(api: GitLabApi, reference: ExecutionReference): Promise<undefined> {
  const { state, reference: current } = await getStatus(api, reference);
  if (isOver(state)) return;
  await api.post({
    path: `${pipelinePath(current.project, current.id)}/cancel`,
    subject: describePipeline(current),
  });
}

export async function retryFailed(api: GitLabApi, reference: ExecutionReference): Promise<Execution> {
  const { reference: current } = await getStatus(api, reference);
  const { value } = await api.post({
    path: `${pipelinePath(current.project, current.id)}/retry`,
    subject: describePipeline(current),
  });
  const { baseUrl } = api.connection;
  return readExecution(new Answer(value, 'the pipeline'), { project: current.project, baseUrl });
}
