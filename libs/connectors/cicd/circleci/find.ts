import type { Execution } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import type { FindRequest, Found } from '../platform.js';
import { type CircleCiApi, pipelinePath, projectPath } from './api.js';
import { composeExecution } from './execution.js';
import { type Facts, readFacts } from './facts.js';
import { fitsRef, readRef } from './ref.js';

/** How far the clocks of CircleCI and of whoever sent it may differ. */
const CLOCKS_MS = 60_000;
/** Pipelines that are looked into at most; beyond, nothing is sure. */
const MOST_CANDIDATES = 200;
/** What starts pipelines without the API. */
const OTHER_TRIGGERS = ['webhook', 'scheduled_pipeline', 'schedule'];

/** By the parameter that carries the key, which is among the values of each pipeline. */
export async function find(api: CircleCiApi, request: FindRequest): Promise<Found> {
  const { key, pipeline } = request;
  const { baseUrl } = api.connection;
  const candidates: Execution[] = [];
  let count = 0;
  for await (const facts of startedSince(api, request)) {
    const carried = await findKey(api, request, facts.id);
    const execution = composeExecution({
      facts,
      workflows: [],
      pipeline,
      baseUrl,
      now: facts.createdAt ?? 0,
    });
    if (carried === key) return { outcome: 'found', execution: { ...execution, key } };
    if (carried === undefined) candidates.push(execution);
    count += 1;
    if (count === MOST_CANDIDATES) return { outcome: 'uncertain', candidates: [...candidates, execution] };
  }
  return candidates.length === 0 ? { outcome: 'absent' } : { outcome: 'uncertain', candidates };
}

/** The latest first. */
async function* startedSince(api: CircleCiApi, { project, ref, since }: FindRequest): AsyncGenerator<Facts> {
  const earliest = since - CLOCKS_MS;
  const wanted = readRef(ref);
  const request = { path: `${projectPath(project)}/pipeline`, subject: `pipelines of ${project}` };
  for await (const page of api.pages(request)) {
    for (const facts of page.map(readFacts)) {
      if ((facts.createdAt ?? earliest) < earliest) return;
      if (!OTHER_TRIGGERS.includes(facts.trigger ?? '') && fitsRef(wanted, facts)) yield facts;
    }
  }
}

/** Another text where it was certainly started otherwise; undefined where it carries no key. */
async function findKey(
  api: CircleCiApi,
  { project, pipeline, keyInput }: FindRequest,
  id: string,
): Promise<string | undefined> {
  const { status, value } = await api.get({
    path: `${pipelinePath(id)}/values`,
    subject: `values of pipeline ${id} of ${project}`,
    expected: [403, 404],
  });
  if (status !== 200) return undefined;
  const values = new Answer(value, 'the values');
  const definition = values.find('pipeline.definition.id');
  const isOther =
    typeof definition === 'string' && /^[0-9a-f-]{36}$/i.test(pipeline) && definition !== pipeline;
  if (isOther) return '';
  const carried = values.find(`pipeline.parameters.${keyInput}`) ?? values.find(keyInput);
  return carried === undefined ? undefined : String(carried);
}
