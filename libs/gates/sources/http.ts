import { MAX_SAMPLES } from '#contracts/judgement/measurement.js';
import type { HttpSource } from '#contracts/judgement/metric-source.js';
import { parseDuration } from '#domain/definition/duration.js';
import { parseMoment } from '#domain/definition/moment.js';
import type { Json } from '#domain/json.js';
import { ask, createInvalid, showSecret } from './ask.js';
import { findByPointer } from './json-pointer.js';
import { createMetricMissing } from './metric-missing.js';
import { reduceValues } from './series.js';
import type { Reading, Source } from './source.js';

const MAX_AGE_MS = 300_000;

/** Any service that answers with JSON. */
export const httpSource: Source<HttpSource> = {
  describe: ({ url, value }) => `http ${withoutQuery(url)} ${value}`,
  async collect(source, world) {
    const { url, method = 'GET', headers = {}, body, auth } = source;
    const { json } = await ask(
      {
        ...{ url, method },
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        secretHeaders: auth === undefined ? {} : await showSecret(auth, world),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      world,
    );
    const observedAt =
      source.at === undefined ? undefined : readTime(json, source.at, source.maxAge, world.now());
    const reduction = source.reduce ?? (source.baseline === undefined ? 'average' : 'samples');
    const found = readNumbers(json, source.value);
    const reading: Reading = {
      ...(observedAt === undefined ? {} : { observedAt }),
      ...(source.baseline === undefined ? {} : { baseline: [readNumbers(json, source.baseline)].flat() }),
    };
    if (typeof found === 'number') return { ...reading, value: found };
    if (reduction === 'samples') return { ...reading, samples: found };
    return { ...reading, value: reduceValues(found, reduction) };
  },
};

/** What a query holds may be a secret. */
function withoutQuery(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}`;
}

function readNumbers(json: Json, pointer: string): number | number[] {
  const found = findByPointer(json, pointer);
  if (found === undefined || found === null) throw createNothing(pointer);
  if (!Array.isArray(found)) return readNumber(found, pointer);
  if (found.length === 0) throw createNothing(pointer);
  if (found.length > MAX_SAMPLES)
    throw createMetricMissing(
      'metric-samples-too-many',
      `At \`${pointer}\` are ${found.length} numbers, more than ${MAX_SAMPLES}.`,
      'Let the service answer with fewer.',
    );
  return (found as readonly Json[]).map((item) => readNumber(item, pointer));
}

/** Services write numbers as text where they have many digits. */
function readNumber(value: Json, pointer: string): number {
  const number =
    typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)
      ? Number(value)
      : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  if (typeof value === 'number' || /^[+-]?(nan|inf(inity)?)$/i.test(String(value))) {
    throw createMetricMissing(
      'metric-not-finite',
      `At \`${pointer}\` stands no finite number.`,
      'Look at what the service measures.',
    );
  }
  throw createInvalid(`at \`${pointer}\` stands no number.`);
}

function readTime(json: Json, pointer: string, maxAge: string | undefined, now: number): number {
  const written = findByPointer(json, pointer);
  const at =
    typeof written === 'number'
      ? toMs(written)
      : typeof written === 'string'
        ? parseMoment(written)
        : undefined;
  if (at === undefined || !Number.isFinite(at)) {
    throw createMetricMissing(
      'metric-clock',
      `At \`${pointer}\` stands no time with its offset.`,
      'Let the service write RFC 3339 (`2030-01-31T08:00:00Z`), or seconds since 1970.',
    );
  }
  if (at > now + MAX_AGE_MS) {
    throw createMetricMissing(
      'metric-clock',
      `The value is of ${new Date(at).toISOString()}, which is yet to come.`,
      'Check the clock and the time zone of the service.',
    );
  }
  if (at < now - (parseDuration(maxAge ?? '') ?? MAX_AGE_MS)) {
    throw createMetricMissing(
      'metric-stale',
      `The value is of ${new Date(at).toISOString()}, which is too long ago.`,
      'Check that the service still measures, or raise `maxAge`.',
    );
  }
  return at;
}

/** Seconds would reach the year 5138 before they are taken for milliseconds. */
function toMs(time: number): number | undefined {
  const ms = Math.abs(time) < 1e11 ? time * 1000 : time;
  return Math.abs(ms) < 8.64e15 ? ms : undefined;
}

function createNothing(pointer: string) {
  return createMetricMissing(
    'metric-empty',
    `At \`${pointer}\` stands nothing.`,
    'Look at what the service answers, and correct the pointer.',
  );
}
