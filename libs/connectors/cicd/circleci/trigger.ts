import type { Execution, InputValue } from '#contracts/cicd/execution.js';
import { Answer } from '../http/answer.js';
import { given } from '../http/given.js';
import { createInputsRefused, createNotStarted, createRefNotFound } from '../http/pipeline-failure.js';
import type { PlatformResponse } from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import { excerpt } from '../http/words.js';
import type { TriggerRequest } from '../platform.js';
import { type CircleCiApi, partedPath, projectPath, readSlug, TITLE } from './api.js';
import { findDefinition } from './definitions.js';
import { composeExecution } from './execution.js';
import type { Ref } from './ref.js';
import { readRef } from './ref.js';

interface Start {
  readonly project: string;
  readonly definition: string | undefined;
  readonly ref: Ref;
  readonly parameters: Readonly<Record<string, InputValue>>;
}

/**
 * A status of 400 means that nothing was started: without the key where the configuration does not declare it, and as a tag
 * where there is no such branch, it is sent once more.
 */
export async function trigger(api: CircleCiApi, request: TriggerRequest): Promise<Execution> {
  const { project, pipeline, key, keyInput } = request;
  const definition = await findDefinition(api, project, pipeline);
  let start: Start = {
    project,
    definition,
    ref: readRef(request.ref),
    parameters: { ...request.inputs, [keyInput]: key },
  };
  for (;;) {
    const response = await send(api, start);
    if (response.status !== 400) {
      const isKeyed = Object.hasOwn(start.parameters, keyInput);
      return read(api, response, { ...start, pipeline, ...(isKeyed ? { key } : {}) });
    }
    const next = amend(start, readMessage(response), request);
    if (next === undefined) throw refuse(api, start, { response, keyInput });
    start = next;
  }
}

function send(api: CircleCiApi, { project, definition, ref, parameters }: Start): Promise<PlatformResponse> {
  const at = given({ branch: ref.branch, tag: ref.tag });
  const values = Object.keys(parameters).length === 0 ? {} : { parameters };
  const isAt = Object.keys(at).length > 0;
  const subject = `pipeline of ${project}`;
  if (definition === undefined)
    return api.post({
      path: `${projectPath(project)}/pipeline`,
      body: { ...at, ...values },
      subject,
      expected: [400],
    });
  return api.post({
    path: `${partedPath(project)}/pipeline/run`,
    body: { definition_id: definition, ...(isAt ? { config: at, checkout: at } : {}), ...values },
    subject,
    expected: [400],
  });
}

const MOST_MESSAGE = 2_000;
const UNEXPECTED = /unexpected argument\(?s?\)?:?\s*(.*)$/is;
const MISTYPED = /type error for argument ['"]?([\w-]+)/i;
const NO_REF = /\b(branch|tag|ref|revision)\b.*\b(not found|does not exist|not exist)/i;

/** What may be sent instead; undefined where nothing may. */
function amend(start: Start, message: string, { keyInput }: TriggerRequest): Start | undefined {
  const { parameters, ref } = start;
  const unfit = MISTYPED.exec(message)?.[1] ?? unexpectedOf(message).join();
  if (Object.hasOwn(parameters, keyInput) && unfit === keyInput) {
    const { [keyInput]: _key, ...rest } = parameters;
    return { ...start, parameters: rest };
  }
  const { branch } = ref;
  if (NO_REF.test(message) && branch !== undefined && ref.isPlain)
    return { ...start, ref: { tag: branch, isPlain: false } };
  return undefined;
}

function unexpectedOf(message: string): readonly string[] {
  const names = UNEXPECTED.exec(message)?.[1] ?? '';
  return names.split(/[\s,]+/).flatMap((name) => name.replaceAll(/^[^\w-]+|[^\w-]+$/g, '') || []);
}

interface Refused {
  readonly response: PlatformResponse;
  readonly keyInput: string;
}

function refuse({ connection }: CircleCiApi, start: Start, { response, keyInput }: Refused): Error {
  const { project, definition, ref } = start;
  const message = readMessage(response);
  const words = excerpt(message, (text) => connection.hide(text));
  if (NO_REF.test(message)) return createRefNotFound(TITLE, project, ref.branch ?? ref.tag);
  const unexpected = unexpectedOf(words).filter((name) => name !== keyInput);
  if (unexpected.length > 0)
    return createInputsRefused(
      TITLE,
      definition ?? project,
      unexpected.map((name) => `${name} is not declared`),
    );
  if (/argument|parameter|type error/i.test(message))
    return createInputsRefused(TITLE, definition ?? project, [words]);
  return createRefusal({ title: TITLE, subject: `pipeline of ${project}`, status: 400, words });
}

function readMessage({ value, text }: PlatformResponse): string {
  const message = (value as { message?: unknown } | undefined)?.message;
  // Forms are looked for in it, some of which cost the square of its length.
  return (typeof message === 'string' ? message : text).slice(0, MOST_MESSAGE);
}

/** An answer of success that names no pipeline says why there is none. */
function read(
  { connection }: CircleCiApi,
  { value }: PlatformResponse,
  { project, pipeline, ref, key }: Start & { readonly pipeline: string; readonly key?: string },
): Execution {
  const answer = new Answer(value, 'the new pipeline');
  if (!answer.has('id') && answer.has('message')) {
    const words = excerpt(answer.text('message'), (text) => connection.hide(text));
    throw createNotStarted(TITLE, project, words);
  }
  const facts = {
    id: answer.text('id'),
    number: answer.id('number'),
    slug: readSlug(project),
    state: answer.findText('state') ?? 'created',
    errors: [],
    ...given({ branch: ref.branch, tag: ref.tag, createdAt: answer.findMoment('created_at') }),
  };
  const { baseUrl } = connection;
  // By the platform's clock it has only just been made.
  const now = facts.createdAt ?? 0;
  return composeExecution({ facts, workflows: [], pipeline, baseUrl, now, key });
}
