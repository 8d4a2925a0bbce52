import type { Execution } from '#contracts/cicd/execution.js';
import { type Answer, readList } from '../http/answer.js';
import type { FindRequest, Found } from '../platform.js';
import { type GitLabApi, pipelinePath, projectPath } from './api.js';
import { readExecution } from './execution.js';

/** How far the clocks of GitLab and of whoever sent it may differ. */
const CLOCKS_MS = 60_000;
/** Pipelines that are looked into at most; beyond, nothing is sure. */
const MOST_CANDIDATES = 200;

/** By the variable that carries the key, or by the name of the pipeline where that holds it. */
export async function find(api: GitLabApi, request: FindRequest): Promise<Found> {
  const { project, key } = request;
  const candidates: Execution[] = [];
  let count = 0;
  for await (const answer of startedSince(api, request)) {
    const execution = readExecution(answer, { project, baseUrl: api.connection.baseUrl });
    const carried = execution.title.includes(key) ? key : await findKey(api, request, execution.reference.id);
    if (carried === key) return { outcome: 'found', execution: { ...execution, key } };
    if (carried === undefined) candidates.push(execution);
    count += 1;
    if (count === MOST_CANDIDATES) return { outcome: 'uncertain', candidates: [...candidates, execution] };
  }
  return candidates.length === 0 ? { outcome: 'absent' } : { outcome: 'uncertain', candidates };
}

/** Pipelines that the API started, the latest first. */
async function* startedSince(api: GitLabApi, { project, ref, since }: FindRequest): AsyncGenerator<Answer> {
  const earliest = since - CLOCKS_MS;
  const request = {
    path: `${projectPath(project)}/pipelines`,
    query: {
      ref,
      source: 'api',
      created_after: new Date(earliest).toISOString(),
      order_by: 'id',
      sort: 'desc',
    },
    subject: `pipelines of ${project}`,
  };
  for await (const page of api.pages(request)) {
    for (const answer of page) {
      // Older servers know not all of the filters.
      if ((answer.findMoment('created_at') ?? earliest) < earliest) return;
      if ((answer.findText('source') ?? 'api') === 'api') yield answer;
    }
  }
}

/** Undefined: it carries none, or does not show it. */
async function findKey(
  api: GitLabApi,
  { project, keyInput }: FindRequest,
  id: string,
): Promise<string | undefined> {
  const { status, value } = await api.get({
    path: `${pipelinePath(project, id)}/variables`,
    subject: `variables of pipeline ${id} of ${project}`,
    expected: [403, 404],
  });
  if (status !== 200) return undefined;
  const variables = readList(value, 'the variables');
  return variables.find((variable) => variable.findText('key') === keyInput)?.findText('value');
}
