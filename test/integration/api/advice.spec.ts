import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptEnd, AttemptStart } from '#contracts/ports.js';
import type { Transition } from '#domain/execution/command.js';
import type { StepState } from '#domain/execution/state.js';
import type { FailureClass } from '#domain/execution/step-error.js';
import { type ApiFixture, createApiFixture, eventually } from './api-fixture.js';

const NAME = 'advised';
const DEFINITION = `sluice: 1
name: ${NAME}
stages:
  build:
    steps:
      fetch: { uses: http/request, with: { url: "https://example.com/a" }, timeout: 1m }
      mirror: { uses: http/request, with: { url: "https://example.com/b" } }
      again: { uses: http/request, with: { url: "https://example.com/c" }, timeout: 1m, retry: { attempts: 3 } }
`;

/** Milliseconds of each attempt, and why it failed. */
type Attempts = readonly (readonly [ms: number, failure?: FailureClass])[];

describe('what recorded runs tell', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
    await api.save(DEFINITION);
  });
  afterAll(() => api?.close());

  async function start(name = NAME): Promise<string> {
    const { body } = await api.post(`/api/v1/workflows/${name}/execute`, {});
    await eventually(async () => api.gateway.started.has(body.id), Boolean);
    return body.id;
  }

  /** Told as a worker and the interpreter tell it: steps one after the other, each with its attempts, then the end. */
  async function recordRun(steps: Readonly<Record<string, Attempts>>): Promise<string> {
    const run = await start();
    const begin = Date.now() - 3_600_000;
    const transitions: Transition[] = [];
    const starts: AttemptStart[] = [];
    const ends: AttemptEnd[] = [];
    const states: Record<string, StepState> = {};
    let at = begin;
    let failed = false;
    const tell = (transition: Omit<Transition, 'sequence' | 'at'>) =>
      transitions.push({ sequence: transitions.length + 1, at, ...transition });
    tell({ status: 'running' });
    for (const [node, [step, attempts]] of Object.entries(steps).entries()) {
      const startedAt = at;
      tell({ step, status: 'running' });
      for (const [index, [ms, failure]] of attempts.entries()) {
        const key = { run, step, attempt: index + 1 };
        starts.push({ ...key, at, action: 'http/request', worker: 'w', rebuild: false, input: {} });
        at += ms;
        const error = failure && { class: failure, code: 'x', message: 'nul \u0000 and "quotes"' };
        ends.push({
          ...key,
          at,
          status: failure === undefined ? 'succeeded' : 'failed',
          ...(error && { error }),
        });
      }
      const failure = attempts.at(-1)![1];
      failed ||= failure !== undefined;
      const error = failure && { class: failure, code: 'x', message: 'nul \u0000' };
      const status = failure === undefined ? 'succeeded' : 'failed';
      tell({ step, status, ...(error && { error }) });
      states[step] = {
        node,
        status,
        attempts: attempts.length,
        startedAt,
        endedAt: at,
        ...(error && { error }),
      };
    }
    await api.recorder.record({ transitions: [{ run, transitions }] });
    await api.recorder.record({ attemptStarts: starts });
    await api.recorder.record({ attemptEnds: ends });
    await api.recorder.record({
      results: [
        {
          run,
          result: { status: failed ? 'failed' : 'succeeded' },
          endedAt: at,
          sequence: transitions.length + 1,
          steps: states,
          actions: {},
        },
      ],
    });
    return run;
  }

  it('is nothing before there are any', async () => {
    expect((await api.get(`/api/v1/workflows/${NAME}/estimate`)).body).toMatchObject({
      runs: 0,
      conclusive: false,
    });
    expect((await api.get(`/api/v1/workflows/${NAME}/advice`)).body).toEqual({
      workflow: NAME,
      version: 1,
      runs: 0,
      succeeded: 0,
      conclusive: false,
      items: [],
    });
  });

  it('is how long a run takes, and what would make it shorter', async () => {
    for (let index = 0; index < 12; index++) {
      await recordRun({ fetch: [[20_000 + index * 100]], mirror: [[15_000]], again: [[1_000]] });
    }
    const failing: Attempts = [
      [1_000, 'code'],
      [1_000, 'code'],
      [1_000, 'code'],
    ];
    const failed: string[] = [];
    for (let index = 0; index < 5; index++) {
      failed.unshift(await recordRun({ fetch: [[20_000]], mirror: [[15_000]], again: failing }));
    }
    const { body: estimate } = await api.get(`/api/v1/workflows/${NAME}/estimate`);
    expect(estimate.runs).toBe(12);
    expect(estimate).toMatchObject({
      conclusive: true,
      p50Ms: 36_550,
      error: 0,
      criticalPath: ['fetch', 'mirror', 'again'],
    });
    const { body } = await api.get(`/api/v1/workflows/${NAME}/advice`);
    expect(body).toMatchObject({ runs: 17, succeeded: 12, conclusive: true });
    const byId = Object.fromEntries(body.items.map((item: { id: string }) => [item.id, item]));
    expect(Object.keys(byId).sort()).toEqual(['parallel:build', 'retry:again', 'timeout:mirror']);
    // Of 36.6 s the slowest is left.
    expect(byId['parallel:build']).toMatchObject({
      gain: { time: { mean: 16_000, low: 16_000, high: 16_000 } },
      evidence: { runs: 12, figures: { meanBeforeMs: 36_550, meanAfterMs: 20_550 } },
    });
    expect(byId['retry:again']).toMatchObject({
      evidence: { shownBy: failed, figures: { retried: 5, helped: 0, attempts: 15 } },
    });
    expect(byId['timeout:mirror']).toMatchObject({
      evidence: { figures: { p99Ms: 15_000, proposedMs: 30_000 } },
    });
  });

  it('is how much of a living run is over', async () => {
    const run = await start();
    const at = Date.now();
    await api.recorder.record({
      transitions: [
        {
          run,
          transitions: [
            { sequence: 1, at: at - 21_000, status: 'running' },
            { sequence: 2, at: at - 21_000, step: 'fetch', status: 'running' },
            { sequence: 3, at: at - 1_000, step: 'fetch', status: 'succeeded' },
            { sequence: 4, at: at - 1_000, step: 'mirror', status: 'running' },
          ],
        },
      ],
    });
    const { body } = await api.get(`/api/v1/runs/${run}/estimate`);
    expect(body).toMatchObject({ run, status: 'running', runs: 12, conclusive: true });
    // 15 s left of 36, less what passed since it was told.
    expect(body.percent).toBeGreaterThanOrEqual(58);
    expect(body.p50Ms).toBeLessThanOrEqual(15_000);
    expect(Date.parse(body.expectedEnd)).toBeGreaterThanOrEqual(at);
    const ended = await recordRun({ fetch: [[1]] });
    expect((await api.get(`/api/v1/runs/${ended}/estimate`)).body).toMatchObject({ percent: 100, p50Ms: 0 });
  });

  it('reads by indexes, however many runs there are', async () => {
    const { dataSource } = api.database;
    const explain = (query: string) =>
      dataSource.transaction(async (manager) => {
        // In a table this small the planner would rather read all of it.
        await manager.query('SET LOCAL enable_seqscan TO off');
        return JSON.stringify(await manager.query(`EXPLAIN ${query}`));
      });
    const id = '00000000-0000-7000-8000-000000000000';
    expect(
      await explain(
        `SELECT id FROM runs WHERE workflow_id = '${id}' AND rerun_of IS NULL ORDER BY id DESC LIMIT 200`,
      ),
    ).toContain('ix_runs_id_workflow_id');
    expect(await explain(`SELECT key FROM run_steps WHERE run_id = ANY (ARRAY['${id}']::uuid[])`)).toContain(
      'run_steps',
    );
    expect(
      await explain(`SELECT step FROM step_attempts WHERE run_id = ANY (ARRAY['${id}']::uuid[])`),
    ).toMatch(/(pk|ix)_step_attempts/);
  });

  it('is refused of what is not there', async () => {
    expect(await api.get('/api/v1/workflows/nowhere/advice')).toMatchObject({
      status: 404,
      body: { code: 'workflow-not-found' },
    });
    expect(await api.get('/api/v1/workflows/nowhere/estimate')).toMatchObject({ status: 404 });
    expect(await api.get('/api/v1/runs/nowhere/estimate')).toMatchObject({
      status: 400,
      body: { code: 'id-invalid' },
    });
  });
});
