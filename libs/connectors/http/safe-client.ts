import { Agent, type Dispatcher, request as send } from 'undici';
import { createActionFailure, createCanceledFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';
import { type AddressPolicy, createAddressPolicy } from './address-policy.js';
import { createTimeout, toHttpFailure } from './http-failure.js';
import { createPinnedLookup, type Resolve, requireAllowedLiteral, resolveBySystem } from './pinned-lookup.js';
import { ACCEPT_ENCODING, readBody } from './response-body.js';

export interface SafeClientOptions {
  /** Addresses, CIDR ranges and host names beyond the public internet that may be reached. */
  readonly allow: readonly string[];
  /** How names become addresses; the system's way when absent. */
  readonly resolve?: Resolve;
  /** Certificates (PEM) of the only authorities that are trusted; those that Node trusts when absent. */
  readonly authorities?: string;
}

export interface SafeRequest {
  readonly url: string;
  readonly method: Dispatcher.HttpMethod;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names of headers that hold secrets; like Authorization and Cookie they go to the first origin only. */
  readonly secretHeaders?: readonly string[];
  readonly body?: string;
  /** Limit of the whole exchange. */
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
  /** Decompressed, at most `maxBytes`; cutting the iteration short ends the transfer. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface SafeClient {
  /**
   * Throws SluiceError `http-url-invalid`, `http-header-refused`, `http-request-invalid`, `http-address-refused`,
   * `http-host-not-found`, `http-connection-failed`, `http-tls-failed`, `http-timeout`, `http-too-many-redirects`,
   * `http-response-too-large`, `http-response-invalid`, `canceled`. Every status is a response.
   */
  send(request: SafeRequest): Promise<SafeResponse>;
  /** Closes its connections. */
  close(): Promise<void>;
}

const MAX_REDIRECTS = 5;
const CONNECT_TIMEOUT_MS = 10_000;
/** Headers that decide framing and routing (RFC 9110 §7.6.1); these are the client's own. */
const REFUSED_HEADERS =
  /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|keep-alive|expect|proxy-.*)$/i;
const SECRET_HEADERS = ['authorization', 'cookie'];

/** The one way out for URLs that users write: only addresses that the policy allows, nothing without limits. */
export function createSafeClient(options: SafeClientOptions): SafeClient {
  const policy = createAddressPolicy(options.allow);
  const agent = new Agent({
    allowH2: false,
    connect: {
      lookup: createPinnedLookup(policy, options.resolve ?? resolveBySystem),
      timeout: CONNECT_TIMEOUT_MS,
      ...(options.authorities === undefined ? {} : { ca: options.authorities }),
    },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    send: (request) => exchange(request, policy, agent),
    close: () => agent.destroy(),
  };
}

async function exchange(request: SafeRequest, policy: AddressPolicy, agent: Agent): Promise<SafeResponse> {
  let hop = createFirstHop(request);
  const limit = AbortSignal.timeout(request.timeoutMs);
  const signal = AbortSignal.any([request.signal, limit]);
  const maxRedirects = request.maxRedirects ?? MAX_REDIRECTS;
  try {
    for (let redirects = 0; ; redirects += 1) {
      requireAllowedLiteral(hop.url, policy);
      const response = await send(hop.url, { ...hop, dispatcher: agent, signal });
      const headers = flattenHeaders(response.headers);
      const target = maxRedirects > 0 ? findRedirect(response.statusCode, headers, hop.url) : undefined;
      if (!target)
        return { status: response.statusCode, headers, body: await read(response, request, signal) };
      discard(response);
      if (redirects === maxRedirects) throw createTooManyRedirects(maxRedirects);
      hop = createNextHop(hop, target, response.statusCode, request.secretHeaders ?? []);
    }
  } catch (error) {
    if (request.signal.aborted) throw createCanceledFailure('The request', request.signal);
    if (limit.aborted) throw createTimeout(hop.url.origin, error);
    throw toHttpFailure(error, hop.url.origin);
  }
}

interface Hop {
  readonly url: URL;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function createFirstHop(request: SafeRequest): Hop {
  const headers: Record<string, string> = { 'user-agent': 'sluice', 'accept-encoding': ACCEPT_ENCODING };
  for (const [name, value] of Object.entries(request.headers)) {
    if (REFUSED_HEADERS.test(name)) throw createHeaderRefused(name);
    headers[name.toLowerCase()] = value;
  }
  const body = request.body === undefined ? {} : { body: request.body };
  return { url: parseUrl(request.url), method: request.method, headers, ...body };
}

/** Method and body by RFC 9110 §15.4 as browsers do it; secrets stay with the origin that they were meant for. */
function createNextHop(hop: Hop, url: URL, status: number, secretHeaders: readonly string[]): Hop {
  const secret = new Set([...SECRET_HEADERS, ...secretHeaders.map((name) => name.toLowerCase())]);
  const becomesGet =
    (status === 303 && hop.method !== 'HEAD') ||
    ((status === 301 || status === 302) && hop.method === 'POST');
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(
      ([name]) =>
        (url.origin === hop.url.origin || !secret.has(name)) && !(becomesGet && /^content-/.test(name)),
    ),
  );
  if (becomesGet) return { url, method: 'GET', headers };
  return { url, method: hop.method, headers, ...(hop.body === undefined ? {} : { body: hop.body }) };
}

function findRedirect(status: number, headers: SafeResponse['headers'], base: URL): URL | undefined {
  const location = headers['location'];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  return parseUrl(location, base);
}

/** Throws SluiceError `http-url-invalid`; the message repeats no URL, for it may hold a secret. */
function parseUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw createUrlInvalid(
      base
        ? 'The service redirects to something other than an http or https URL.'
        : 'The URL is not an absolute http or https URL.',
      'Write it as `https://host/path`.',
    );
  }
  if (url.username || url.password) {
    throw createUrlInvalid(
      'The URL holds credentials.',
      'Hand them over by `auth`, as a reference to a secret.',
    );
  }
  url.hash = '';
  return url;
}

function flattenHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

async function read(
  response: Dispatcher.ResponseData,
  request: SafeRequest,
  signal: AbortSignal,
): Promise<Buffer> {
  if (request.method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304) {
    discard(response);
    return Buffer.alloc(0);
  }
  const encoding = response.headers['content-encoding'] ?? '';
  return readBody(response.body, [encoding].flat().join(', '), request.maxBytes, signal);
}

/** Whoever stops reading gets an error event for it, which means nothing here. */
function discard(response: Dispatcher.ResponseData): void {
  response.body.on('error', () => undefined).destroy();
}

function createUrlInvalid(message: string, hint: string): SluiceError {
  return createActionFailure({
    code: 'http-url-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message,
    hint,
  });
}

function createHeaderRefused(name: string): SluiceError {
  return createActionFailure({
    code: 'http-header-refused',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The header ${JSON.stringify(name)} cannot be set.`,
    hint: 'Leave it out: it follows from the URL and the body.',
  });
}

function createTooManyRedirects(limit: number): SluiceError {
  return createActionFailure({
    code: 'http-too-many-redirects',
    fault: 'user',
    class: 'dependency',
    retryable: false,
    message: `The service redirected more than ${limit} times.`,
    hint: 'Use the URL to which it redirects at last.',
  });
}
