import type { Connection } from '../connection.js';
import { Answer } from '../http/answer.js';
import { findToken, forgetToken } from '../http/credentials.js';
import { encodePart } from '../http/encode-part.js';
import { given } from '../http/given.js';
import {
  type HttpManners,
  PlatformHttp,
  type PlatformRequest,
  type PlatformResponse,
} from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import type { Page } from '../platform.js';

export const TITLE = 'CircleCI';
export const TOKEN_HEADER = 'circle-token';

type GetRequest = Pick<PlatformRequest, 'path' | 'query' | 'subject' | 'expected'>;
type PostRequest = Pick<PlatformRequest, 'path' | 'body' | 'subject' | 'expected'>;

const ROOT = '/api/v2';
const OLD_ROOT = '/api/v1.1';
/** What a list is followed to. */
const MOST_PAGES = 50;
const MOST_CURSOR = 2_000;

const MANNERS: HttpManners = {
  title: TITLE,
  authorize: async (connection) => ({ [TOKEN_HEADER]: await findToken(connection) }),
  renew: forgetToken,
};

/** Requests to version 2 of CircleCI's API, and to what only version 1.1 has. */
export class CircleCiApi {
  readonly http: PlatformHttp;
  private readonly isRooted: boolean;

  constructor(readonly connection: Connection) {
    this.http = new PlatformHttp(connection, MANNERS);
    this.isRooted = connection.baseUrl.endsWith(ROOT);
  }

  get(request: GetRequest): Promise<PlatformResponse> {
    return this.http.send({ ...request, path: this.root + request.path });
  }

  post(request: PostRequest): Promise<PlatformResponse> {
    return this.http.send({ ...request, path: this.root + request.path, method: 'POST' });
  }

  getOld(request: GetRequest): Promise<PlatformResponse> {
    const root = this.isRooted ? '/../v1.1' : OLD_ROOT;
    return this.http.send({ ...request, path: root + request.path });
  }

  async page(request: GetRequest, cursor?: string): Promise<Page<Answer>> {
    const token = cursor === undefined || cursor.length > MOST_CURSOR ? undefined : cursor;
    const { value } = await this.get({ ...request, query: { ...request.query, 'page-token': token } });
    const answer = new Answer(value, request.subject);
    const next = answer.findText('next_page_token');
    return {
      items: answer.list('items'),
      ...given({ next: next === cursor || next === '' ? undefined : next }),
    };
  }

  /** Page by page, as long as whoever reads wants more. */
  async *pages(request: GetRequest): AsyncGenerator<readonly Answer[]> {
    let cursor: string | undefined;
    for (let count = 0; count < MOST_PAGES; count += 1) {
      const { items, next } = await this.page(request, cursor);
      yield items;
      if (next === undefined) return;
      cursor = next;
    }
  }

  async all(request: GetRequest): Promise<readonly Answer[]> {
    const all: Answer[] = [];
    for await (const items of this.pages(request)) all.push(...items);
    return all;
  }

  private get root(): string {
    return this.isRooted ? '' : ROOT;
  }
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ['github', 'gh'],
  ['bitbucket', 'bb'],
]);

/** A slug as CircleCI itself writes it. Throws SluiceError `platform-not-found`. */
export function readSlug(project: string): string {
  const parts = project.split('/');
  for (const part of parts) encodePart(TITLE, 'project', part);
  if (parts.length !== 3) {
    const subject = `project ${JSON.stringify(project.slice(0, 100))}: a slug has three parts, as gh/organization/repository`;
    throw createRefusal({ title: TITLE, subject, status: 404, words: '' });
  }
  const [provider = '', ...rest] = parts;
  return [SHORT.get(provider) ?? provider, ...rest].join('/');
}

/** The slug is one part of the path. */
export function projectPath(project: string): string {
  return `/project/${encodePart(TITLE, 'project', readSlug(project))}`;
}

/** The slug is three parts of the path. */
export function partedPath(project: string): string {
  return `/project/${readSlug(project).split('/').map(encodeURIComponent).join('/')}`;
}

export function pipelinePath(id: string): string {
  return `/pipeline/${encodePart(TITLE, 'pipeline', id)}`;
}

export function workflowPath(id: string): string {
  return `/workflow/${encodePart(TITLE, 'workflow', id)}`;
}
