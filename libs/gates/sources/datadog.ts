import type { DatadogSource } from '#contracts/judgement/metric-source.js';
import type { Json } from '#domain/json.js';
import { ask, createInvalid, createQueryRefused, entryAt } from './ask.js';
import { collectSeries } from './collect-series.js';
import { createMetricMissing } from './metric-missing.js';
import { checkClock, type Point } from './series.js';
import type { Source } from './source.js';

/** Of a point that stands for a day. */
const LONGEST_STEP_MS = 86_400_000;

/** Datadog by version 1 of "Query timeseries points" of its API. */
export const datadogSource: Source<DatadogSource> = {
  describe: ({ site = 'datadoghq.com', query }) => `datadog ${site} ${query}`,
  async collect(source, world) {
    const { site = 'datadoghq.com', server = `https://api.${site}` } = source;
    const [apiKey, applicationKey] = await Promise.all([
      world.resolveSecret(source.apiKey),
      world.resolveSecret(source.applicationKey),
    ]);
    world.mask(apiKey);
    world.mask(applicationKey);
    return collectSeries(source, world, {
      stepMs: () => 0,
      async query(query, { start, end }) {
        const url = new URL(`${server.replace(/\/+$/, '')}/api/v1/query`);
        url.searchParams.set('from', String(Math.floor(start / 1000)));
        url.searchParams.set('to', String(Math.ceil(end / 1000)));
        url.searchParams.set('query', query);
        const { json, date } = await ask(
          {
            url: url.href,
            method: 'GET',
            secretHeaders: { 'dd-api-key': apiKey, 'dd-application-key': applicationKey },
            explain: explainRefusal,
          },
          world,
        );
        checkClock(date, world.now());
        if (entryAt(json, 'status') !== 'ok') throw createQueryRefused(explainRefusal(json), world);
        const points = readPoints(json);
        return { points, stepMs: findStep(points) };
      },
    });
  },
};

/** `errors` of a status that refuses, `error` of an answer that does. */
function explainRefusal(answer: Json): Json | undefined {
  const errors = entryAt(answer, 'errors');
  return Array.isArray(errors) ? (errors as readonly Json[])[0] : (entryAt(answer, 'error') ?? undefined);
}

/** Of `pointlist`: milliseconds, and a number or null where nothing was measured. */
function readPoints(answer: Json): Point[] {
  const series = entryAt(answer, 'series');
  if (!Array.isArray(series)) throw createInvalid('it has no `series`.');
  if (series.length > 1) {
    throw createMetricMissing(
      'metric-ambiguous',
      `The query gives ${series.length} series instead of one.`,
      'Leave `by {…}` out of the query, or name the tags of one.',
    );
  }
  return (series as readonly Json[]).flatMap((one) => {
    const points = entryAt(one, 'pointlist');
    if (!Array.isArray(points)) throw createInvalid('a series has no `pointlist`.');
    return (points as readonly Json[]).map(readPoint);
  });
}

function readPoint(pair: Json): Point {
  const [at, value] = Array.isArray(pair) ? (pair as readonly Json[]) : [];
  if (typeof at !== 'number' || (typeof value !== 'number' && value !== null))
    throw createInvalid('a point is no pair of time and number.');
  return { at, value: value ?? Number.NaN };
}

/** The documentation and the service disagree about the unit of `interval`; the points do not. */
function findStep(points: readonly Point[]): number {
  const times = points.map(({ at }) => at).toSorted((a, b) => a - b);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const least = gaps.reduce((gap, other) => (other > 0 && other < gap ? other : gap), LONGEST_STEP_MS);
  return gaps.length === 0 ? 0 : least;
}
