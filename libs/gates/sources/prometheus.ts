import { MAX_SAMPLES } from '#contracts/judgement/measurement.js';
import type { PrometheusSource } from '#contracts/judgement/metric-source.js';
import { parseDuration } from '#domain/definition/duration.js';
import { isJsonObject, type Json } from '#domain/json.js';
import { ask, createInvalid, createQueryRefused, entryAt, showSecret } from './ask.js';
import { collectSeries } from './collect-series.js';
import { createMetricMissing } from './metric-missing.js';
import { checkClock, type Point, type Window } from './series.js';
import type { CollectWorld, Source } from './source.js';

/** Steps of a range whose step is not told. */
const STEPS = 60;

/** Prometheus by version 1 of its HTTP API, and whatever speaks it: Thanos, Mimir, VictoriaMetrics. */
export const prometheusSource: Source<PrometheusSource> = {
  describe: ({ server, query }) => `prometheus ${new URL(server).origin} ${query}`,
  async collect(source, world) {
    const { server, auth, partial = 'refuse' } = source;
    const secretHeaders = auth === undefined ? {} : await showSecret(auth, world);
    return collectSeries(source, world, {
      stepMs: (rangeMs) => stepOf(source, rangeMs),
      async query(query, window) {
        const { json, date } = await ask(
          {
            url: urlOf(server, window.start < window.end),
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            secretHeaders,
            body: formOf(query, window, world),
            explain: (answer) => entryAt(answer, 'error'),
          },
          world,
        );
        checkClock(date, world.now());
        return { points: readPoints(json, partial, world) };
      },
    });
  },
};

function urlOf(server: string, isRange: boolean): string {
  const base = server.replace(/[?#].*$/, '').replace(/\/+$/, '');
  return `${base}/api/v1/${isRange ? 'query_range' : 'query'}`;
}

function formOf(query: string, { start, end, stepMs }: Window, world: CollectWorld): string {
  const form = new URLSearchParams({ query, timeout: `${world.timeoutMs}ms` });
  if (start < end) {
    form.set('start', String(start / 1000));
    form.set('end', String(end / 1000));
    form.set('step', String(stepMs / 1000));
  } else form.set('time', String(end / 1000));
  return form.toString();
}

function stepOf({ step }: PrometheusSource, rangeMs: number): number {
  const stepMs = parseDuration(step ?? '') ?? Math.max(1_000, Math.ceil(rangeMs / STEPS));
  if (rangeMs / stepMs < MAX_SAMPLES) return stepMs;
  throw createMetricMissing(
    'metric-samples-too-many',
    `The range has more than ${MAX_SAMPLES} steps.`,
    'Ask for a shorter range or larger steps.',
  );
}

function readPoints(answer: Json, partial: 'refuse' | 'allow', world: CollectWorld): Point[] {
  const data = entryAt(answer, 'data');
  if (entryAt(answer, 'status') !== 'success') throw createQueryRefused(entryAt(answer, 'error'), world);
  const warnings = entryAt(answer, 'warnings');
  if (partial === 'refuse' && Array.isArray(warnings) && warnings.length > 0) {
    throw createMetricMissing(
      'metric-partial',
      `The answer may lack data: ${world.hide(String(warnings[0])).slice(0, 300).toWellFormed()}`,
      'Mend what it warns of, or write `partial: allow`.',
    );
  }
  const [type, result] = [entryAt(data, 'resultType'), entryAt(data, 'result')];
  if (!Array.isArray(result)) throw createInvalid('it has no result.');
  if (type === 'scalar') return [readPoint(result as Json)];
  if (type !== 'vector' && type !== 'matrix')
    throw createInvalid(`its result is of the type ${JSON.stringify(type)}.`);
  if (result.length > 1) {
    throw createMetricMissing(
      'metric-ambiguous',
      `The query gives ${result.length} series instead of one.`,
      'Make one of them, by `sum(…)` or `max(…)`, or name the labels of one.',
    );
  }
  return (result as readonly Json[]).flatMap((series) => {
    if (isJsonObject(series) && ('histogram' in series || 'histograms' in series))
      throw createInvalid('it is a histogram; take a number of it, by `histogram_quantile(…)`.');
    if (type === 'vector') return [readPoint(entryAt(series, 'value'))];
    const values = entryAt(series, 'values');
    return Array.isArray(values) ? (values as readonly Json[]).map(readPoint) : [];
  });
}

/** `[ 1435781451.781, "1" ]`; numbers may be `NaN`, `+Inf`, `-Inf`. */
function readPoint(pair: Json | undefined): Point {
  const [seconds, text] = Array.isArray(pair) ? (pair as readonly Json[]) : [];
  const value = typeof text === 'string' ? readValue(text) : undefined;
  if (typeof seconds !== 'number' || value === undefined)
    throw createInvalid('an observation is no pair of time and number.');
  return { at: Math.round(seconds * 1000), value };
}

function readValue(text: string): number | undefined {
  if (text === 'NaN') return Number.NaN;
  if (/^[+-]?Inf$/.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}
