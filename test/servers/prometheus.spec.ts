import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSafeClient, type SafeClient } from '#connectors/http/safe-client.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { MetricSource, PrometheusSource } from '#contracts/judgement/metric-source.js';
import { evaluateGate } from '#gates/evaluate/evaluate-gate.js';
import { readGate } from '#gates/gate/read-gate.js';
import { collectMeasurements } from '#gates/sources/collect-measurements.js';
import { describeServer } from './describe-server.js';
import { CREDENTIALS, Prometheus } from './prometheus/prometheus.js';

const NOW = Math.floor(Date.now() / 1000);
const HOUR_S = 3600;
const STEP_S = 15;
const TIMES = Array.from({ length: HOUR_S / STEP_S }, (_, index) => NOW - HOUR_S + index * STEP_S);

/** Seconds, up and down around a mean, the same in every run. */
const latency = (mean: number, index: number) => mean * (1 + 0.2 * Math.sin(index * 12.9898));

const family = (name: string, lines: readonly string[]) => [`# TYPE ${name} gauge`, ...lines];

/** The last hour, in OpenMetrics: a canary slower than what is stable, and what is not to be relied on. */
const PAST = [
  ...family('latency_seconds', [
    ...TIMES.map((at, index) => `latency_seconds{track="stable"} ${latency(0.2, index)} ${at}`),
    ...TIMES.map((at, index) => `latency_seconds{track="canary"} ${latency(0.3, index)} ${at}`),
    ...TIMES.map((at, index) => `latency_seconds{track="twin"} ${latency(0.2, index + 7)} ${at}`),
  ]),
  ...family(
    'endless',
    TIMES.map((at) => `endless +Inf ${at}`),
  ),
  ...family(
    'forgotten',
    TIMES.slice(0, 40).map((at) => `forgotten 1 ${at}`),
  ),
  '# EOF',
  '',
].join('\n');

describeServer('prometheus', 'Metrics of a real Prometheus', (program) => {
  let target: Server;
  let prometheus: Prometheus;
  let client: SafeClient;
  let errors = 0;

  beforeAll(async () => {
    target = createServer((_, response) => {
      errors += 5;
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(
        `# TYPE shop_errors_total counter\nshop_errors_total ${errors}\nshop_build{version="2"} 1\n`,
      );
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const { port } = target.address() as AddressInfo;
    prometheus = await Prometheus.start(program, { past: PAST, target: `127.0.0.1:${port}` });
    client = createSafeClient({ allow: ['127.0.0.1'] });
  });
  afterAll(async () => {
    await prometheus?.close();
    await client?.close();
    target?.closeAllConnections();
    target?.close();
  });

  async function collect(query: string, more: Partial<PrometheusSource> = {}): Promise<Measurement> {
    const auth = { secret: 'env:PROMETHEUS', scheme: 'basic' } as const;
    const source: MetricSource = { from: 'prometheus', server: prometheus.url, query, auth, ...more };
    const [measured] = await collectMeasurements(
      { m: source },
      {
        send: (request) => client.send(request),
        resolveSecret: async () => CREDENTIALS,
        mask: () => undefined,
        hide: (text) => text,
        now: Date.now,
        signal: new AbortController().signal,
      },
    );
    return measured as Measurement;
  }

  const of = (track: string) => `latency_seconds{track="${track}"}`;

  it('gives one number of now, or of a range', async () => {
    const now = await collect('scalar(count(latency_seconds)) * 2');
    expect(now).toMatchObject({ value: 6, observedAt: expect.stringMatching(/Z$/) });
    const { value } = await collect(of('stable'), { range: '45m', maxAge: '10m' });
    expect(value).toBeCloseTo(0.2, 2);
    const p95 = await collect(of('stable'), { range: '45m', step: '15s', reduce: 'p95', maxAge: '10m' });
    const theirs = await collect(`quantile_over_time(0.95, ${of('stable')}[45m])`);
    expect(p95.value).toBeCloseTo(theirs.value ?? 0, 2);
  });

  it.each([
    ['canary', 'fail'],
    ['twin', 'pass'],
  ])('gives samples by which a gate judges: the %s, %s', async (track, outcome) => {
    const measured = await collect(of(track), {
      range: '30m',
      step: '15s',
      baseline: of('stable'),
      minSamples: 60,
      maxAge: '10m',
    });
    expect([measured.samples?.length, measured.baseline?.length]).toEqual([
      expect.any(Number),
      measured.samples?.length,
    ]);
    const { gate } = readGate(
      JSON.stringify({
        gate: 1,
        name: 'canary',
        criteria: [{ metric: 'm', statistical: { direction: 'lower' } }],
      }),
    );
    const at = new Date(NOW * 1000).toISOString();
    expect(
      evaluateGate(gate!, { measurements: [measured], history: { runs: [], notes: [] }, at }).outcome,
    ).toBe(outcome);
  });

  it('sees what is scraped', async () => {
    const limit = Date.now() + 60_000;
    let measured = await collect('increase(shop_errors_total[1m])');
    while (!((measured.value ?? 0) > 0) && Date.now() < limit) {
      await sleep(500);
      measured = await collect('increase(shop_errors_total[1m])');
    }
    expect(measured.value).toBeGreaterThan(0);
  });

  it.each<[string, string, Partial<PrometheusSource>, string, RegExp]>([
    ['no series', 'unknown_metric', {}, 'metric-empty', /no observation/],
    ['NaN', 'vector(0) / 0', {}, 'metric-empty', /NaN/],
    ['an infinite number', 'endless', { range: '30m' }, 'metric-not-finite', /infinite/],
    ['several series', 'latency_seconds', {}, 'metric-ambiguous', /3 series/],
    ['what was forgotten', 'forgotten', { range: '1h' }, 'metric-stale', /last observation/],
    [
      'too little',
      of('stable'),
      { range: '1h', step: '20m', minSamples: 10 },
      'metric-too-few',
      /fewer than 10/,
    ],
    ['a query with a mistake', 'sum(', {}, 'metric-query-refused', /parse error/],
    ['too many steps', of('stable'), { range: '1d', step: '1s' }, 'metric-samples-too-many', /10000/],
    ['a text', '"x"', {}, 'metric-answer-invalid', /string/],
    [
      'no credentials',
      'up',
      { auth: { secret: 'env:X', prefix: 'Bearer ' } },
      'metric-access-refused',
      /401/,
    ],
    ['a wrong address', 'up', { server: 'PLACE/other' }, 'metric-answer-invalid', /404/],
  ])('gives no number for %s', async (_, query, { server, ...more }, code, words) => {
    const place = server === undefined ? {} : { server: server.replace('PLACE', prometheus.url) };
    const { missing, value, samples } = await collect(query, { ...more, ...place });
    expect({ code: missing?.code, value, samples }).toEqual({ code, value: undefined, samples: undefined });
    expect(missing?.message).toMatch(words);
  });

  it('gives no number for what is warned of, nor where an old server gives it without a warning', async () => {
    const { missing, value } = await collect(
      'histogram_quantile(2, vector(1)) or quantile(2, latency_seconds)',
    );
    expect(value).toBeUndefined();
    const warns = Number((await prometheus.readVersion()).split('.')[0]) >= 3;
    expect(missing).toMatchObject(
      warns
        ? { code: 'metric-partial', message: expect.stringMatching(/quantile/) }
        : { code: 'metric-not-finite', message: expect.stringMatching(/infinite/) },
    );
  });
});
