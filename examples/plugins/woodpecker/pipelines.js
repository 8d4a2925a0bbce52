import { TITLE } from './description.js';
import { hasBranch } from './discovery.js';
import { stateOf } from './states.js';

/** @import { Page, Search, Target, TriggerRequest } from 'sluice/cicd/platform.js' */
/** @import { Answer } from 'sluice/cicd/http/answer.js' */
/** @import { Execution, ExecutionReference } from 'sluice/contracts/cicd/execution.js' */
/** @import { Repository, Server } from './server.js' */

/** What steps call the variable when they are told nothing else. */
const USUAL_KEY = 'sluice_key';
/** Of what becomes a variable of the environment. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MOST_TITLE = 200;

/**
 * @param {Server} server
 * @param {TriggerRequest} request
 * @returns {Promise<Execution>}
 */
export async function trigger(server, request) {
  const { kit } = server;
  const { key, keyInput, inputs } = request;
  const given = { ...inputs, [keyInput]: key };
  const unfit = Object.keys(given).filter((name) => !VARIABLE.test(name));
  const problems = unfit.map((name) => `${name.slice(0, 80)} is no name of a variable`);
  const { name, branch } = await server.requireTarget(request);
  if (problems.length > 0) throw kit.createInputsRefused(TITLE, name, problems);
  const ref = request.ref ?? branch;
  if (ref === undefined) throw kit.createRefNotFound(TITLE, name, ref);
  const variables = Object.fromEntries(Object.entries(given).map(([each, value]) => [each, String(value)]));
  const subject = `pipeline of ${name} at ${ref}`;
  const { status, value, text, repository } = await server.change(request.project, {
    path: '/pipelines',
    body: { branch: ref, variables },
    subject,
    expected: [500],
  });
  // A branch that is not there is a failure of the server, to Woodpecker.
  if (status === 500) {
    if (!(await hasBranch(server, request.project, ref))) throw kit.createRefNotFound(TITLE, name, ref);
    throw kit.createRefusal({
      title: TITLE,
      subject,
      status,
      words: server.connection.hide(text).slice(0, 200),
    });
  }
  if (status === 204) throw kit.createNotStarted(TITLE, name, '');
  return { ...readExecution(server, new kit.Answer(value, 'the new pipeline'), repository), key };
}

/**
 * @param {Server} server
 * @param {ExecutionReference} reference
 * @returns {Promise<Execution>}
 */
export async function getStatus(server, reference) {
  const { answer, repository } = await getPipeline(server, reference);
  return readExecution(server, answer, repository);
}

/**
 * A pipeline with its workflows and their steps. Throws `platform-not-found`.
 * @param {Server} server
 * @param {ExecutionReference} reference
 */
export async function getPipeline(server, reference) {
  const path = pipelinePath(server, reference);
  const { value, repository } = await server.ask(reference.project, { path, subject: describe(reference) });
  return { answer: new server.kit.Answer(value, 'the pipeline'), repository };
}

/**
 * What changed without being new is told of as far as it stands among what is new.
 * @param {Server} server
 * @param {Omit<Target, 'ref'>} target
 * @param {Search & { readonly since?: number }} search
 * @returns {Promise<Page<Execution>>}
 */
export async function listExecutions(server, { project }, { text, cursor, since = 0 }) {
  const request = { path: '/pipelines', subject: `pipelines of ${project}` };
  const { value, repository, next } = await server.page(project, request, cursor);
  const changed = server.kit
    .readList(value, 'the pipelines')
    // To the second, of which it may be any part.
    .filter((answer) => (server.findMoment(answer, 'updated') ?? since) + 999 >= since);
  const items = changed
    .map((answer) => readExecution(server, answer, repository))
    .filter(({ title, ref = '' }) => isIn(text, title) || isIn(text, ref));
  return next === undefined || changed.length === 0 ? { items } : { items, next };
}

/**
 * @param {Server} server
 * @param {ExecutionReference} reference
 */
export async function cancel(server, reference) {
  if (server.kit.isOver((await getStatus(server, reference)).state)) return;
  const { status, text } = await server.change(reference.project, {
    path: `${pipelinePath(server, reference)}/cancel`,
    subject: describe(reference),
    expected: [400],
  });
  // It may have come to its end in between.
  if (status !== 400 || server.kit.isOver((await getStatus(server, reference)).state)) return;
  const words = server.connection.hide(text).slice(0, 200);
  throw server.kit.createRefusal({ title: TITLE, subject: describe(reference), status, words });
}

/**
 * @param {Server} server
 * @param {ExecutionReference} reference
 * @returns {Promise<Execution>}
 */
export async function retry(server, reference) {
  const { value, repository } = await server.change(reference.project, {
    path: pipelinePath(server, reference),
    subject: describe(reference),
  });
  return readExecution(server, new server.kit.Answer(value, 'the new pipeline'), repository);
}

/**
 * @param {Server} server
 * @param {Answer} answer
 * @param {Repository} repository
 * @returns {Execution}
 */
export function readExecution(server, answer, { id, name }) {
  const { given, isOver } = server.kit;
  const number = answer.id('number');
  const native = answer.text('status');
  const state = stateOf(native);
  const [message = ''] = (answer.findText('message') ?? '').split('\n');
  return {
    reference: { project: name, pipeline: '', id: number },
    attempt: 1,
    state,
    native,
    title: `#${number} ${message}`.trim().slice(0, MOST_TITLE).toWellFormed(),
    url: `${server.connection.baseUrl}/repos/${id}/pipeline/${number}`,
    ...given({
      ref: answer.findText('branch'),
      commit: answer.findText('commit'),
      trigger: answer.findText('event'),
      actor: answer.findText('author'),
      createdAt: server.findMoment(answer, 'created'),
      startedAt: server.findMoment(answer, 'started'),
      endedAt: isOver(state) ? server.findMoment(answer, 'finished') : undefined,
      key: answer.findObject('variables')?.findText(USUAL_KEY),
    }),
  };
}

/**
 * Other words than numbers mean other pipelines: `latest`.
 * @param {Server} server
 * @param {ExecutionReference} reference
 */
function pipelinePath({ kit }, reference) {
  if (/^\d{1,18}$/.test(reference.id)) return `/pipelines/${reference.id}`;
  throw kit.createRefusal({ title: TITLE, subject: describe(reference), status: 404, words: '' });
}

/**
 * As messages name it.
 * @param {ExecutionReference} reference
 */
export function describe({ project, id }) {
  return `pipeline ${id.slice(0, 100)} of ${project}`;
}

/**
 * @param {string | undefined} text
 * @param {string} name
 */
function isIn(text, name) {
  return text === undefined || name.toLowerCase().includes(text.toLowerCase());
}
