import { describe, expect, it } from '@jest/globals';
import type { DatadogSource } from '#contracts/judgement/metric-source.js';
import { collectMeasurements } from './collect-measurements.js';
import { answerAsDatadog, type FakeSeries } from './testing/fake-datadog.js';
import { createFakeWorld, type FakeAnswer, NOW } from './testing/fake-world.js';

const SERIES: FakeSeries = {
  one: [
    [
      [120_000, 4],
      [60_000, null],
      [0, 8],
    ],
  ],
  stable: [
    [
      [60_000, 1],
      [0, 2],
    ],
  ],
  two: [[[0, 1]], [[0, 2]]],
  none: [],
  nothing: [[[60_000, null]]],
  old: [[[1_800_000, 1]]],
  zone: [
    [
      [-3_600_000, 1],
      [-3_540_000, 1],
    ],
  ],
  earlier: [
    [
      [7_200_000, 1],
      [7_140_000, 1],
    ],
  ],
};

async function collect(more: Partial<DatadogSource>, answer?: FakeAnswer) {
  const fake = createFakeWorld((request) => answer ?? answerAsDatadog(request, SERIES));
  const source: DatadogSource = {
    from: 'datadog',
    apiKey: 'env:API',
    applicationKey: 'env:APP',
    query: 'one',
    range: '1h',
    ...more,
  };
  const [measured] = await collectMeasurements({ m: source }, fake.world);
  return { measured, ...fake };
}

describe('Datadog', () => {
  it('asks for the time before now, at the site of the account', async () => {
    const { measured, requests, secrets } = await collect({ site: 'datadoghq.eu', reduce: 'max' });
    expect(measured).toEqual({
      metric: 'm',
      value: 8,
      source: 'datadog datadoghq.eu one',
      observedAt: '2030-01-01T12:00:00.000Z',
    });
    expect(requests.map(({ url, secretHeaders }) => [url, secretHeaders])).toEqual([
      [
        `https://api.datadoghq.eu/api/v1/query?from=${NOW / 1000 - 3600}&to=${NOW / 1000}&query=one`,
        ['dd-api-key', 'dd-application-key'],
      ],
    ]);
    expect(secrets).toEqual(['secret of API', 'secret of APP']);
  });

  it('leaves out what has no number, and keeps samples beside those of the baseline', async () => {
    const { measured } = await collect({ baseline: 'stable', server: 'https://dd.proxy.example/' });
    expect([measured?.samples, measured?.baseline]).toEqual([
      [4, 8],
      [1, 2],
    ]);
  });

  it.each<[string, Partial<DatadogSource>, string, FakeAnswer?]>([
    ['several series', { query: 'two' }, 'metric-ambiguous'],
    ['no series', { query: 'none' }, 'metric-empty'],
    ['no numbers', { query: 'nothing' }, 'metric-empty'],
    ['old ones', { query: 'old' }, 'metric-stale'],
    ['another time zone', { query: 'zone' }, 'metric-clock'],
    ['a time before the window', { query: 'earlier', maxAge: '1d' }, 'metric-clock'],
    ['a query that it does not understand', { query: 'x{' }, 'metric-query-refused'],
    ['the wrong key', { apiKey: 'env:OTHER' }, 'metric-access-refused'],
    [
      'an answer that is not ok',
      {},
      'metric-query-refused',
      { body: { status: 'error', error: 'rate of secret of API' } },
    ],
    ['too many questions', {}, 'metric-rate-limited', { status: 429, body: { errors: ['Rate limit'] } }],
    ['a broken service', {}, 'metric-source-failed', { status: 500, body: '' }],
    ['another service', {}, 'metric-answer-invalid', { body: { status: 'ok' } }],
    [
      'points of another form',
      {},
      'metric-answer-invalid',
      { body: { status: 'ok', series: [{ pointlist: [[1, 'x']] }] } },
    ],
    ['no secret', { applicationKey: 'env:MISSING' }, 'secret-not-found'],
  ])('gives no number for %s', async (_, more, code, answer: FakeAnswer | undefined = undefined) => {
    const { measured } = await collect(more, answer);
    expect(measured?.missing).toEqual({ code, message: expect.any(String), hint: expect.any(String) });
    expect(JSON.stringify(measured)).not.toContain('secret of');
  });
});
