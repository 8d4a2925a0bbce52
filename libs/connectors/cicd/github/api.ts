import type { Connection } from '../connection.js';
import { Answer } from '../http/answer.js';
import { encodePart } from '../http/encode-part.js';
import { PlatformHttp, type PlatformRequest } from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import type { Page } from '../platform.js';
import { MANNERS } from './manners.js';

/** Of a page of a list, where that is not the answer itself. */
interface List {
  readonly request: PlatformRequest;
  /** Field of the answer that holds the list; the answer is the list when absent. */
  readonly field?: string;
  readonly cursor?: string | undefined;
}

const PAGE = 100;
/** Gitea's own most. */
const GITEA_PAGE = 50;
/** Pages that are read where all are wanted: jobs and artifacts of one run. */
const MOST_PAGES = 50;

/** The API of GitHub, of an Enterprise Server (`/api/v3`), or of Gitea (`/api/v1`), which has most of it. */
export class GitHubApi {
  readonly http: PlatformHttp;
  readonly isGitea: boolean;

  constructor(readonly connection: Connection) {
    this.http = new PlatformHttp(connection, MANNERS);
    this.isGitea = new URL(connection.baseUrl).pathname.endsWith('/api/v1');
  }

  async page({
    request,
    field,
    cursor,
  }: List): Promise<Page<Answer> & { readonly date: number | undefined }> {
    const page = /^[1-9]\d{0,5}$/.test(cursor ?? '') ? Number(cursor) : 1;
    const size = this.isGitea ? { limit: GITEA_PAGE } : { per_page: PAGE };
    const { value, headers } = await this.http.send({
      ...request,
      query: { ...request.query, ...size, page },
    });
    const place = `the ${request.subject}`;
    const items =
      field === undefined
        ? new Answer({ items: value }, place).findList('items')
        : new Answer(value, place).findList(field);
    const date = Date.parse(headers['date'] ?? '');
    return {
      items,
      date: Number.isNaN(date) ? undefined : date,
      ...(/;\s*rel="?next/.test(headers['link'] ?? '') ? { next: String(page + 1) } : {}),
    };
  }

  async all(list: Omit<List, 'cursor'>): Promise<readonly Answer[]> {
    const items: Answer[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { items: more, next } = await this.page({ ...list, cursor });
      items.push(...more);
      if (next === undefined) break;
      cursor = next;
    }
    return items;
  }
}

/** Throws SluiceError `platform-not-found` for what is no name of a repository. */
export function repositoryPath(project: string): string {
  const parts = project.split('/');
  if (parts.length !== 2) {
    const shown = JSON.stringify(project.slice(0, 100).toWellFormed());
    throw createRefusal({ title: MANNERS.title, subject: `repository ${shown}`, status: 404, words: '' });
  }
  return `/repos/${parts.map((part) => encodePart(MANNERS.title, 'repository', part)).join('/')}`;
}

export function workflowPath(project: string, pipeline: string): string {
  const part = encodePart(MANNERS.title, 'workflow', pipeline);
  return `${repositoryPath(project)}/actions/workflows/${part}`;
}

export function runPath(project: string, id: string): string {
  return `${repositoryPath(project)}/actions/runs/${encodePart(MANNERS.title, 'run', id)}`;
}

export function jobPath(project: string, id: string): string {
  return `${repositoryPath(project)}/actions/jobs/${encodePart(MANNERS.title, 'job', id)}`;
}
