import { isRetryable } from '#contracts/catalogue/action-failure.js';
import { isWorthRetrying, readRetryAfter } from '#contracts/http-status.js';
import type { SafeRequest, SafeResponse, StreamedResponse } from '../../http/safe-client.js';
import type { Connection } from '../connection.js';
import type { RateLimit } from '../platform.js';
import { createMisfit } from './answer.js';
import { pause } from './pause.js';
import { type LimitManners, type Patience, RateGate } from './rate-gate.js';
import { createRedirected, createRefusal } from './refusal.js';
import { EXCERPTED_BYTES, excerpt, isWebPage, readWords } from './words.js';

/** What a platform adds to HTTP. */
export interface HttpManners extends LimitManners {
  /** Headers that prove who asks, by names in lower case; they go to the origin of the base URL alone. */
  authorize(connection: Connection): Promise<Readonly<Record<string, string>>>;
  /** What proves who asks was refused: forget what is kept of it. True: it is worth one more try. */
  renew?(connection: Connection): boolean;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In one sentence, what an answer of failure says; undefined: what its body says is shown. */
  readRefusal?(response: SafeResponse): string | undefined;
  /** Name of the permission whose lack an answer of 403 tells. */
  readMissing?(response: SafeResponse): string | undefined;
}

export interface PlatformRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the base URL, with a leading slash, its parts encoded. */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that mean something to the caller beside 2xx. */
  readonly expected?: readonly number[];
  /** 0 where a redirect is the answer. */
  readonly maxRedirects?: number;
  /** What is asked for, as people call it: `the pipeline build.yml of acme/app`. */
  readonly subject: string;
}

export interface PlatformResponse {
  readonly status: number;
  readonly headers: SafeResponse['headers'];
  /** Of JSON; undefined where the body is empty or something else. */
  readonly value: unknown;
  readonly text: string;
}

type Send = (sent: Omit<SafeRequest, 'signal'>) => Promise<SafeResponse>;

const TIMEOUT_MS = 30_000;
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_REDIRECTS = 5;
/** Before what is safe to ask twice is asked again, in milliseconds. */
const PAUSES_MS = [500, 2_000];

/** Requests of one use of a platform: proves who asks, waits for limits, asks again what is safe to ask twice. */
export class PlatformHttp {
  private readonly gate: RateGate;

  constructor(
    readonly connection: Connection,
    private readonly manners: HttpManners,
  ) {
    this.gate = new RateGate(connection, manners);
  }

  /** As the last answer told it. */
  get rateLimit(): RateLimit | undefined {
    return this.gate.limit;
  }

  /**
   * An answer from the origin of the base URL: a redirect to another one is an error. Throws SluiceError
   * `platform-auth-refused`, `platform-permission-missing`, `platform-not-found`, `platform-refused`,
   * `platform-unavailable`, `platform-rate-limited`, `platform-redirects`, `platform-answer-invalid`, and what the client
   * throws.
   */
  async send(request: PlatformRequest): Promise<PlatformResponse> {
    const { status, headers, body } = await this.exchange(request, (sent) => this.follow(request, sent));
    const text = body.toString('utf8');
    return { status, headers, text, value: this.readValue({ status, headers, body }, text, request) };
  }

  /** The body of a success in parts, from wherever the platform keeps it; whatever else as an error, as `send` does. */
  async stream(request: PlatformRequest, maxBytes: number): Promise<StreamedResponse> {
    let streamed: StreamedResponse | undefined;
    await this.exchange(request, async (sent) => {
      streamed = await this.connection.stream({ ...sent, maxBytes });
      const { status, headers } = streamed;
      const wanted = isSuccess(status) || request.expected?.includes(status) === true;
      return { status, headers, body: wanted ? Buffer.alloc(0) : await readStart(streamed.body) };
    });
    return streamed!;
  }

