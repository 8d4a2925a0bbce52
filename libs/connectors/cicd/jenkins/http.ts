import type { SafeResponse } from '../../http/safe-client.js';
import type { Connection } from '../connection.js';
import { createAuthUnfit, findBasic, findToken } from '../http/credentials.js';
import {
  type HttpManners,
  PlatformHttp,
  type PlatformRequest,
  type PlatformResponse,
} from '../http/platform-http.js';
import { createRefusal } from '../http/refusal.js';
import { seeThroughSignIn } from '../http/sign-in-page.js';
import { TITLE } from './description.js';

/** What Jenkins asks of those who sign in with a password (protection against forged requests). */
interface Crumb {
  readonly field: string;
  readonly crumb: string;
  /** The session that it holds for. */
  readonly cookie: string;
}

/** Keys of Connection.memory. */
const CRUMB = 'jenkins-crumb';
const KIND = 'jenkins-kind';

const HTTP_TOKEN = /^[\w!#$%&'*+.^`|~-]{1,100}$/;

export class JenkinsHttp {
  readonly http: PlatformHttp;
  /** Of the last answer. */
  lastHeaders: SafeResponse['headers'] = {};

  constructor(readonly connection: Connection) {
    this.http = new PlatformHttp(seeThroughSignIn(connection, isSignIn), MANNERS);
  }

  async get(request: PlatformRequest): Promise<PlatformResponse> {
    const answer = await this.http.send(request);
    this.noteKind(answer.headers);
    return answer;
  }

  /** A redirect is an answer; with a crumb where Jenkins asks for one. */
  async post(request: PlatformRequest): Promise<PlatformResponse> {
    const expected = [...(request.expected ?? []), 302, 303, 403];
    for (let renewed = false; ; renewed = true) {
      const answer = await this.http.send({ ...request, method: 'POST', maxRedirects: 0, expected });
      this.noteKind(answer.headers);
      if (answer.status !== 403) return answer;
      if (renewed || !/no valid crumb/i.test(answer.text) || !(await this.renewCrumb()))
        throw this.refuse(request, answer);
    }
  }

  /** Whether lists can be asked for in part: Hudson cannot. */
  async knowsRanges(): Promise<boolean> {
    const { memory } = this.connection;
    if (!memory.has(KIND)) await this.get({ path: '/api/json', query: { tree: 'mode' }, subject: 'server' });
    return memory.get(KIND) !== 'hudson';
  }

  private noteKind(headers: SafeResponse['headers']): void {
    this.lastHeaders = headers;
    const kind = readKind(headers);
    if (kind !== undefined) this.connection.memory.set(KIND, kind);
  }

  /** False: there is nobody who gives one. */
  private async renewCrumb(): Promise<boolean> {
    const { memory } = this.connection;
    memory.delete(CRUMB);
    const path = '/crumbIssuer/api/json';
    const { status, value, headers } = await this.http.send({ path, expected: [404], subject: 'crumb' });
    if (status === 404 || typeof value !== 'object' || value === null) return false;
    const { crumb, crumbRequestField: field } = value as Record<string, unknown>;
    if (typeof crumb !== 'string' || typeof field !== 'string') return false;
    if (!HTTP_TOKEN.test(field) || !/^[\x20-\x7e]{1,500}$/.test(crumb)) return false;
    const cookies = [...(headers['set-cookie'] ?? '').matchAll(/JSESSIONID[\w.-]*=[^;,\s]+/g)];
    memory.set(CRUMB, { field: field.toLowerCase(), crumb, cookie: cookies.join('; ') } satisfies Crumb);
    return true;
  }

  private refuse({ subject }: PlatformRequest, { status, headers, text }: PlatformResponse): Error {
    const seen = { status, headers, body: Buffer.from(text) };
    const words = this.connection.hide(readRefusal(seen) ?? '').slice(0, 500);
    return createRefusal({ title: TITLE, subject, status, words, missing: readMissing(seen) });
  }
}

/** Hudson names itself on pages only; its JSON is of a type of its own. */
function readKind(headers: SafeResponse['headers']): 'jenkins' | 'hudson' | undefined {
  if (headers['x-jenkins'] !== undefined) return 'jenkins';
  const isOld = /^application\/javascript\b/i.test(headers['content-type'] ?? '');
  return isOld || headers['x-hudson'] !== undefined ? 'hudson' : undefined;
}

const MANNERS: HttpManners = {
  title: TITLE,
  async authorize(connection) {
    const crumb = connection.memory.get(CRUMB) as Crumb | undefined;
    if (crumb !== undefined) for (const text of [crumb.crumb, ...valuesOf(crumb)]) connection.mask(text);
    return {
      authorization: await findAuthorization(connection),
      ...(crumb === undefined ? {} : { [crumb.field]: crumb.crumb }),
      ...(crumb === undefined || crumb.cookie === '' ? {} : { cookie: crumb.cookie }),
    };
  },
  readRefusal,
  readMissing,
};

async function findAuthorization(connection: Connection): Promise<string> {
  const { auth } = connection;
  if (auth.type === 'basic') return `Basic ${await findBasic(connection, auth.username, auth.secret)}`;
  if (auth.type === 'bearer') return `Bearer ${await findToken(connection)}`;
  throw createAuthUnfit(auth.type);
}

/** What the cookies hold. */
function valuesOf({ cookie }: Crumb): readonly string[] {
  return cookie
    .split('; ')
    .map((each) => each.slice(each.indexOf('=') + 1))
    .filter((value) => value !== '');
}

/** Errors are pages; what went wrong stands in a header, or in the first lines of a text. */
function readRefusal({ headers, body }: SafeResponse): string | undefined {
  const said = headers['x-error'];
  if (said !== undefined) return said;
  const text = body.toString('utf8');
  return /no valid crumb/i.test(text) ? 'No valid crumb was included in the request.' : undefined;
}

/** `admin is missing the Job/Build permission`. */
function readMissing({ body }: SafeResponse): string | undefined {
  const text = body.toString('utf8').slice(0, 16_384);
  return /is missing the (?:<b>)?([\w/ -]{1,60}?)(?:<\/b>)? permission/i.exec(text)?.[1];
}

function isSignIn({ status, headers }: Pick<SafeResponse, 'status' | 'headers'>): boolean {
  const isRedirect = status === 302 || status === 303;
  return isRedirect && /\/(login\b|securityRealm\/commenceLogin|j_acegi)/i.test(headers['location'] ?? '');
}
