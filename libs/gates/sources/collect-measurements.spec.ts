import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MetricSource } from '#contracts/judgement/metric-source.js';
import { collectFromFiles } from './collect-from-files.js';
import { collectMeasurements } from './collect-measurements.js';
import { createFakeWorld } from './testing/fake-world.js';

const http = (path: string, more: object = {}): MetricSource => ({
  from: 'http',
  url: `https://x.example/${path}?key=1`,
  value: '/v',
  ...more,
});
const never = new Promise<never>(() => undefined);

describe('collection of measurements', () => {
  it('keeps the order of the gate, and asks side by side but no more than allowed', async () => {
    let [open, most] = [0, 0];
    const { world } = createFakeWorld(async ({ url }) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return { body: { v: Number(new URL(url).pathname.slice(1)) } };
    });
    const metrics = Object.fromEntries(
      [5, 3, 9, 1, 7].map((n) => [`m${n}`, http(String(n), { unit: 'ms' })]),
    );
    const measured = await collectMeasurements(metrics, world, { concurrency: 2, totalMs: 60_000 });
    expect(measured.map(({ metric, value }) => [metric, value])).toEqual([
      ['m5', 5],
      ['m3', 3],
      ['m9', 9],
      ['m1', 1],
      ['m7', 7],
    ]);
    expect(measured[0]).toEqual({
      metric: 'm5',
      value: 5,
      unit: 'ms',
      source: 'http https://x.example/5 /v',
    });
    expect(most).toBe(2);
  });

  it('makes what is slow or broken missing, and nothing else, whatever heeds its signal', async () => {
    const { world } = createFakeWorld(({ url }) => {
      if (url.includes('slow')) return never;
      if (url.includes('broken')) throw new TypeError('cannot read x of secret of K');
      return { body: { v: 1 } };
    });
    const measured = await collectMeasurements(
      {
        slow: http('slow', { timeout: '20ms' }),
        broken: http('broken', { auth: { secret: 'env:K' } }),
        fine: http('fine'),
      },
      world,
    );
    expect(measured).toEqual([
      {
        metric: 'slow',
        source: expect.any(String),
        missing: expect.objectContaining({
          code: 'metric-timeout',
          message: expect.stringContaining('20 ms'),
        }),
      },
      {
        metric: 'broken',
        source: expect.any(String),
        missing: {
          code: 'metric-source-failed',
          message: 'The source broke: cannot read x of ***',
          hint: expect.any(String),
        },
      },
      { metric: 'fine', source: expect.any(String), value: 1 },
    ]);
  });

  it('ends when the time for all is over', async () => {
    const { world } = createFakeWorld(() => never);
    const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`m${n}`, http('slow')]));
    const measured = await collectMeasurements(metrics, world, { concurrency: 3, totalMs: 30 });
    expect(measured.map(({ missing }) => missing?.code)).toEqual(Array(20).fill('metric-timeout'));
  });

  it('throws when it is no longer wanted', async () => {
    const stop = new AbortController();
    const { world } = createFakeWorld(() => {
      stop.abort(new Error('enough'));
      return never;
    });
    await expect(
      collectMeasurements({ a: http('a') }, { ...world, signal: stop.signal }),
    ).rejects.toMatchObject({ code: 'canceled' });
  });

  it.each<[MetricSource, string]>([
    [http('a', { auth: { secret: 'env:MISSING' } }), 'secret-not-found'],
    [{ from: 'lcov', files: ['a.info'], value: 'lines.percent' }, 'metric-unreachable'],
  ])('says why there is no number: %#', async (source, code) => {
    const { world } = createFakeWorld(() => ({ body: { v: 1 } }));
    const [measured] = await collectMeasurements({ a: source }, world);
    expect(measured?.missing).toEqual({ code, message: expect.any(String), hint: expect.any(String) });
  });
});

describe('measurements of files', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'files-'));
    writeFileSync(join(folder, 'lcov.info'), 'SF:a\nDA:1,1\nDA:2,0\nend_of_record\n');
    writeFileSync(join(folder, 'none.xml'), '<testsuites/>');
    writeFileSync(join(folder, 'cut.json'), '[{"filePath":');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const collect = (metrics: Record<string, MetricSource>) =>
    collectFromFiles(metrics, folder, new AbortController().signal);

  it('finds numbers by their names', async () => {
    const files = ['lcov.info'];
    expect(
      await collect({
        coverage: { from: 'lcov', files, value: 'lines.percent', unit: '%' },
        lines: { from: 'report', files, value: 'lines.total' },
        rule: { from: 'report', files, value: 'rules.x', absent: 0 },
      }),
    ).toEqual([
      { metric: 'coverage', value: 50, unit: '%', source: 'lcov lcov.info' },
      { metric: 'lines', value: 2, source: 'report lcov.info' },
      { metric: 'rule', value: 0, source: 'report lcov.info' },
    ]);
  });

  it.each<[MetricSource, string, RegExp]>([
    [
      { from: 'lcov', files: ['lcov.info'], value: 'line.percent' },
      'metric-unknown',
      /Did you mean "lines.percent"/,
    ],
    [{ from: 'lcov', files: ['lcov.info'], value: 'rules.x' }, 'metric-unknown', /lines.covered/],
    [{ from: 'junit', files: ['none.xml'], value: 'failed' }, 'metric-empty', /no test was run/],
    [{ from: 'jacoco', files: ['lcov.info'], value: 'a' }, 'report-format-other', /lcov/],
    [{ from: 'eslint', files: ['cut.json'], value: 'errors' }, 'report-invalid', /not JSON/],
    [{ from: 'lcov', files: ['missing'], value: 'a' }, 'report-not-found', /missing/],
    [http('a'), 'metric-unreachable', /No service/],
    [{ from: 'newrelic', account: 1, apiKey: 'env:A', query: 'x' }, 'metric-unreachable', /No service/],
  ])('says why there is none: %#', async (source, code, words) => {
    const [measured] = await collect({ a: source });
    expect(measured?.missing?.code).toBe(code);
    expect(`${measured?.missing?.message} ${measured?.missing?.hint}`).toMatch(words);
    expect(measured).not.toHaveProperty('value');
  });
});
