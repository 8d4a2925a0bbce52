import type { ExecutionReference } from '#contracts/cicd/execution.js';
import type { SafeResponse } from '../../http/safe-client.js';
import type { Connection } from '../connection.js';
import { findBasic, findToken, forgetToken } from '../http/credentials.js';
import { encodePart } from '../http/encode-part.js';
import {
  type HttpManners,
  PlatformHttp,
  type PlatformRequest,
  type PlatformResponse,
} from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import { seeThroughSignIn } from '../http/sign-in-page.js';
import type { RateLimit } from '../platform.js';
import { TITLE } from './description.js';

/** Of everything but what is still a preview. */
const VERSION = '7.1';

/** Says with every request which version of the API is meant: without it the platform refuses, or answers as of old. */
export class AzureHttp {
  readonly http: PlatformHttp;

  constructor(readonly connection: Connection) {
    this.http = new PlatformHttp(seeThroughSignIn(connection, isSignIn), MANNERS);
  }

  send(request: PlatformRequest): Promise<PlatformResponse> {
    return this.http.send({ ...request, query: { 'api-version': VERSION, ...request.query } });
  }

  stream(request: PlatformRequest, maxBytes: number) {
    return this.http.stream({ ...request, query: { 'api-version': VERSION, ...request.query } }, maxBytes);
  }
}

/** `/Web%20Shop/_apis`. */
export function apiOf(project: string): string {
  return `/${encodePart(TITLE, 'project', project)}/_apis`;
}

/** `/Shop/_apis/build/builds/12`. Throws SluiceError `platform-not-found` for what is no number. */
export function pathOf({ project, id }: ExecutionReference): string {
  if (!/^\d{1,15}$/.test(id))
    throw createRefusal({ title: TITLE, subject: `run ${id.slice(0, 100)}`, status: 404, words: '' });
  return `${apiOf(project)}/build/builds/${id}`;
}

/** `next` of a list. */
export function readNext({ headers }: PlatformResponse): { readonly next?: string } {
  const token = headers['x-ms-continuationtoken'] ?? '';
  return token === '' ? {} : { next: token };
}

const MANNERS: HttpManners = {
  title: TITLE,
  async authorize(connection) {
    const { auth } = connection;
    if (auth.type === 'token')
      return { authorization: `Basic ${await findBasic(connection, '', auth.secret)}` };
    if (auth.type === 'basic')
      return { authorization: `Basic ${await findBasic(connection, auth.username, auth.secret)}` };
    return { authorization: `Bearer ${await findToken(connection)}` };
  },
  renew: forgetToken,
  // What is not let in is told so, and not shown a page for signing in.
  headers: { 'x-tfs-fedauthredirect': 'Suppress' },
  readLimit,
  readMissing,
};

/** Requests are slowed down first: who is asked to wait after a success is told so by the same words as after a failure. */
function readLimit(headers: SafeResponse['headers']): RateLimit | undefined {
  const pause = readPause(headers);
  const limit = readNumber(headers['x-ratelimit-limit']);
  const remaining = readNumber(headers['x-ratelimit-remaining']);
  const reset = readNumber(headers['x-ratelimit-reset']);
  if (pause !== undefined) return { ...given('limit', limit), remaining: 0, resetsAt: Date.now() + pause };
  if (limit === undefined && remaining === undefined) return undefined;
  return {
    ...given('limit', limit),
    ...given('remaining', remaining),
    ...given('resetsAt', reset === undefined ? undefined : reset * 1_000),
  };
}

/** Milliseconds; `X-RateLimit-Delay` is how long the last request was held back. */
function readPause(headers: SafeResponse['headers']): number | undefined {
  const seconds = readNumber(headers['retry-after']) ?? readNumber(headers['x-ratelimit-delay']);
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1_000;
}

/** `TF215106: Access denied. Robot needs Queue builds permissions for …`. */
function readMissing({ body }: SafeResponse): string | undefined {
  const text = body.toString('utf8').slice(0, 16_384);
  return /needs (?:the )?(?:following permission\(s\) )?([A-Za-z][\w &()/-]{1,60}?) permissions?\b/.exec(
    text,
  )?.[1];
}

function isSignIn({ status, headers }: Pick<SafeResponse, 'status' | 'headers'>): boolean {
  if (status === 203) return true;
  if (status === 302 || status === 303)
    return /_signin|\/signin|login\.|vssps|\/oauth2\//i.test(headers['location'] ?? '');
  return status === 200 && /html/i.test(headers['content-type'] ?? '');
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
}

function given<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: T };
}
