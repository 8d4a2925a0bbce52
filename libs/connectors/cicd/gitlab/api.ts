import type { Connection } from '../connection.js';
import { type Answer, readList } from '../http/answer.js';
import { encodePart } from '../http/encode-part.js';
import { given } from '../http/given.js';
import { PlatformHttp, type PlatformRequest, type PlatformResponse } from '../http/platform-http.js';
import type { Page } from '../platform.js';
import { MANNERS, TITLE } from './manners.js';

type GetRequest = Pick<PlatformRequest, 'path' | 'query' | 'subject' | 'expected' | 'headers'>;
type PostRequest = Pick<PlatformRequest, 'path' | 'body' | 'subject' | 'expected'>;

const ROOT = '/api/v4';
const PAGE_SIZE = 100;
/** What a list is followed to. */
const MOST_PAGES = 50;
/** What says where a page begins, by numbers or by keys. */
const CURSOR_KEYS = ['page', 'id_after', 'id_before', 'cursor', 'page_token'];
const MOST_CURSOR = 2_000;

/** Requests to version 4 of GitLab's API. */
export class GitLabApi {
  readonly http: PlatformHttp;
  private readonly root: string;

  constructor(readonly connection: Connection) {
    this.http = new PlatformHttp(connection, MANNERS);
    this.root = connection.baseUrl.endsWith(ROOT) ? '' : ROOT;
  }

  get(request: GetRequest): Promise<PlatformResponse> {
    return this.http.send({ ...request, path: this.root + request.path });
  }

  post(request: PostRequest): Promise<PlatformResponse> {
    return this.http.send({ ...request, path: this.root + request.path, method: 'POST' });
  }

  stream(request: GetRequest, maxBytes: number) {
    return this.http.stream({ ...request, path: this.root + request.path }, maxBytes);
  }

  /** One page of a list, and the cursor of the next. */
  async page(request: GetRequest, cursor?: string): Promise<Page<Answer>> {
    const from = readCursor(cursor);
    const query = { per_page: PAGE_SIZE, ...request.query, ...from };
    const { value, headers } = await this.get({ ...request, query });
    const next = findNext(headers);
    const isNew = next !== undefined && next !== new URLSearchParams(from).toString();
    return { items: readList(value, request.subject), ...given({ next: isNew ? next : undefined }) };
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
}

export function projectPath(project: string): string {
  return `/projects/${encodePart(TITLE, 'project', project)}`;
}

export function pipelinePath(project: string, id: string): string {
  return `${projectPath(project)}/pipelines/${encodePart(TITLE, 'pipeline', id)}`;
}

export function jobPath(project: string, job: string): string {
  return `${projectPath(project)}/jobs/${encodePart(TITLE, 'job', job)}`;
}

/** Of a cursor nothing counts but where it begins. */
function readCursor(cursor: string | undefined): Readonly<Record<string, string>> {
  if (cursor === undefined || cursor.length > MOST_CURSOR) return {};
  const given = new URLSearchParams(cursor);
  return Object.fromEntries(
    CURSOR_KEYS.flatMap((key) => {
      const value = given.get(key);
      return value === null ? [] : [[key, value]];
    }),
  );
}

/** Of `Link` (RFC 8288), or of GitLab's own header where something between took that away. */
function findNext(headers: PlatformResponse['headers']): string | undefined {
  const link = /<([^<>]*)>\s*;\s*rel="?next"?/i.exec(headers['link'] ?? '')?.[1];
  if (link !== undefined && URL.canParse(link, 'http://gitlab')) {
    const { searchParams } = new URL(link, 'http://gitlab');
    const begins = [...searchParams].filter(([key]) => CURSOR_KEYS.includes(key));
    return begins.length === 0 ? undefined : new URLSearchParams(begins).toString();
  }
  const page = headers['x-next-page'] ?? '';
  return /^\d{1,9}$/.test(page) ? `page=${page}` : undefined;
}
