import type { Execution } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { createInputsRefused, createNotStarted, createRefNotFound } from '../http/pipeline-failure.js';
import type { PlatformResponse } from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import { excerpt } from '../http/words.js';
import type { TriggerRequest } from '../platform.js';
import { type GitLabApi, projectPath } from './api.js';
import { type Assignment, assignInputs } from './assign-inputs.js';
import { readExecution } from './execution.js';
import type { Declared } from './inputs.js';
import { readWords, TITLE } from './manners.js';
import { getDeclared, type Project, requireTarget } from './project.js';

interface Start extends Assignment {
  readonly project: Project;
  readonly ref: string;
}

export async function trigger(api: GitLabApi, request: TriggerRequest): Promise<Execution> {
  const project = await requireTarget(api, request);
  const ref = request.ref ?? project.defaultBranch;
  if (ref === undefined) throw createRefNotFound(TITLE, project.path, undefined);
  const assignment = await assign(api, request, { project, ref });
  const start = { ...assignment, project, ref };
  const keyed = await send(api, start);
  if (keyed.status !== 400) return read(api, keyed, request.key);
  const isForKeyAlone = start.variables.every(({ key }) => key === request.keyInput);
  if (!isForKeyAlone || !lacksVariables(keyed)) throw refuse(api, start, keyed);
  // Who may not set variables can start it still, only without the key.
  const bare = await send(api, { ...start, variables: [] });
  if (bare.status === 400) throw refuse(api, start, bare);
  const isInput = Object.hasOwn(start.inputs, request.keyInput);
  return read(api, bare, isInput ? request.key : undefined);
}

/** Throws SluiceError `pipeline-inputs-refused`. */
async function assign(
  api: GitLabApi,
  { inputs, key, keyInput }: TriggerRequest,
  { project, ref }: Pick<Start, 'project' | 'ref'>,
): Promise<Assignment> {
  const declared = (await getDeclared(api, project, ref)) ?? { inputs: [], isWhole: false };
  const { [keyInput]: _reserved, ...own } = inputs;
  const assignment = assignInputs(declared, withKey(declared, own, { key, keyInput }));
  if (assignment.problems.length > 0) throw createInputsRefused(TITLE, project.path, assignment.problems);
  // Inputs of a pipeline cannot be read again, variables can.
  const isReadable = assignment.variables.some((variable) => variable.key === keyInput);
  const variables = isReadable
    ? assignment.variables
    : [...assignment.variables, { key: keyInput, value: key }];
  return { ...assignment, variables };
}

/** As an input where one of this name takes any text. */
function withKey(
  { inputs }: Declared,
  own: TriggerRequest['inputs'],
  { key, keyInput }: Pick<TriggerRequest, 'key' | 'keyInput'>,
): TriggerRequest['inputs'] {
  const taken = inputs.find(({ name }) => name === keyInput);
  const isFit = taken === undefined || (taken.type === 'text' && !taken.isList);
  return isFit ? { ...own, [keyInput]: key } : own;
}

function send(api: GitLabApi, { project, ref, inputs, variables }: Start): Promise<PlatformResponse> {
  return api.post({
    path: `${projectPath(project.path)}/pipeline`,
    body: {
      ref,
      ...(variables.length === 0 ? {} : { variables }),
      // Older servers refuse the word itself.
      ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
    },
    subject: `pipeline of ${project.path} at ${ref}`,
    expected: [400],
  });
}

function read({ connection }: GitLabApi, { value }: PlatformResponse, key: string | undefined): Execution {
  const answer = new Answer(value, 'the new pipeline');
  return readExecution(answer, { project: '', baseUrl: connection.baseUrl, key });
}

function lacksVariables({ text }: PlatformResponse): boolean {
  return readWords(text).some((each) => /permissions? to set pipeline variables/i.test(each));
}

/** A status of 400 means that nothing was started. */
function refuse(
  { connection }: GitLabApi,
  { project, ref }: Start,
  { status, text }: PlatformResponse,
): Error {
  const words = readWords(text).map((each) => excerpt(each, (whole) => connection.hide(whole)));
  const says = (form: RegExp) => words.some((each) => form.test(each));
  if (says(/reference not found/i)) return createRefNotFound(TITLE, project.path, ref);
  if (says(/will not run|filtered out|no (stages|jobs)/i))
    return createNotStarted(TITLE, project.path, words.join('; '));
  if (says(/\binputs?\b|pipeline variables|variable_type/i))
    return createInputsRefused(TITLE, project.path, words);
  const subject = `pipeline of ${project.path} at ${ref}`;
  return createRefusal({ title: TITLE, subject, status, words: words.join('; ') });
}
