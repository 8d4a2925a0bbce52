import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { gateEvaluate } from '#contracts/catalogue/gate-evaluate.js';
import type { MetricRequest } from '#contracts/judgement/metric-world.js';
import type { ActionContext } from '#contracts/ports.js';
import type { Json, JsonObject } from '#domain/json.js';
import { MemoryGateStore } from '#gates/testing/memory-gate-store.js';
import { createGateEvaluate } from './gate-evaluate.js';

const GATE = {
  gate: 1,
  name: 'pre-merge',
  type: 'pre-merge',
  criteria: [
    { metric: 'coverage', pass: '>= 80', warn: '>= 70' },
    { metric: 'failed', pass: '<= 0', key: true },
  ],
};

const WORLD = { store: new MemoryGateStore({}), whenMissing: '', judged: () => undefined };

const asked: MetricRequest[] = [];

function evaluate(input: JsonObject, answers: Readonly<Record<string, unknown>> = {}): Promise<Json> {
  const masked: string[] = [];
  const act = createGateEvaluate(async (request) => {
    asked.push(request);
    const body = new TextEncoder().encode(JSON.stringify(answers[new URL(request.url).pathname] ?? null));
    return { status: new URL(request.url).pathname in answers ? 200 : 503, headers: {}, body };
  }, WORLD);
  return act(input, {
    signal: new AbortController().signal,
    log: () => undefined,
    mask: (secret: string) => masked.push(secret),
    hide: (text: string) => masked.reduce((shown, secret) => shown.replaceAll(secret, '***'), text),
    secrets: { resolve: async () => 'hunter2' },
  } as unknown as ActionContext);
}

describe('gate/evaluate', () => {
  it('answers with the whole result, of the declared form', async () => {
    const output = await evaluate({ gate: GATE, metrics: { coverage: 81.5, failed: 0 }, risk: 42 });
    expect(output).toMatchObject({
      gate: 'pre-merge',
      type: 'pre-merge',
      outcome: 'pass',
      score: 100,
      risk: 42,
    });
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    expect([ajv.validate(gateEvaluate.output, output), ajv.errors]).toEqual([true, null]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'gate-failed',
      { metrics: { coverage: 90, failed: 2 } },
      { fault: 'user', class: 'test', retryable: false, outcome: 'fail' },
    ],
    [
      'gate-inconclusive',
      { metrics: { failed: 0 } },
      { fault: 'operational', class: 'dependency', retryable: false, outcome: 'inconclusive' },
    ],
    [
      'gate-warned',
      { metrics: { coverage: 75, failed: 0 }, failOn: ['warn'] },
      { fault: 'user', class: 'test', retryable: false, outcome: 'warn' },
    ],
  ])('fails with %s, and says which criteria and why', async (code, input, { fault, ...details }) => {
    const gate = { ...GATE, total: { pass: 90, warn: 60 } };
    const name = code === 'gate-failed' ? 'failed' : 'coverage';
    await expect(evaluate({ gate, ...input })).rejects.toMatchObject({
      code,
      fault,
      message: expect.stringContaining(`${name}:`),
      hint: expect.any(String),
      details: { ...details, criteria: [{ name, outcome: expect.any(String), text: expect.any(String) }] },
    });
  });

  it('leaves the decision to the definition where told', async () => {
    const output = await evaluate({ gate: GATE, metrics: { failed: 2 }, failOn: [] });
    expect(output).toMatchObject({ outcome: 'fail' });
    expect(await evaluate({ gate: GATE, failOn: ['fail'] })).toMatchObject({ outcome: 'inconclusive' });
  });

  it('collects what is not given, and is worth another attempt where a service failed', async () => {
    const http = (path: string) => ({
      from: 'http',
      url: `https://m.example/${path}`,
      value: '/v',
      auth: { secret: 'env:T', scheme: 'bearer' },
    });
    const gate = { ...GATE, metrics: { coverage: http('coverage'), failed: http('failed') } };
    expect(await evaluate({ gate, metrics: { failed: 0 } }, { '/coverage': { v: 99 } })).toMatchObject({
      outcome: 'pass',
    });
    expect(asked.map(({ url, headers }) => [url, headers['authorization']])).toEqual([
      ['https://m.example/coverage', 'Bearer hunter2'],
    ]);
    const failure = await evaluate({ gate, metrics: { failed: 0 } }).then(
      () => undefined,
      (error: Error & { details: JsonObject }) => error,
    );
    expect(failure).toMatchObject({ code: 'gate-inconclusive', details: { retryable: true } });
    expect(`${failure?.message} ${JSON.stringify(failure?.details)}`).not.toContain('hunter2');
    expect(failure?.message).toContain('status 503');
  });

  it('compares with earlier outputs', async () => {
    const gate = {
      gate: 1,
      name: 'g',
      criteria: [{ metric: 'p95', pass: '<= +10%', compare: { atLeast: 2 } }],
    };
    const earlier = (at: string) => ({
      gate: 'g',
      at,
      outcome: 'pass',
      criteria: [{ metric: 'p95', value: 100 }],
    });
    const history = [earlier('2020-01-01T00:00:00Z'), earlier('2020-01-02T00:00:00Z')];
    expect(await evaluate({ gate, metrics: { p95: 109 }, history })).toMatchObject({ outcome: 'pass' });
    await expect(evaluate({ gate, metrics: { p95: 111 }, history })).rejects.toMatchObject({
      code: 'gate-failed',
    });
    await expect(evaluate({ gate, metrics: { p95: 1 }, history: [] })).rejects.toMatchObject({
      code: 'gate-inconclusive',
    });
  });

  it.each<[JsonObject, string, RegExp]>([
    [{ gate: {} }, 'gate-invalid', /gate: .*missing.*and \d more/],
    [{ gate: { ...GATE, critera: [] } }, 'gate-invalid', /critera/],
    [{ gate: { ...GATE, metrics: { coverage: { from: 'lcof' } } } }, 'gate-invalid', /metrics.coverage.from/],
    [{ gate: GATE, metrics: { coverage: '81' } }, 'metrics-invalid', /coverage/],
    [{ gate: GATE, metrics: { coverage: { value: 1, sample: [] } } }, 'metrics-invalid', /sample/],
  ])('refuses %#', async (input, code, message) => {
    await expect(evaluate(input)).rejects.toMatchObject({
      code,
      fault: 'user',
      message: expect.stringMatching(message),
      details: { class: 'configuration', retryable: false, findings: expect.any(Array) },
    });
  });
});
