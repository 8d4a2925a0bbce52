import type { HttpAuth } from '#contracts/catalogue/http-request.js';
import { createAuthHeader } from '#contracts/http-auth.js';
import type { MetricResponse } from '#contracts/judgement/metric-world.js';
import type { SluiceError } from '#domain/errors.js';
import { isJsonObject, type Json } from '#domain/json.js';
import { createMetricMissing } from './metric-missing.js';
import type { CollectWorld } from './source.js';

interface Question {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What the service says of its refusal, out of its answer. */
  readonly explain?: (answer: Json) => Json | undefined;
}

interface Answer {
  readonly json: Json;
  /** Of the service's clock, where it tells: milliseconds since the epoch. */
  readonly date?: number;
}

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_WORDS = 300;

/** Asks a service for JSON. Throws SluiceError `metric-…`, `http-…`. */
export async function ask(question: Question, world: CollectWorld): Promise<Answer> {
  if (!world.send) {
    throw createMetricMissing(
      'metric-unreachable',
      'No service can be asked here.',
      'Give the value by itself, or let services be asked: `sluice gate --collect`.',
    );
  }
  const { url, method, headers = {}, secretHeaders = {}, body } = question;
  const response = await world.send({
    url,
    method,
    headers: { accept: 'application/json', ...lowerNames(headers), ...secretHeaders },
    secretHeaders: Object.keys(secretHeaders),
    ...(body === undefined ? {} : { body }),
    // The time of the metric is over first, and tells so.
    timeoutMs: world.timeoutMs + 1_000,
    maxBytes: MAX_BYTES,
    signal: world.signal,
  });
  const json = parseBody(response);
  if (response.status < 200 || response.status > 299) {
    throw createRefusal(response.status, json === undefined ? undefined : question.explain?.(json), world);
  }
  if (json === undefined) throw createInvalid('it is not JSON.');
  const date = Date.parse(response.headers['date'] ?? '');
  return Number.isNaN(date) ? { json } : { json, date };
}

/** The headers that show a secret, by its reference. */
export async function showSecret(auth: HttpAuth, world: CollectWorld): Promise<Record<string, string>> {
  const secret = await world.resolveSecret(auth.secret);
  return Object.fromEntries([createAuthHeader(auth, secret, world.mask)]);
}

/** @param problem the end of a sentence: `it has no data.` */
export function createInvalid(problem: string): SluiceError {
  return createMetricMissing(
    'metric-answer-invalid',
    `The answer cannot be read: ${problem}`,
    'Check the address, and that it is one of this kind of service.',
  );
}

/** The value under a key; undefined where there is no object. */
export function entryAt(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function lowerNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function parseBody({ body }: MetricResponse): Json | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as Json;
  } catch {
    return undefined;
  }
}

export function createQueryRefused(words: Json | undefined, world: CollectWorld): SluiceError {
  return createMetricMissing(
    'metric-query-refused',
    `The service refused the query${quote(words, world)}.`,
    'Try the query in the service itself.',
  );
}

function createRefusal(status: number, words: Json | undefined, world: CollectWorld): SluiceError {
  const why = quote(words, world);
  if (status === 401 || status === 403) {
    return createMetricMissing(
      'metric-access-refused',
      `The service refused access (status ${status})${why}.`,
      'Check the secret, and what it may read.',
    );
  }
  if (status === 429) {
    return createMetricMissing(
      'metric-rate-limited',
      `The service answers no more for now (status 429)${why}.`,
      'Ask less often, or try again later.',
    );
  }
  if (status >= 500) {
    return createMetricMissing(
      'metric-source-failed',
      `The service failed (status ${status})${why}.`,
      'Try again later.',
    );
  }
  if (status === 400 || status === 422) return createQueryRefused(words, world);
  return createMetricMissing(
    'metric-answer-invalid',
    `The service answered with status ${status}${why}.`,
    'Check the address.',
  );
}

/** Secrets are hidden before it is cut: half of one would be recognised nowhere. */
function quote(words: Json | undefined, world: CollectWorld): string {
  if (typeof words !== 'string' || words.trim() === '') return '';
  return `: ${world.hide(words.trim()).replaceAll(/\s+/g, ' ').slice(0, MAX_WORDS).toWellFormed().replace(/\.$/, '')}`;
}
