import { describe, expect, it } from '@jest/globals';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { PrometheusSource } from '#contracts/judgement/metric-source.js';
import { collectMeasurements } from './collect-measurements.js';
import { createFakeWorld, type FakeAnswer, NOW } from './testing/fake-world.js';

const SECONDS = NOW / 1000;

function createSource(more: Partial<PrometheusSource> = {}): PrometheusSource {
  return { from: 'prometheus', server: 'https://p.example/base/', query: 'up', ...more };
}

async function collect(
  source: PrometheusSource,
  answer: FakeAnswer | ((form: URLSearchParams) => FakeAnswer),
) {
  const fake = createFakeWorld(({ body }) =>
    typeof answer === 'function' ? answer(new URLSearchParams(body)) : answer,
  );
  const [measured] = await collectMeasurements({ m: source }, fake.world);
  return { measured: measured as Measurement, ...fake };
}

const vector = (...values: unknown[][]) => ({
  body: {
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value })) },
  },
});
const matrix = (values: unknown[][]) => ({
  body: {
    status: 'success',
    data: { resultType: 'matrix', result: values.length === 0 ? [] : [{ metric: {}, values }] },
  },
});
const minutes = (...values: string[]) =>
  values.map((value, index) => [SECONDS - 60 * (values.length - 1 - index), value]);

describe('Prometheus', () => {
  it('asks for now, with the secret where it belongs', async () => {
    const source = createSource({ auth: { secret: 'env:P', scheme: 'bearer' }, timeout: '5s' });
    const { measured, requests } = await collect(source, vector([SECONDS, '0.25']));
    expect(measured).toEqual({
      metric: 'm',
      value: 0.25,
      source: 'prometheus https://p.example up',
      observedAt: '2030-01-01T12:00:00.000Z',
    });
    expect(requests).toEqual([
      expect.objectContaining({
        url: 'https://p.example/base/api/v1/query',
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          authorization: 'Bearer secret of P',
        },
        secretHeaders: ['authorization'],
        body: `query=up&timeout=5000ms&time=${SECONDS}`,
        timeoutMs: 6000,
      }),
    ]);
  });

  it.each([
    ['average', 3],
    ['last', 5],
    ['min', 1],
    ['max', 5],
    ['sum', 15],
    ['p50', 3],
    ['p90', 4.6],
  ] as const)('reduces a range to its %s', async (reduce, value) => {
    const { measured, requests } = await collect(
      createSource({ range: '10m', reduce }),
      matrix(minutes('4', '1', 'NaN', '2', '3', '5')),
    );
    expect(measured.value).toBeCloseTo(value, 12);
    expect(requests[0]?.body).toBe(`query=up&timeout=10000ms&start=${SECONDS - 600}&end=${SECONDS}&step=10`);
  });

  it('gives samples and those of the baseline, asked for earlier or by another query', async () => {
    const answer = (form: URLSearchParams) => {
      const end = Number(form.get('end'));
      const values = form.get('query') === 'old' ? ['7', '8'] : ['1', '2'];
      return matrix(values.map((value, index) => [end - 60 + 60 * index, value]));
    };
    const source = createSource({ range: '10m', baseline: 'old', baselineOffset: '1d' });
    const { measured, requests } = await collect(source, answer);
    expect([measured.samples, measured.baseline, measured.value]).toEqual([[1, 2], [7, 8], undefined]);
    expect(requests.map(({ body }) => new URLSearchParams(body).get('end'))).toEqual([
      String(SECONDS),
      String(SECONDS - 86_400),
    ]);
    const same = await collect(createSource({ range: '10m', baselineOffset: '1h', reduce: 'max' }), answer);
    expect([same.measured.value, same.measured.baseline]).toEqual([2, [1, 2]]);
  });

  it.each<[string, Partial<PrometheusSource>, FakeAnswer, string]>([
    ['nothing', {}, vector(), 'metric-empty'],
    ['NaN alone', {}, vector([SECONDS, 'NaN']), 'metric-empty'],
    ['an infinite number', { range: '10m' }, matrix(minutes('1', '+Inf', '2')), 'metric-not-finite'],
    ['several series', {}, vector([SECONDS, '1'], [SECONDS, '2']), 'metric-ambiguous'],
    [
      'warnings',
      {},
      { body: { ...(vector([SECONDS, '1']).body as object), warnings: ['store 3 is gone'] } },
      'metric-partial',
    ],
    [
      'another time zone',
      { range: '10m' },
      matrix([
        [SECONDS - 3600, '1'],
        [SECONDS - 3540, '1'],
      ]),
      'metric-clock',
    ],
    ['the future', {}, vector([SECONDS + 7200, '1']), 'metric-clock'],
    [
      'another clock',
      {},
      { headers: { date: 'Tue, 01 Jan 2030 13:00:00 GMT' }, ...vector([SECONDS, '1']) },
      'metric-clock',
    ],
    ['what is old', { range: '1h' }, matrix([[SECONDS - 1200, '1']]), 'metric-stale'],
    ['too little', { range: '10m', minSamples: 3 }, matrix(minutes('1', 'NaN', '2')), 'metric-too-few'],
    [
      'a histogram',
      {},
      {
        body: {
          status: 'success',
          data: { resultType: 'vector', result: [{ metric: {}, histogram: [SECONDS, {}] }] },
        },
      },
      'metric-answer-invalid',
    ],
    [
      'text',
      {},
      { body: { status: 'success', data: { resultType: 'string', result: [SECONDS, 'x'] } } },
      'metric-answer-invalid',
    ],
    ['no numbers', {}, vector([SECONDS, '0x10']), 'metric-answer-invalid'],
    ['no time', {}, vector([null, '1']), 'metric-answer-invalid'],
    ['a page', {}, { body: '<html>' }, 'metric-answer-invalid'],
    [
      'a refused query',
      {},
      { status: 400, body: { status: 'error', errorType: 'bad_data', error: 'parse error' } },
      'metric-query-refused',
    ],
    [
      'a failed query',
      {},
      { status: 422, body: { status: 'error', error: 'too many samples' } },
      'metric-query-refused',
    ],
    ['no access', {}, { status: 401, body: 'no' }, 'metric-access-refused'],
    ['a broken service', {}, { status: 503, body: 'down' }, 'metric-source-failed'],
    ['another service', {}, { status: 404, body: '' }, 'metric-answer-invalid'],
    ['too many steps', { range: '90d', step: '1s' }, matrix([]), 'metric-samples-too-many'],
    ['a baseline of nothing', { range: '10m', baseline: 'old' }, matrix([]), 'metric-empty'],
  ])('gives no number for %s', async (_, more, answer, code) => {
    const { measured } = await collect(createSource(more), answer);
    expect(measured).toEqual({
      metric: 'm',
      source: expect.any(String),
      missing: { code, message: expect.any(String), hint: expect.any(String) },
    });
  });

  it('takes what may be partial where told, and scalars', async () => {
    const body = {
      status: 'success',
      warnings: ['x'],
      data: { resultType: 'scalar', result: [SECONDS, '4'] },
    };
    expect((await collect(createSource({ partial: 'allow' }), { body })).measured.value).toBe(4);
  });

  it('shows no secret that a service sends back', async () => {
    const { measured } = await collect(createSource({ auth: { secret: 'env:P' } }), {
      status: 400,
      body: { status: 'error', error: `bad token ${'x'.repeat(290)} secret of P` },
    });
    expect(JSON.stringify(measured)).not.toContain('secret of');
    expect(measured.missing?.message).toContain('bad token');
  });
});
