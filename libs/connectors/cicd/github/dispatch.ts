import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { Execution } from '#contracts/cicd/execution.js';
import { isSluiceError } from '#domain/errors.js';
import { Answer } from '../http/answer.js';
import { pause } from '../http/pause.js';
import { createInputsRefused, createNotStarted, createRefNotFound } from '../http/pipeline-failure.js';
import type { PlatformResponse } from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import { excerpt } from '../http/words.js';
import type { Found, TriggerRequest } from '../platform.js';
import { type GitHubApi, repositoryPath, workflowPath } from './api.js';
import { assignInputs } from './assign-inputs.js';
import { findRun } from './runs.js';
import { fetchWorkflow } from './workflow.js';

const TITLE = 'GitHub';
/** What GitHub's moments lack of being exact. */
const MARGIN_MS = 5_000;
/** Before each look for a run whose number the answer did not tell. */
const PAUSES_MS = [500, 1_000, 2_000, 3_000, 5_000, 5_000, 5_000];

/** https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event */
export async function dispatch(api: GitHubApi, wanted: TriggerRequest): Promise<Execution> {
  const ref = wanted.ref ?? (await fetchDefaultBranch(api, wanted.project));
  const request = { ...wanted, ref };
  const workflow = await fetchWorkflow(api, request);
  if (!workflow.isOffered)
    throw createNotStarted(TITLE, request.pipeline, 'it has no `workflow_dispatch` in `on`');
  const inputs = assignInputs(workflow.inputs, request);
  const sentAt = Date.now();
  const response = await send(api, request, inputs);
  const keyed = inputs[request.keyInput] === request.key ? { key: request.key } : {};
  const execution =
    response.status === 200 ? readStarted(response, request) : await locate(api, request, sentAt);
  return { ...execution, ...keyed };
}

async function fetchDefaultBranch(api: GitHubApi, project: string): Promise<string> {
  const path = repositoryPath(project);
  const { value } = await api.http.send({ path, subject: `repository ${project}` });
  return new Answer(value, 'the repository').text('default_branch');
}

/** The number of the run is asked for in both ways: Gitea knows the one in the query alone. */
async function send(
  api: GitHubApi,
  request: TriggerRequest & { readonly ref: string },
  inputs: Readonly<Record<string, string>>,
): Promise<PlatformResponse> {
  const { project, pipeline, ref } = request;
  const post = (asks: boolean) =>
    api.http.send({
      method: 'POST',
      path: `${workflowPath(project, pipeline)}/dispatches`,
      query: asks ? { return_run_details: true } : {},
      body: { ref, inputs, ...(asks ? { return_run_details: true } : {}) },
      subject: `start of the workflow ${pipeline} of ${project}`,
      expected: [400, 422],
    });
  const first = await post(true);
  const isUnknown = first.status >= 400 && /return_run_details/.test(first.text);
  const response = isUnknown ? await post(false) : first;
  if (response.status >= 400) throw explain(api, request, response);
  return response;
}

/** What is said of a start that was refused: nothing was started. */
function explain(
  api: GitHubApi,
  { project, pipeline, ref }: TriggerRequest,
  { status, text, value }: PlatformResponse,
): Error {
  const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : text;
  const words = excerpt(String(message), (shown) => api.connection.hide(shown));
  if (/no ref found|reference does not exist/i.test(words)) return createRefNotFound(TITLE, project, ref);
  if (/input/i.test(words)) return createInputsRefused(TITLE, pipeline, [words]);
  const subject = `start of the workflow ${pipeline} of ${project}`;
  return createRefusal({ title: TITLE, subject, status, words });
}

function readStarted(
  { value }: PlatformResponse,
  { project, pipeline, ref }: TriggerRequest & { readonly ref: string },
): Execution {
  const answer = new Answer(value, 'the run that was started');
  return {
    reference: { project, pipeline, id: answer.id('workflow_run_id') },
    attempt: 1,
    state: 'queued',
    native: 'queued',
    title: pipeline,
    url: answer.findText('html_url') ?? '',
    ref,
    trigger: 'workflow_dispatch',
    createdAt: Date.now(),
  };
}

/** Throws SluiceError `pipeline-not-seen`: whoever starts it again has to look for it first. */
async function locate(
  api: GitHubApi,
  request: TriggerRequest & { readonly ref: string },
  sentAt: number,
): Promise<Execution> {
  for (const ms of PAUSES_MS) {
    await pause(ms, api.connection.signal);
    const found = await look(api, request, sentAt);
    if (found.outcome === 'found') return found.execution;
    // The only one that was started meanwhile is it; of several nobody knows.
    const [only, other] = found.outcome === 'uncertain' ? found.candidates : [];
    if (only !== undefined && other === undefined) return only;
  }
  const { pipeline, project } = request;
  throw createActionFailure({
    code: 'pipeline-not-seen',
    fault: 'operational',
    class: 'dependency',
    retryable: true,
    message: `GitHub took the start of the workflow ${pipeline} of ${project}, and it cannot be told which of its runs that is.`,
    hint: 'Declare the input `sluice_key`, and carry it in the name of the run: `run-name: Build ${{ inputs.sluice_key }}`.',
  });
}

/** The start was taken already: a look that is refused refuses nothing of it. */
async function look(
  api: GitHubApi,
  request: TriggerRequest & { readonly ref: string },
  since: number,
): Promise<Found> {
  try {
    return await findRun(api, { ...request, since }, MARGIN_MS);
  } catch (error) {
    if (api.connection.signal.aborted || !isSluiceError(error)) throw error;
    return { outcome: 'absent' };
  }
}
