import { describe, expect, it } from '@jest/globals';
import type { NewRelicSource } from '#contracts/judgement/metric-source.js';
import { collectMeasurements } from './collect-measurements.js';
import { answerAsNerdGraph, type FakeResults } from './testing/fake-newrelic.js';
import { createFakeWorld, type FakeAnswer, NOW } from './testing/fake-world.js';

const END = NOW / 1000;
const buckets = (...values: (number | null)[]) =>
  values.map((value, index) => {
    const endTimeSeconds = END - 60 * (values.length - 1 - index);
    return {
      beginTimeSeconds: endTimeSeconds - 60,
      endTimeSeconds,
      inspectedCount: 9,
      'average.duration': value,
    };
  });

const KNOWN: Readonly<Record<string, FakeResults>> = {
  'SELECT count(*)': { results: [{ count: 1000 }] },
  'SELECT percentile': { results: [{ 'percentile.duration': { '95': 1.25 } }] },
  'SELECT average(duration) FROM Canary': { results: buckets(1, null, 3) },
  'SELECT average(duration) FROM Stable': { results: buckets(2, 2) },
  'SELECT two': { results: [{ a: 1, b: 2 }] },
  'SELECT text': { results: [{ name: 'x' }] },
  'SELECT null': { results: [{ average: null }] },
  'SELECT none': { results: [] },
  'SELECT facets': { results: [{ facet: 'a', count: 1 }], facets: ['appName'] },
  'SELECT rows': { results: [{ count: 1 }, { count: 2 }] },
  'SELECT old': { results: [{ count: 1 }], window: [NOW - 90_000_000, NOW - 86_400_000] },
  'SELECT zone': { results: [{ count: 1 }], window: [NOW, NOW + 3_600_000] },
};

async function collect(query: string, more: Partial<NewRelicSource> = {}, answer?: FakeAnswer) {
  const fake = createFakeWorld((request) => answer ?? answerAsNerdGraph(request, KNOWN));
  const source: NewRelicSource = { from: 'newrelic', account: 12, apiKey: 'env:KEY', query, ...more };
  const [measured] = await collectMeasurements({ m: source }, fake.world);
  return { measured, ...fake };
}

describe('New Relic', () => {
  it('asks NRQL in the region of the account', async () => {
    const { measured, requests, secrets } = await collect('SELECT count(*) FROM T', {
      region: 'eu',
      timeout: '1500ms',
    });
    expect(measured).toEqual({
      metric: 'm',
      value: 1000,
      source: 'newrelic 12 SELECT count(*) FROM T',
      observedAt: '2030-01-01T12:00:00.000Z',
    });
    expect(requests.map(({ url, secretHeaders }) => [url, secretHeaders])).toEqual([
      ['https://api.eu.newrelic.com/graphql', ['api-key']],
    ]);
    expect(JSON.parse(requests[0]?.body ?? '').variables).toEqual({
      account: 12,
      query: 'SELECT count(*) FROM T',
      timeout: 2,
    });
    expect(secrets).toEqual(['secret of KEY']);
  });

  it('finds a number where it is told, and samples in series', async () => {
    expect((await collect('SELECT percentile', { value: '/percentile.duration/95' })).measured?.value).toBe(
      1.25,
    );
    const { measured, requests } = await collect('SELECT average(duration) FROM Canary TIMESERIES', {
      range: '1h',
      baseline: 'SELECT average(duration) FROM Stable TIMESERIES',
    });
    expect([measured?.samples, measured?.baseline]).toEqual([
      [1, 3],
      [2, 2],
    ]);
    expect(requests[0]?.body).toContain(`TIMESERIES SINCE ${NOW - 3_600_000} UNTIL ${NOW}`);
    expect(
      (await collect('SELECT average(duration) FROM Canary TIMESERIES', { reduce: 'last' })).measured?.value,
    ).toBe(3);
  });

  it.each<[string, string, string, Partial<NewRelicSource>?, FakeAnswer?]>([
    ['several numbers', 'SELECT two', 'metric-ambiguous'],
    ['facets', 'SELECT facets', 'metric-ambiguous'],
    ['several rows', 'SELECT rows', 'metric-ambiguous'],
    ['text', 'SELECT text', 'metric-unknown'],
    ['a pointer to nothing', 'SELECT count(*)', 'metric-unknown', { value: '/cuont' }],
    ['null', 'SELECT null', 'metric-empty'],
    ['no rows', 'SELECT none', 'metric-empty'],
    ['a window of yesterday', 'SELECT old', 'metric-stale'],
    ['a window that is yet to come', 'SELECT zone', 'metric-clock'],
    ['a refused query', 'SELEC', 'metric-query-refused'],
    ['the wrong key', 'SELECT two', 'metric-access-refused', { apiKey: 'env:OTHER' }],
    ['a broken service', 'SELECT two', 'metric-source-failed', {}, { status: 502, body: '<html>' }],
    ['another service', 'SELECT two', 'metric-answer-invalid', {}, { body: { data: {} } }],
    [
      'rows of another form',
      'SELECT two',
      'metric-answer-invalid',
      {},
      { body: { data: { actor: { account: { nrql: { results: [1] } } } } } },
    ],
  ])(
    'gives no number for %s',
    async (_, query, code, more = {}, answer: FakeAnswer | undefined = undefined) => {
      const { measured } = await collect(query, more, answer);
      expect(measured?.missing).toEqual({ code, message: expect.any(String), hint: expect.any(String) });
      expect(JSON.stringify(measured)).not.toContain('secret of');
    },
  );
});
