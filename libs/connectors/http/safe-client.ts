import { type Dispatcher, request as send } from 'undici';
import { createCanceledFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';
import { createFirstHop, createNextHop, createTooManyRedirects, findRedirect } from './hop.js';
import { createTimeout, toHttpFailure } from './http-failure.js';
import type { Resolve } from './pinned-lookup.js';
import { readBody } from './response-body.js';
import { createStreamedBody } from './streamed-body.js';
import { TimeLimit } from './time-limit.js';
import { createWayOut, type WayOut } from './way-out.js';

export interface SafeClientOptions {
  /** Addresses, CIDR ranges and host names beyond the public internet that may be reached. */
  readonly allow: readonly string[];
  /** How names become addresses; the system's way when absent. */
  readonly resolve?: Resolve;
  /** Certificates (PEM) of the only authorities that are trusted; those that Node trusts when absent. */
  readonly authorities?: string;
  /** `http://host:port` of a proxy through which everything goes: the request itself, or for https a tunnel (RFC 9110 §9.3.6). */
  readonly proxy?: string;
}

export interface SafeRequest {
  readonly url: string;
  readonly method: Dispatcher.HttpMethod;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names of headers that hold secrets; like Authorization and Cookie they go to the first origin only. */
  readonly secretHeaders?: readonly string[];
  readonly body?: string;
  /** Limit of the whole exchange; of one that is streamed: until its headers are there, and of each pause in its body. */
  readonly timeoutMs: number;
  /** Limit of the body, on the wire and after decompression. */
  readonly maxBytes: number;
  /** 5 when absent; with 0 a redirect is the answer. */
  readonly maxRedirects?: number;
  readonly signal: AbortSignal;
}

export interface SafeResponse {
  readonly status: number;
  /** Names in lower case, repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A response whose body has still to come. */
export interface StreamedResponse {
  readonly status: number;
  readonly headers: SafeResponse['headers'];
  /** Decompressed, at most `maxBytes`, once; cutting the iteration short ends the transfer. Throws as `send` does. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface SafeClient {
  /**
   * Throws SluiceError `http-url-invalid`, `http-header-refused`, `http-request-invalid`, `http-address-refused`,
   * `http-host-not-found`, `http-connection-failed`, `http-proxy-refused`, `http-tls-failed`, `http-timeout`,
   * `http-too-many-redirects`, `http-response-too-large`, `http-response-invalid`, `canceled`. Every status is a response.
   */
  send(request: SafeRequest): Promise<SafeResponse>;
  /** As `send`, with the body in parts: whoever asks iterates it, to its end or not. */
  stream(request: SafeRequest): Promise<StreamedResponse>;
  /** Closes its connections. */
  close(): Promise<void>;
}

const MAX_REDIRECTS = 5;

/** The one way out for URLs that users write: only addresses that the policy allows, nothing without limits. */
export function createSafeClient(options: SafeClientOptions): SafeClient {
  const way = createWayOut(options);
  return {
    send: (request) => new Exchange(request, way).read(),
    stream: (request) => new Exchange(request, way).stream(),
    close: () => way.dispatcher.destroy(),
  };
}

/** One request, with the redirects that it takes. */
class Exchange {
  private readonly limit = new TimeLimit();
  private readonly signal: AbortSignal;
  private origin = '';

  constructor(
    private readonly request: SafeRequest,
    private readonly way: WayOut,
  ) {
    this.signal = AbortSignal.any([request.signal, this.limit.signal]);
  }

  async read(): Promise<SafeResponse> {
    try {
      const { response, headers } = await this.open();
      const { statusCode: status, body } = response;
      if (this.hasNoBody(status)) {
        discard(response);
        return { status, headers, body: Buffer.alloc(0) };
      }
      const coding = headers['content-encoding'] ?? '';
      return { status, headers, body: await readBody(body, coding, this.request.maxBytes, this.signal) };
    } catch (error) {
      throw this.explain(error);
    } finally {
      this.limit.stop();
    }
  }

  async stream(): Promise<StreamedResponse> {
    try {
      const { response, headers } = await this.open();
      const { statusCode: status } = response;
      this.limit.stop();
      if (this.hasNoBody(status)) discard(response);
      const body = this.hasNoBody(status)
        ? NOTHING
        : createStreamedBody(response.body, {
            coding: headers['content-encoding'] ?? '',
            maxBytes: this.request.maxBytes,
            idleMs: this.request.timeoutMs,
            limit: this.limit,
            explain: (error) => this.explain(error),
          });
      return { status, headers, body };
    } catch (error) {
      this.limit.stop();
      throw this.explain(error);
    }
  }

  private async open(): Promise<{
    readonly response: Dispatcher.ResponseData;
    readonly headers: Record<string, string>;
  }> {
    const { timeoutMs, secretHeaders = [], maxRedirects = MAX_REDIRECTS } = this.request;
    let hop = createFirstHop(this.request);
    this.limit.start(timeoutMs);
    for (let redirects = 0; ; redirects += 1) {
      this.origin = hop.url.origin;
      await this.way.check(hop.url);
      const { dispatcher } = this.way;
      const response = await send(hop.url, { ...hop, dispatcher, signal: this.signal });
      const headers = flattenHeaders(response.headers);
      const target = maxRedirects > 0 ? findRedirect(response.statusCode, headers, hop.url) : undefined;
      if (!target) return { response, headers };
      discard(response);
      if (redirects === maxRedirects) throw createTooManyRedirects(maxRedirects);
      hop = createNextHop(hop, target, response.statusCode, secretHeaders);
    }
  }

  private hasNoBody(status: number): boolean {
    return this.request.method === 'HEAD' || status === 204 || status === 304;
  }

  private explain(error: unknown): SluiceError {
    if (this.request.signal.aborted) return createCanceledFailure('The request', this.request.signal);
    if (this.limit.passed) return createTimeout(this.origin, error);
    return toHttpFailure(error, this.origin);
  }
}

const NOTHING: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {
    // No body.
  },
};

function flattenHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** Whoever stops reading gets an error event for it, which means nothing here. */
function discard(response: Dispatcher.ResponseData): void {
  response.body.on('error', () => undefined).destroy();
}
