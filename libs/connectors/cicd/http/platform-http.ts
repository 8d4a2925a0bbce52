import { setTimeout as sleep } from 'node:timers/promises';
import { createCanceledFailure } from '#contracts/catalogue/action-failure.js';
import { isWorthRetrying, readRetryAfter } from '#contracts/http-status.js';
import { isSluiceError } from '#domain/errors.js';
import type { SafeRequest, SafeResponse, StreamedResponse } from '../../http/safe-client.js';
import type { Connection } from '../connection.js';
import type { RateLimit } from '../platform.js';
import { createMisfit } from './answer.js';
import { createRateLimited, createRefusal } from './refusal.js';

/** What a platform adds to HTTP. */
export interface HttpManners {
  /** As messages name it: `GitHub`. */
  readonly title: string;
  /** Headers that prove who asks, by names in lower case; they go to the origin of the base URL alone. */
  authorize(connection: Connection): Promise<Readonly<Record<string, string>>>;
  /** What proves who asks was refused: forget what is kept of it. True: it is worth one more try. */
  renew?(connection: Connection): boolean;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the headers of an answer tell of the limit. */
  readLimit?(headers: SafeResponse['headers']): RateLimit | undefined;
  /** Milliseconds to wait before the request is sent again, where the answer means that a limit is reached. */
  readWait?(response: SafeResponse, now: number): number | undefined;
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

const TIMEOUT_MS = 30_000;
const MOST_BYTES = 16 * 1024 * 1024;
const EXCERPTED_BYTES = 16 * 1024;
const EXCERPT_LENGTH = 500;
/** Before what is safe to ask twice is asked again, in milliseconds. */
const PAUSES_MS = [500, 2_000];
/** Room between the platform's clock and ours. */
const SPARE_MS = 250;

/** Requests of one use of a platform: proves who asks, waits for limits, asks again what is safe to ask twice. */
export class PlatformHttp {
  constructor(
    readonly connection: Connection,
    private readonly manners: HttpManners,
  ) {}

  /** As the last answer told it. */
  get rateLimit(): RateLimit | undefined {
    return this.connection.memory.get(LIMIT) as RateLimit | undefined;
  }

  /**
   * Throws SluiceError `platform-auth-refused`, `platform-permission-missing`, `platform-not-found`, `platform-refused`,
   * `platform-unavailable`, `platform-rate-limited`, `platform-answer-invalid`, and what the client throws.
   */
  async send(request: PlatformRequest): Promise<PlatformResponse> {
    const { status, headers, body } = await this.exchange(request, (sent) => this.connection.send(sent));
    const text = body.toString('utf8');
    return { status, headers, text, value: this.readValue(headers, text, request) };
  }

  /** The body of a success in parts; whatever else as an error, as `send` does. */
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

  private async exchange(
    request: PlatformRequest,
    send: (sent: Omit<SafeRequest, 'signal'>) => Promise<SafeResponse>,
  ): Promise<SafeResponse> {
    const mayRepeat = (request.method ?? 'GET') === 'GET';
    let renewed = false;
    for (let failures = 0; ; ) {
      await this.waitForGate();
      const response = await this.attempt(request, send, mayRepeat && failures < PAUSES_MS.length);
      if (response !== undefined) {
        if (this.noteLimits(response)) continue;
        if (isSuccess(response.status) || request.expected?.includes(response.status)) return response;
        if (response.status === 401 && !renewed && this.manners.renew?.(this.connection) === true) {
          renewed = true;
          continue;
        }
        const repeats = mayRepeat && failures < PAUSES_MS.length && isWorthRetrying(response.status);
        if (!repeats) throw this.refuse(request, response);
      }
      await this.pause(PAUSES_MS[failures]!);
      failures += 1;
    }
  }

  /** Undefined: it did not get through, and may be sent again. */
  private async attempt(
    request: PlatformRequest,
    send: (sent: Omit<SafeRequest, 'signal'>) => Promise<SafeResponse>,
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

  /** Whether the answer says that a limit is reached; what is sent from now on waits for its end. */
  private noteLimits(response: SafeResponse): boolean {
    const { memory } = this.connection;
    const limit = this.manners.readLimit?.(response.headers);
    if (limit !== undefined) memory.set(LIMIT, limit);
    const wait = isSuccess(response.status) ? undefined : this.manners.readWait?.(response, Date.now());
    if (wait === undefined) return false;
    memory.set(GATE, Math.max(Number(memory.get(GATE) ?? 0), Date.now() + wait + SPARE_MS));
    return true;
  }

  private async waitForGate(): Promise<void> {
    const { memory, patienceMs } = this.connection;
    const wait = Number(memory.get(GATE) ?? 0) - Date.now();
    if (wait <= 0) return;
    const { title } = this.manners;
    if (wait > patienceMs) throw createRateLimited(title, wait);
    this.connection.waits(`${title} lets the integration ask no more for ${Math.ceil(wait / 1000)} s.`, wait);
    await this.pause(wait);
  }

  private async pause(ms: number): Promise<void> {
    const { signal } = this.connection;
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw createCanceledFailure('The request', signal);
  }

  private refuse({ subject }: PlatformRequest, response: SafeResponse): Error {
    const { title, readRefusal, readMissing } = this.manners;
    return createRefusal({
      title,
      subject,
      status: response.status,
      words: this.excerpt(readRefusal?.(response) ?? readWords(response)),
      missing: response.status === 403 ? readMissing?.(response) : undefined,
      retryAfterMs: readRetryAfter(response.headers['retry-after']),
    });
  }

  /** Secrets are hidden before it is cut: half of one would be recognised nowhere. */
  private excerpt(text: string): string {
    return this.connection
      .hide(text)
      .replaceAll('\0', '\ufffd')
      .trim()
      .slice(0, EXCERPT_LENGTH)
      .toWellFormed();
  }

  private readValue(headers: SafeResponse['headers'], text: string, { subject }: PlatformRequest): unknown {
    if (text.trim() === '') return undefined;
    const isJson = /json|javascript/i.test(headers['content-type'] ?? 'application/json');
    // Who is not let in is shown a page by some, with a status of success.
    if (/^\s*</.test(text) && /html/i.test(headers['content-type'] ?? ''))
      throw createMisfit(`the answer for ${subject}`, 'JSON but a web page');
    if (!isJson) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw createMisfit(`the answer for ${subject}`, 'JSON');
    }
  }
}

/** Keys of Connection.memory. */
const LIMIT = 'rate-limit';
const GATE = 'rate-gate';

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function isRetryable(error: unknown): boolean {
  return isSluiceError(error) && (error.details as { retryable?: boolean } | undefined)?.retryable === true;
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

/** `message` or `error` of a body of JSON, as most platforms put it; else the body, where it is plain text. */
function readWords({ headers, body }: SafeResponse): string {
  const text = body.toString('utf8', 0, EXCERPTED_BYTES);
  if (/html/i.test(headers['content-type'] ?? '')) return '';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return text;
    const { message, error } = value as Record<string, unknown>;
    const words = message ?? error;
    if (words === undefined) return text;
    return typeof words === 'string' ? words : JSON.stringify(words);
  } catch {
    return text;
  }
}