  private async exchange(request: PlatformRequest, send: Send): Promise<SafeResponse> {
    const mayRepeat = (request.method ?? 'GET') === 'GET';
    const patience: Patience = { leftMs: this.connection.patienceMs };
    let renewed = false;
    for (let failures = 0; ; ) {
      await this.gate.pass(patience);
      const repeats = mayRepeat && failures < PAUSES_MS.length;
      const response = await this.attempt(request, send, repeats);
      if (response !== undefined) {
        const { status } = response;
        if (request.expected?.includes(status) !== true && this.gate.note(response, mayRepeat)) continue;
        if (isSuccess(status) || request.expected?.includes(status)) return response;
        if (status === 401 && !renewed && this.manners.renew?.(this.connection) === true) {
          renewed = true;
          continue;
        }
        if (!repeats || !isWorthRetrying(status)) throw this.refuse(request, response);
      }
      await pause(PAUSES_MS[failures]!, this.connection.signal);
      failures += 1;
    }
  }

  /** Undefined: it did not get through, and may be sent again. */
  private async attempt(
    request: PlatformRequest,
    send: Send,
    mayRepeat: boolean,
  ): Promise<SafeResponse | undefined> {
    const secretHeaders = await this.manners.authorize(this.connection);
    try {
      return await send({
        url: this.connection.baseUrl + request.path + writeQuery(request.query ?? {}),
        method: request.method ?? 'GET',
        headers: {
          accept: 'application/json',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(request.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...this.manners.headers,
          ...request.headers,
          ...secretHeaders,
        },
        secretHeaders: Object.keys(secretHeaders),
        ...bodyOf(request),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MOST_BYTES,
        ...(request.maxRedirects === undefined ? {} : { maxRedirects: request.maxRedirects }),
      });
    } catch (error) {
      if (mayRepeat && isRetryable(error)) return undefined;
      throw error;
    }
  }

  /** Within the origin; what changes something goes on only where it stays as it is (RFC 9110 §15.4.8). */
  private async follow(request: PlatformRequest, sent: Omit<SafeRequest, 'signal'>): Promise<SafeResponse> {
    let { url } = sent;
    for (let redirects = 0; ; redirects += 1) {
      const response = await this.connection.send({ ...sent, url, maxRedirects: 0 });
      const target = findTarget(response, url);
      const isAnswer = request.maxRedirects === 0 || request.expected?.includes(response.status) === true;
      if (target === undefined || isAnswer) return response;
      const stays = [307, 308].includes(response.status) || sent.method === 'GET';
      if (target.origin !== new URL(url).origin || !stays || redirects === MOST_REDIRECTS)
        throw createRedirected(this.manners.title, request.subject, target.origin);
      url = target.href;
    }
  }

  private refuse({ subject }: PlatformRequest, response: SafeResponse): Error {
    const { title, readRefusal, readMissing } = this.manners;
    return createRefusal({
      title,
      subject,
      status: response.status,
      words: excerpt(readRefusal?.(response) ?? readWords(response), (text) => this.connection.hide(text)),
      missing: response.status === 403 ? readMissing?.(response) : undefined,
      retryAfterMs: readRetryAfter(response.headers['retry-after']),
    });
  }

  private readValue(response: SafeResponse, text: string, request: PlatformRequest): unknown {
    const { status, headers } = response;
    if (text.trim() === '') return undefined;
    // Who is not let in is shown a page by some, with a status of success.
    if (isWebPage(headers, text)) {
      if (!isSuccess(status)) return undefined;
      if (status === 203) throw this.refuse(request, { ...response, status: 401 });
      throw createMisfit(`the answer for ${request.subject}`, 'JSON but a web page');
    }
    if (!/json|javascript/i.test(headers['content-type'] ?? 'application/json')) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      if (!isSuccess(status)) return undefined;
      throw createMisfit(`the answer for ${request.subject}`, 'JSON');
    }
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function findTarget({ status, headers }: SafeResponse, base: string): URL | undefined {
  const location = headers['location'];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  return URL.canParse(location, base) ? new URL(location, base) : undefined;
}

function bodyOf({ body, form }: PlatformRequest): { readonly body?: string } {
  if (form !== undefined) return { body: new URLSearchParams(form).toString() };
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

function writeQuery(query: NonNullable<PlatformRequest['query']>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) given.append(name, String(value));
  return given.size === 0 ? '' : `?${given}`;
}

async function readStart(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size >= EXCERPTED_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, EXCERPTED_BYTES);
}
