import type { SafeClient, SafeResponse } from '#connectors/http/safe-client.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import {
  HTTP_BODY_LIMIT,
  type HttpRequestInput,
  type HttpRequestOutput,
} from '#contracts/catalogue/http-request.js';
import { createAuthHeader } from '#contracts/http-auth.js';
import { classifyStatus, isWorthRetrying, readRetryAfter } from '#contracts/http-status.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import { parseDuration } from '#domain/definition/duration.js';
import type { SluiceError } from '#domain/errors.js';
import type { Json } from '#domain/json.js';

const DEFAULT_TIMEOUT = '30s';
const MAX_TIMEOUT_MS = 600_000;
/** Of a body that tells of a failure. */
const EXCERPT_LENGTH = 1_000;
const EXCERPTED_BYTES = 128 * 1024;

/**
 * `http/request`. Throws SluiceError `http-status` (a status that does not mean success), `http-timeout-invalid`,
 * what the client throws, and what the secret's resolver throws.
 */
export function createHttpRequest(client: SafeClient): Action {
  return async (input, context) => ({
    ...(await send(client, input as unknown as HttpRequestInput, context)),
  });
}

/** Sends it, with secrets resolved and limits kept. */
export async function send(
  client: SafeClient,
  input: HttpRequestInput,
  context: ActionContext,
): Promise<HttpRequestOutput> {
  const startedAt = performance.now();
  const method = input.method ?? 'GET';
  const auth = await resolveAuth(input, context);
  const body = input.body === undefined ? undefined : createBody(input.body);
  const headers = {
    ...(body?.json ? { 'content-type': 'application/json' } : {}),
    ...(method === 'POST' || method === 'PATCH'
      ? { 'idempotency-key': quoteKey(context.idempotencyKey) }
      : {}),
    ...lowerNames(input.headers ?? {}),
    ...auth,
  };
  const success = input.successStatus ?? ['2xx'];
  const url = addQuery(input.url, input.query ?? {});
  const response = await client.send({
    url,
    method,
    headers,
    secretHeaders: Object.keys(auth),
    timeoutMs: requireTimeout(input.timeout ?? DEFAULT_TIMEOUT),
    maxBytes: input.maxBytes ?? HTTP_BODY_LIMIT.default,
    signal: context.signal,
    ...(success.some((status) => /^3/.test(String(status))) ? { maxRedirects: 0 } : {}),
    ...(body === undefined ? {} : { body: body.text }),
  });
  if (!success.some((status) => matches(response.status, status))) {
    throw createStatusFailure(response, context.hide);
  }
  return {
    status: response.status,
    headers: withoutCookies(response.headers),
    body: input.read === 'raw' ? response.body.toString('base64') : readBody(response),
    durationMs: Math.round(performance.now() - startedAt),
    ...(input.echo === true ? { request: { method, uri: url, headers: withoutSecrets(headers, auth) } } : {}),
  };
}

async function resolveAuth(input: HttpRequestInput, context: ActionContext): Promise<Record<string, string>> {
  if (!input.auth) return {};
  const secret = await context.secrets.resolve(input.auth.secret);
  return Object.fromEntries([createAuthHeader(input.auth, secret, (part) => context.mask(part))]);
}

/** An output is stored; what proves who asks is not. */
function withoutSecrets(headers: Readonly<Record<string, string>>, auth: Readonly<Record<string, string>>) {
  const secret = new Set(['authorization', 'cookie', 'proxy-authorization', ...Object.keys(auth)]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.has(name)));
}

/** A string of RFC 8941, as draft-ietf-httpapi-idempotency-key-header asks. */
function quoteKey(key: string): string {
  return `"${key.replace(/["\\]/g, '\\$&')}"`;
}

function createBody(body: Json): { readonly text: string; readonly json: boolean } {
  return typeof body === 'string' ? { text: body, json: false } : { text: JSON.stringify(body), json: true };
}

function lowerNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A cookie is a secret, and outputs are stored. */
function withoutCookies({ 'set-cookie': _, ...headers }: SafeResponse['headers']): SafeResponse['headers'] {
  return headers;
}

/** A URL that does not parse is the client's to refuse. */
function addQuery(text: string, query: NonNullable<HttpRequestInput['query']>): string {
  const entries = Object.entries(query);
  if (entries.length === 0 || !URL.canParse(text)) return text;
  const url = new URL(text);
  for (const [name, value] of entries) url.searchParams.append(name, String(value));
  return url.href;
}

function requireTimeout(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1 && ms <= MAX_TIMEOUT_MS) return ms;
  throw createActionFailure({
    code: 'http-timeout-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${JSON.stringify(text)} is not a duration from 1ms to 10m.`,
    hint: 'Write it as `30s`.',
  });
}

function matches(status: number, range: string | number): boolean {
  const text = String(range);
  return text.endsWith('xx') ? Math.floor(status / 100) === Number(text[0]) : status === Number(text);
}

/** RFC 6839: `+json` is JSON too. What claims to be and is not stays text. */
function readBody(response: SafeResponse): Json {
  const text = response.body.toString('utf8').replace(/^\ufeff/, '');
  if (
    !/^\s*(application\/json|[\w.!#$&^+-]+\/[\w.!#$&^+-]+\+json)\s*(;|$)/i.test(
      response.headers['content-type'] ?? '',
    )
  ) {
    return text.replaceAll('\0', '\ufffd');
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text.replaceAll('\0', '\ufffd');
  }
}

function createStatusFailure(response: SafeResponse, hide: (text: string) => string): SluiceError {
  const { status } = response;
  const retryAfterMs = readRetryAfter(response.headers['retry-after']);
  // Secrets are hidden before it is cut: half of one would be recognised nowhere.
  const text = hide(response.body.toString('utf8', 0, EXCERPTED_BYTES).replaceAll('\0', '\ufffd').trim());
  const excerpt = text.slice(0, EXCERPT_LENGTH).toWellFormed();
  const retryable = isWorthRetrying(status);
  return createActionFailure({
    code: 'http-status',
    fault: retryable ? 'operational' : 'user',
    class: classifyStatus(status),
    retryable,
    message: `The service answered with status ${status}${excerpt ? `: ${excerpt}` : '.'}`,
    hint: 'Statuses that mean success belong into `successStatus`.',
    facts: { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
}
