import { description, TITLE } from './description.js';

/** @import { Connection } from 'sluice/cicd/connection.js' */
/** @import { Answer } from 'sluice/cicd/http/answer.js' */
/** @import { PlatformHttp, PlatformRequest, PlatformResponse } from 'sluice/cicd/http/platform-http.js' */
/** @import { Target } from 'sluice/cicd/platform.js' */
/** @import { PluginKit } from 'sluice/cicd/plugins/plugin.js' */

/**
 * @typedef {object} Repository
 * @property {string} id a number
 * @property {string} name `owner/repository`, as it is now
 * @property {string} title of its pipeline: where its workflows lie
 * @property {boolean} isActive
 * @property {string | undefined} branch the usual one
 */

const USUAL_WORKFLOWS = '.woodpecker';
/** As many as the server gives at once. */
const PAGE_SIZE = 50;

/** The API of one server, version 3: https://woodpecker-ci.org/api */
export class Server {
  /** @readonly @type {PlatformHttp} */
  http;

  /**
   * @param {PluginKit} kit
   * @param {Connection} connection
   */
  constructor(kit, connection) {
    this.kit = kit;
    this.connection = connection;
    this.http = new kit.PlatformHttp(connection, {
      title: TITLE,
      authorize: async () => ({ authorization: `Bearer ${await kit.findToken(connection)}` }),
    });
  }

  /**
   * A repository by its name; one that was renamed is found by its old name too. Throws `platform-not-found`.
   * @param {string} project
   * @returns {Promise<Repository>}
   */
  async getRepository(project) {
    const parts = project.split('/').map((part) => this.kit.encodePart(TITLE, 'repository', part));
    const { value } = await this.http.send({
      path: `/api/repos/lookup/${parts.join('/')}`,
      subject: `repository ${project}`,
    });
    const answer = new this.kit.Answer(value, 'the repository');
    const repository = {
      id: answer.id('id'),
      name: answer.text('full_name'),
      title: answer.findText('config_file') || USUAL_WORKFLOWS,
      isActive: answer.findBoolean('active') !== false,
      branch: answer.findText('default_branch'),
    };
    this.connection.memory.set(keyOf(project), repository);
    return repository;
  }

  /**
   * The repository of a target, whose only pipeline is named by nothing or by where it lies. Throws `platform-not-found`.
   * @param {Pick<Target, 'project' | 'pipeline'>} target
   * @returns {Promise<Repository>}
   */
  async requireTarget({ project, pipeline }) {
    const repository = await this.getRepository(project);
    if (pipeline === '' || pipeline === repository.title) return repository;
    const subject = `pipeline ${JSON.stringify(pipeline.slice(0, 100))} in ${project}, but one by ${repository.title}`;
    throw this.kit.createRefusal({ title: TITLE, subject, status: 404, words: '' });
  }

  /**
   * A request below a repository, whose number is kept from one use of the integration to the next.
   * @param {string} project
   * @param {PlatformRequest} request its path begins behind `/api/repos/{id}`
   * @returns {Promise<PlatformResponse & { readonly repository: Repository }>}
   */
  async ask(project, request) {
    const repository = await this.#findRepository(project);
    try {
      const response = await this.http.send(below(repository, request));
      return { ...response, repository };
    } catch (error) {
      throw this.#forget(project, error);
    }
  }

  /**
   * The same for what changes something. To who may only read, the server says that there is no such thing.
   * @param {string} project
   * @param {Omit<PlatformRequest, 'method'>} request
   */
  async change(project, request) {
    const expected = [...(request.expected ?? []), 404];
    const answered = await this.ask(project, { ...request, method: 'POST', expected });
    if (answered.status !== 404 || request.expected?.includes(404)) return answered;
    const { subject } = request;
    const { value } = await this.ask(project, { path: '/permissions', subject });
    const mayPush = new this.kit.Answer(value, 'the permissions').findBoolean('push') !== false;
    const [missing] = description.permissions;
    throw this.kit.createRefusal(
      mayPush
        ? { title: TITLE, subject, status: 404, words: '' }
        : { title: TITLE, subject, status: 403, words: '', missing },
    );
  }

  /**
   * The body of an answer in parts; undefined where there is none.
   * @param {string} project
   * @param {PlatformRequest} request
   * @param {number} maxBytes
   */
  async stream(project, request, maxBytes) {
    const repository = await this.#findRepository(project);
    const { status, body } = await this.http.stream(
      below(repository, { ...request, expected: [404] }),
      maxBytes,
    );
    return status === 404 ? undefined : body;
  }

  /**
   * One page of a list, and the cursor of the next.
   * @param {string} project
   * @param {PlatformRequest} request
   * @param {string | undefined} cursor
   */
  async page(project, request, cursor) {
    const page = /^[1-9]\d{0,6}$/.test(cursor ?? '') ? Number(cursor) : 1;
    const query = { ...request.query, page, perPage: PAGE_SIZE };
    const { value, repository } = await this.ask(project, { ...request, query });
    const isFull = Array.isArray(value) && value.length >= PAGE_SIZE;
    return { value, repository, next: isFull ? String(page + 1) : undefined };
  }

  /**
   * A moment in seconds since the epoch, 0 where it has not come.
   * @param {Answer} answer
   * @param {string} name
   */
  findMoment(answer, name) {
    const seconds = answer.findNumber(name) ?? 0;
    return seconds > 0 ? seconds * 1_000 : undefined;
  }

  /**
   * @param {string} project
   * @returns {Promise<Repository>}
   */
  async #findRepository(project) {
    const known = /** @type {Repository | undefined} */ (this.connection.memory.get(keyOf(project)));
    return known ?? this.getRepository(project);
  }

  /**
   * What is not found by a number may be found by another one.
   * @param {string} project
   * @param {unknown} error
   */
  #forget(project, error) {
    if (/** @type {{ code?: unknown }} */ (error).code === 'platform-not-found')
      this.connection.memory.delete(keyOf(project));
    return error;
  }
}

/**
 * @param {Repository} repository
 * @param {PlatformRequest} request
 * @returns {PlatformRequest}
 */
function below({ id }, request) {
  return { ...request, path: `/api/repos/${id}${request.path}` };
}

/** @param {string} project */
function keyOf(project) {
  return `repository ${project}`;
}
