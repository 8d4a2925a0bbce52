import type { Execution, InputValue } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { createInputsRefused, createRefNotFound } from '../http/pipeline-failure.js';
import type { PlatformResponse } from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import type { TriggerRequest } from '../platform.js';
import { type Definition, requireDefinition } from './definition.js';
import { TITLE } from './description.js';
import { readRef, readResult, readWebUrl, writeRef, writeWebUrl } from './execution.js';
import { type AzureHttp, apiOf } from './http.js';

/** Where the key goes: the platform does not tell beforehand which parameters a pipeline takes. */
type KeyPlace = 'variable' | 'parameter' | 'nowhere';

/** Of an input that is refused the whole request is, and nothing is started: the next place is tried then. */
const PLACES: readonly KeyPlace[] = ['parameter', 'variable', 'nowhere'];

/** Throws SluiceError `pipeline-inputs-refused`, `pipeline-ref-not-found`. */
export async function start(http: AzureHttp, request: TriggerRequest): Promise<Execution> {
  const { project, pipeline, keyInput } = request;
  const definition = await requireDefinition(http, project, pipeline);
  const problems = findProblems(request.inputs, definition);
  if (problems.length > 0) throw createInputsRefused(TITLE, definition.name, problems);
  const isSettable = definition.variables.some((each) => each.name === keyInput && each.isSettable);
  const branch = request.ref === undefined ? definition.defaultBranch : writeRef(request.ref);
  for (const place of isSettable ? (['variable'] as const) : PLACES) {
    const answer = await http.send({
      method: 'POST',
      path: `${apiOf(project)}/pipelines/${definition.id}/runs`,
      body: writeRun(request, definition, { place, branch }),
      expected: [400],
      subject: `pipeline ${definition.name} of ${project}`,
    });
    if (answer.status !== 400) return readRun(answer, { http, request, definition, place, branch });
    const isAboutKey = place !== 'nowhere' && readMessage(answer).includes(keyInput);
    if (!isAboutKey) throw refuse(http, answer, { request, definition, branch });
  }
  throw createInputsRefused(TITLE, definition.name, [`${keyInput} cannot be set`]);
}

function writeRun(
  { inputs, key, keyInput }: TriggerRequest,
  { variables }: Definition,
  { place, branch }: { readonly place: KeyPlace; readonly branch: string | undefined },
): object {
  const isVariable = (name: string) => variables.some((each) => each.name === name);
  const given = Object.entries(inputs).map(([name, value]) => [name, String(value)] as const);
  const set = given.filter(([name]) => isVariable(name));
  const parameters = given.filter(([name]) => !isVariable(name));
  if (place === 'variable') set.push([keyInput, key]);
  if (place === 'parameter') parameters.push([keyInput, key]);
  return {
    resources: { repositories: { self: branch === undefined ? {} : { refName: branch } } },
    templateParameters: Object.fromEntries(parameters),
    variables: Object.fromEntries(set.map(([name, value]) => [name, { value, isSecret: false }])),
  };
}

/** What the platform would refuse by the variables that it publishes. */
function findProblems(
  inputs: Readonly<Record<string, InputValue>>,
  { variables }: Definition,
): readonly string[] {
  return variables
    .filter(({ name, isSettable }) => Object.hasOwn(inputs, name) && !isSettable)
    .map(({ name }) => `${name} is a variable that may not be set at the start`);
}

interface Begun {
  readonly http: AzureHttp;
  readonly request: TriggerRequest;
  readonly definition: Definition;
  readonly place: KeyPlace;
  readonly branch: string | undefined;
}

/** A run is a build of the same number. */
function readRun(
  { value }: PlatformResponse,
  { http, request, definition, place, branch }: Begun,
): Execution {
  const run = new Answer(value, 'the run');
  const id = run.id('id');
  const state = run.findText('state') ?? 'unknown';
  const isOver = state === 'completed';
  const result = run.findText('result');
  const ref = readRef(branch);
  return {
    reference: { project: request.project, pipeline: definition.name, id },
    attempt: 1,
    state: isOver ? readResult(result) : 'queued',
    native: isOver ? (result ?? state) : state,
    title: `${definition.name.split('/').at(-1)} ${run.findText('name') ?? id}`,
    url: readWebUrl(run) ?? writeWebUrl(http.connection.baseUrl, request.project, id),
    createdAt: run.findMoment('createdDate') ?? Date.now(),
    ...(ref === undefined ? {} : { ref }),
    ...(place === 'nowhere' ? {} : { key: request.key }),
  };
}

function refuse(
  { connection }: AzureHttp,
  answer: PlatformResponse,
  { request, definition, branch }: Pick<Begun, 'request' | 'definition' | 'branch'>,
): Error {
  const words = connection.hide(readMessage(answer)).slice(0, 500);
  const isAboutRef = branch !== undefined && words.includes(branch);
  if (isAboutRef || /TF401175|VS402881/.test(words))
    return createRefNotFound(TITLE, request.project, request.ref);
  if (/parameter|variable/i.test(words))
    return createInputsRefused(TITLE, definition.name, [words.replace(/\.$/, '')]);
  const subject = `pipeline ${definition.name} of ${request.project}`;
  return createRefusal({ title: TITLE, subject, status: answer.status, words });
}

function readMessage({ value, text }: PlatformResponse): string {
  const message =
    typeof value === 'object' && value !== null ? (value as { message?: unknown }).message : undefined;
  return typeof message === 'string' ? message : text;
}
