import type { Dispatcher } from 'undici';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';
import { ACCEPT_ENCODING } from './response-body.js';
import type { SafeRequest, SafeResponse } from './safe-client.js';

/** One of the requests that following redirects takes. */
export interface Hop {
  readonly url: URL;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Headers that decide framing and routing (RFC 9110 §7.6.1); these are the client's own. */
const REFUSED_HEADERS =
  /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|keep-alive|expect|proxy-.*)$/i;
const SECRET_HEADERS = ['authorization', 'cookie'];

/** Throws SluiceError `http-url-invalid`, `http-header-refused`. */
export function createFirstHop(request: SafeRequest): Hop {
  const headers: Record<string, string> = { 'user-agent': 'sluice', 'accept-encoding': ACCEPT_ENCODING };
  for (const [name, value] of Object.entries(request.headers)) {
    if (REFUSED_HEADERS.test(name)) throw createHeaderRefused(name);
    headers[name.toLowerCase()] = value;
  }
  const body = request.body === undefined ? {} : { body: request.body };
  return { url: parseUrl(request.url), method: request.method, headers, ...body };
}

/** Method and body by RFC 9110 §15.4 as browsers do it; secrets stay with the origin that they were meant for. */
export function createNextHop(hop: Hop, url: URL, status: number, secretHeaders: readonly string[]): Hop {
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

/** Where an answer sends the request on; throws SluiceError `http-url-invalid`. */
export function findRedirect(status: number, headers: SafeResponse['headers'], base: URL): URL | undefined {
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

export function createTooManyRedirects(limit: number): SluiceError {
  return createActionFailure({
    code: 'http-too-many-redirects',
    fault: 'user',
    class: 'dependency',
    retryable: false,
    message: `The service redirected more than ${limit} times.`,
    hint: 'Use the URL to which it redirects at last.',
  });
}
