import { beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { gateEvaluate } from '#contracts/catalogue/gate-evaluate.js';
import type { ActionContext } from '#contracts/ports.js';
import type { JsonObject } from '#domain/json.js';
import { MemoryGateStore } from '#gates/testing/memory-gate-store.js';
import { createGateEvaluate } from './gate-evaluate.js';

const gateOf = (pass: string) => `
gate: 1
name: pre-deploy
criteria:
  - { metric: coverage, pass: "${pass}", warn: ">= 60" }
  - { metric: errors, pass: "<= 5", key: true }
metrics:
  errors: { from: http, url: "https://m.example/errors", value: /v }
total: { pass: 90%, warn: 75% }
`;
const RELATIVE = `
gate: 1
name: relative
criteria: [{ metric: p95, pass: "<= +10%", compare: { atLeast: 1, of: all, fewer: pass } }]
`;
const BYPASS = {
  id: 'bypass-1',
  reason: 'the outage',
  createdBy: 'bob',
  expiresAt: new Date('2030-01-31T08:00:00Z'),
};

let store: MemoryGateStore;
/** What the source answers; none: it is broken. */
let errors: number | undefined;
let asked: number;
let logged: string[];

beforeEach(() => {
  store = new MemoryGateStore({
    'pre-deploy': [gateOf('>= 90'), gateOf('>= 80')],
    relative: [RELATIVE],
    broken: ['gate: 1\nname: broken'],
  });
  errors = 1;
  asked = 0;
  logged = [];
});

function evaluate(input: JsonObject, attempt = 1, more: Partial<ActionContext> = {}): Promise<JsonObject> {
  const world = {
    store,
    whenMissing: 'Save it.',
    judged: (outcome: (typeof store.counted)[number]) => void store.counted.push(outcome),
  };
  const act = createGateEvaluate(async () => {
    asked += 1;
    const body = new TextEncoder().encode(JSON.stringify({ v: errors }));
    return { status: errors === undefined ? 503 : 200, headers: {}, body };
  }, world);
  return act(input, {
    run: '0197b2f0-0000-7000-8000-000000000001',
    step: 'gate',
    attempt,
    signal: new AbortController().signal,
    log: (_: string, text: string) => void logged.push(text),
    mask: () => undefined,
    hide: (text: string) => text.replaceAll('hunter2', '***'),
    secrets: { resolve: async () => 'hunter2' },
    ...more,
  } as unknown as ActionContext) as Promise<JsonObject>;
}

const lost = (more: Partial<ActionContext> = {}) => ({ followsLost: true as const, ...more });

describe('gate/evaluate by the name of a gate', () => {
  it('judges by the newest version, keeps the result with its change, and says where', async () => {
    const output = await evaluate({
      gate: 'pre-deploy',
      metrics: { coverage: 85 },
      risk: 12,
      commit: 'abcdef0',
      labels: { environment: 'prod hunter2' },
    });
    expect(output).toMatchObject({
      gate: 'pre-deploy',
      outcome: 'pass',
      risk: 12,
      id: 'result-1',
      version: 2,
      allowed: true,
    });
    expect(output).not.toHaveProperty('bypass');
    const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
    expect([ajv.validate(gateEvaluate.output, output), ajv.errors]).toEqual([true, null]);
    expect(store.results).toMatchObject([
      {
        author: { actor: 'ann' },
        draft: {
          subject: { commit: 'abcdef0', step: 'gate', labels: { environment: 'prod ***' } },
          go: { step: 'gate', attempt: 1, begunAfter: 0 },
        },
      },
    ]);
    expect(store.counted).toEqual(['pass']);
  });

  it('judges by the version that is named', async () => {
    expect(await evaluate({ gate: 'pre-deploy', version: 2, metrics: { coverage: 85 } })).toMatchObject({
      outcome: 'pass',
    });
    const other = { step: 'other' };
    expect(
      await evaluate({ gate: 'pre-deploy', version: 1, metrics: { coverage: 85 } }, 1, other),
    ).toMatchObject({ outcome: 'warn', version: 1 });
  });

  it('compares with its earlier results, of which a step is one, whatever its attempts measured', async () => {
    const judge = (step: string, p95: number, attempt = 1, more = {}) =>
      evaluate({ gate: 'relative', metrics: { p95 }, failOn: [] }, attempt, { step, ...more });
    await judge('a', 100);
    expect(await judge('b', 150)).toMatchObject({ outcome: 'fail', criteria: [{ compared: 100 }] });
    // A person has the second step done anew.
    expect(await judge('b', 105, 2, { begunAfter: 1 })).toMatchObject({
      outcome: 'pass',
      criteria: [{ compared: 100 }],
    });
    expect(await judge('c', 102.5)).toMatchObject({ criteria: [{ compared: 102.5 }] });
  });

  it('finds again what it decided before its worker was lost, and asks no source for it', async () => {
    const input = { gate: 'pre-deploy', metrics: { coverage: 99 } };
    const first = await evaluate(input);
    errors = 100;
    const second = await evaluate(input, 2, lost());
    expect(second).toEqual(first);
    expect([asked, store.results.length, store.counted]).toEqual([1, 1, ['pass', 'repeated']]);
    expect(logged.at(-4)).toMatch(/^It was said before, at /);
    // Another attempt lost before it did anything changes nothing.
    expect(await evaluate(input, 4, lost())).toEqual(first);
  });

  it('fails again where it had failed, with the same error', async () => {
    const input = { gate: 'pre-deploy', metrics: { coverage: 10 } };
    const failed = { code: 'gate-failed', details: { result: 'result-1', version: 2, retryable: false } };
    await expect(evaluate(input)).rejects.toMatchObject(failed);
    await expect(evaluate(input, 2, lost())).rejects.toMatchObject(failed);
    expect(store.results).toHaveLength(1);
  });

  it('asks anew what could not be decided, and where a person has the step done anew', async () => {
    const input = { gate: 'pre-deploy', metrics: { coverage: 99 } };
    errors = undefined;
    await expect(evaluate(input)).rejects.toMatchObject({
      code: 'gate-inconclusive',
      details: { retryable: true, result: 'result-1' },
    });
    errors = 2;
    expect(await evaluate(input, 2)).toMatchObject({ outcome: 'pass', id: 'result-2' });
    errors = 9;
    await expect(evaluate(input, 3, { begunAfter: 2 })).rejects.toMatchObject({ code: 'gate-failed' });
    expect(store.results.map(({ outcome }) => outcome)).toEqual(['inconclusive', 'pass', 'fail']);
  });

  it.each<[string, JsonObject, number | undefined, string]>([
    ['fails', { metrics: { coverage: 1 } }, 1, 'fail'],
    ['is inconclusive', { metrics: { coverage: 99 } }, undefined, 'inconclusive'],
    ['warns where that is to fail', { metrics: { coverage: 70 }, failOn: ['warn'] }, 1, 'warn'],
  ])('lets through under a bypass what %s, and says so', async (_, input, answer, outcome) => {
    store.bypass = BYPASS;
    errors = answer;
    const bypass = { id: 'bypass-1', by: 'bob', reason: 'the outage', until: '2030-01-31T08:00:00.000Z' };
    const output = await evaluate({ gate: 'pre-deploy', ...input });
    expect(output).toMatchObject({ outcome, allowed: true, bypass });
    expect(store.results[0]?.draft.bypassId).toBe('bypass-1');
    expect(logged.at(-1)).toBe(
      'It is let through: bob bypasses the gate until 2030-01-31T08:00:00.000Z: the outage',
    );
  });

  it('notes a bypass of what passed before nowhere, and of what had failed before at its result', async () => {
    await evaluate({ gate: 'pre-deploy', metrics: { coverage: 99 } });
    const failing = { gate: 'pre-deploy', metrics: { coverage: 1 } };
    await expect(evaluate(failing, 1, { step: 'other' })).rejects.toMatchObject({ code: 'gate-failed' });
    store.bypass = BYPASS;
    expect(await evaluate({ gate: 'pre-deploy', metrics: { coverage: 99 } }, 2, lost())).toMatchObject({
      allowed: true,
    });
    expect(await evaluate(failing, 2, lost({ step: 'other' }))).toMatchObject({ allowed: true });
    expect(await evaluate({ gate: 'pre-deploy', metrics: { coverage: 99 } }, 3, lost())).not.toHaveProperty(
      'bypass',
    );
    expect(store.results.map(({ bypass }) => bypass?.id)).toEqual([undefined, 'bypass-1']);
    // What was let through stays so for the attempt that follows a loss.
    store.bypass = undefined;
    expect(await evaluate(failing, 3, lost({ step: 'other' }))).toMatchObject({ bypass: { by: 'bob' } });
  });

  it.each<[JsonObject, string, RegExp]>([
    [{ gate: 'nowhere' }, 'gate-not-found', /no gate "nowhere"/],
    [{ gate: '__proto__' }, 'gate-not-found', /no gate "__proto__"/],
    [{ gate: 'pre-deploy', version: 3 }, 'gate-version-not-found', /pre-deploy has no version 3/],
    [{ gate: 'broken' }, 'gate-invalid', /criteria/],
    [{ gate: 'pre-deploy', metrics: { coverage: 'high' } }, 'metrics-invalid', /coverage/],
    [
      { gate: 'pre-deploy', history: [] },
      'action-input-invalid',
      /`history` goes with a gate that is written/,
    ],
    [{ gate: { gate: 1 }, commit: 'abcdef0', labels: {} }, 'action-input-invalid', /`commit`, `labels` goes/],
  ])('refuses %j', async (input, code, message) => {
    await expect(evaluate(input)).rejects.toMatchObject({
      code,
      fault: 'user',
      message: expect.stringMatching(message),
      hint: expect.any(String),
      details: { class: 'configuration', retryable: false },
    });
    expect(store.results).toEqual([]);
  });
});
