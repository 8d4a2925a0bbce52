import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PlatformClient } from '#connectors/cicd/platform.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { Execution, PipelineJob, PipelineState } from '#contracts/cicd/execution.js';
import { ExecutionRepository } from '#persistence/pipelines/execution-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';
import { createSamplePlatforms } from './sample-platform.js';

const PATH = '/api/v1/pipelines';
const CANARY = 'canary-of-pipelines';
const START = Date.parse('2026-11-22T10:00:00Z');
const MINUTE = 60_000;

/** What the platform would say now. */
let answers: Partial<PlatformClient> = {};
const platforms = createSamplePlatforms((connection) => {
  const use = async <T>(answer: () => T | Promise<T>): Promise<T> => {
    connection.mask(await connection.resolve(connection.auth.secret));
    return answer();
  };
  return {
    status: (reference) => use(() => answers.status!(reference)),
    jobs: (reference) => use(() => answers.jobs!(reference)),
    logs: (reference, job, offset) => use(() => answers.logs!(reference, job, offset)),
    cancel: (reference) => use(() => answers.cancel!(reference)),
    retry: (reference, what) => use(() => answers.retry!(reference, what)),
  };
});

function execution(id: string, state: PipelineState, more: Partial<Execution> = {}): Execution {
  return {
    reference: { project: 'acme/app', pipeline: 'build.yml', id },
    attempt: 1,
    state,
    native: `native-${state}`,
    title: 'Build',
    url: `https://sample.example/${id}`,
    ref: 'main',
    commit: 'c0ffee',
    trigger: 'push',
    actor: 'ann',
    createdAt: START,
    startedAt: START + MINUTE,
    ...(state === 'running' ? {} : { endedAt: START + 5 * MINUTE }),
    ...more,
  };
}

function job(id: string, name: string, state: PipelineState, more: Partial<PipelineJob> = {}): PipelineJob {
  return {
    id,
    name,
    state,
    native: state,
    attempt: 1,
    startedAt: START + MINUTE,
    ...(state === 'running' ? {} : { endedAt: START + 3 * MINUTE }),
    mayFail: false,
    ...more,
  };
}

describe('executions of pipelines', () => {
  let api: ApiFixture;
  let through: { readonly id: string; readonly project: string; readonly platform: string };

  beforeAll(async () => {
    process.env['SLUICE_SECRET_BUILDS'] = CANARY;
    api = await createApiFixture({}, { vera: ['viewer'], olaf: ['operator'] }, undefined, platforms);
    through = await connect('builds');
  });
  afterAll(async () => {
    await api?.close();
    delete process.env['SLUICE_SECRET_BUILDS'];
  });

  const connect = async (name: string) => {
    const auth = { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' };
    const { body } = await api.post('/api/v1/integrations', { name, platform: 'sample', auth });
    return { id: body.id, project: 'default', platform: 'sample' };
  };
  const observe = (seen: Execution, jobs?: readonly PipelineJob[], by = through) =>
    api.database.dataSource.transaction((manager) =>
      new ExecutionRepository(manager).observe(by, {
        execution: seen,
        told: false,
        ...(jobs === undefined ? {} : { jobs }),
      }),
    );

  it('are listed and found, those not started here too', async () => {
    const id = await observe(execution('1', 'succeeded'));
    const found = await api.get(`${PATH}/${id}`);
    expect(found).toMatchObject({
      status: 200,
      body: {
        id,
        integration: 'builds',
        platform: 'sample',
        project: 'acme/app',
        pipeline: 'build.yml',
        externalId: '1',
        attempt: 1,
        state: 'succeeded',
        native: 'native-succeeded',
        ref: 'main',
        commit: 'c0ffee',
        trigger: 'push',
        actor: 'ann',
        queuedAt: '2026-11-22T10:00:00.000Z',
        queuedMs: MINUTE,
        durationMs: 4 * MINUTE,
      },
    });
    const second = await observe(execution('2', 'failed', { ref: 'next' }));
    const other = await connect('others');
    const third = await observe(execution('3', 'running'), undefined, other);
    const ids = async (query: string) =>
      (await api.get(`${PATH}?${query}`)).body.items.map((each: { id: string }) => each.id);
    expect(await ids('')).toEqual([third, second, id]);
    expect(await ids('sort=id&limit=2')).toEqual([id, second]);
    expect(await ids('integration=builds')).toEqual([second, id]);
    expect(await ids(`integration=${other.id}`)).toEqual([third]);
    expect(await ids('state=running,failed')).toEqual([third, second]);
    expect(await ids('ref=next')).toEqual([second]);
    expect(await ids('project=acme/app&pipeline=build.yml&platform=sample')).toHaveLength(3);
    expect(await ids('pipeline=other.yml')).toEqual([]);
    expect(await ids('to=2000-01-01T00:00:00Z')).toEqual([]);
    expect(await ids('from=2000-01-01T00:00:00Z')).toHaveLength(3);
    expect(await ids(`run=${createUuidV7()}`)).toEqual([]);
    const page = await api.get(`${PATH}?limit=2&total=true`);
    expect(page.body).toMatchObject({ total: 3, next: expect.any(String) });
    expect(await ids(`limit=2&after=${encodeURIComponent(page.body.next)}`)).toEqual([id]);
  });

  it('are those of their project only', async () => {
    const id = await observe(execution('10', 'succeeded'));
    await api.post('/api/v1/projects', { name: 'other' });
    const other = { 'x-sluice-project': 'other' };
    expect((await api.get(`${PATH}/${id}`, other)).body.code).toBe('pipeline-execution-not-found');
    expect((await api.get(PATH, other)).body.items).toEqual([]);
    expect((await api.get(`${PATH}?integration=builds`, other)).body.code).toBe('integration-not-found');
  });

  it.each([
    'state=done',
    'run=x',
    'from=yesterday',
    'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    'project=',
    'sort=state',
    'statistics?pricePerMinute=-1',
    'statistics?pricePerMinute=cheap',
    'statistics?to=2026',
  ])('refuses %s', async (query) => {
    const path = query.startsWith('statistics') ? `${PATH}/${query}` : `${PATH}?${query}`;
    expect(await api.get(path)).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
  });

  it('have jobs: as they are kept once all is over, as the platform tells them before', async () => {
    const id = await observe(execution('20', 'running'), [job('a', 'build', 'running')]);
    answers = {
      status: async () => execution('20', 'failed'),
      jobs: async () => [
        job('a', 'build', 'succeeded', {
          steps: [
            { name: 'Compile', state: 'succeeded', native: 'ok', startedAt: START, endedAt: START + 500 },
          ],
        }),
        job('b', 'test', 'failed', { stage: 'check', runner: 'linux', startedAt: START, endedAt: START - 5 }),
      ],
    };
    const asked = await api.get(`${PATH}/${id}/jobs`);
    expect(asked).toMatchObject({
      status: 200,
      body: {
        items: [
          {
            id: 'a',
            name: 'build',
            state: 'succeeded',
            durationMs: 2 * MINUTE,
            steps: [{ name: 'Compile', startedAt: '2026-11-22T10:00:00.000Z' }],
          },
          { id: 'b', name: 'test', state: 'failed', stage: 'check', runner: 'linux', durationMs: 0 },
        ],
      },
    });
    expect((await api.get(`${PATH}/${id}`)).body.state).toBe('failed');
    answers = {};
    expect((await api.get(`${PATH}/${id}/jobs`)).body).toEqual(asked.body);
  });

  it('have logs, without secrets and what terminals obey, however they come', async () => {
    const id = await observe(execution('30', 'running'));
    const text = `\u001b[31mred\u001b[0m\r\nprogress 1%\rprogress 100%\ntoken=${CANARY} \u0007\u009b2J é\n${'x'.repeat(300_000)}\nlast`;
    const whole = Buffer.from(text);
    async function* inParts(size: number) {
      for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
    }
    for (const size of [7, 1_000, 1_000_000]) {
      answers = { logs: async () => ({ bytes: inParts(size), complete: true }) };
      const log = await api.get(`${PATH}/${id}/jobs/a/logs`);
      expect(log.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      const lines = String(log.body).split('\n');
      expect(lines.slice(0, 2)).toEqual(['red', 'progress 100%']);
      expect(lines[2]).toContain('token=***');
      expect(lines[2]).toContain('é');
      expect(lines[3]).toMatch(/^x+ … \[line cut\]$/);
      expect(lines.slice(4)).toEqual(['last', '']);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(log.body).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(log.body).not.toContain(CANARY);
    }
    answers = { logs: async () => ({ unsupported: 'logs', instead: 'Look at its page.' }) };
    expect(await api.get(`${PATH}/${id}/jobs/a/logs`)).toMatchObject({
      status: 422,
      body: { code: 'capability-unsupported', hint: 'Look at its page.' },
    });
    expect((await api.get(`${PATH}/${id}/jobs/a%0ab/logs`)).status).toBe(404);
  });

  it('are canceled and done again, with who asked for it', async () => {
    const id = await observe(execution('40', 'running'));
    const asked: unknown[] = [];
    answers = {
      async cancel(reference) {
        asked.push(['cancel', reference.id]);
      },
      status: async () => execution('40', 'canceled'),
    };
    const asOlaf = { 'x-sluice-actor': 'olaf' };
    expect((await api.post(`${PATH}/${id}/cancel`, {}, { 'x-sluice-actor': 'vera' })).status).toBe(403);
    expect(await api.post(`${PATH}/${id}/cancel`, { reason: 'wrong branch' }, asOlaf)).toMatchObject({
      status: 202,
      body: { id, state: 'canceled' },
    });
    answers = {
      async retry(reference, what) {
        asked.push(['retry', reference.id, what]);
        return execution('40', 'queued', { attempt: 2, startedAt: undefined, endedAt: undefined } as never);
      },
    };
    expect(await api.post(`${PATH}/${id}/retry`, { what: 'all' }, asOlaf)).toMatchObject({
      status: 202,
      body: { id, attempt: 2, state: 'queued' },
    });
    answers = { retry: async () => execution('41', 'queued') };
    const again = await api.post(`${PATH}/${id}/retry`, {}, asOlaf);
    expect(again.body).toMatchObject({ externalId: '41' });
    expect(again.body.id).not.toBe(id);
    answers = { retry: async () => ({ unsupported: 'retry-failed', instead: 'Retry all of it.' }) };
    expect((await api.post(`${PATH}/${id}/retry`, {})).body).toMatchObject({
      code: 'capability-unsupported',
      hint: 'Retry all of it.',
    });
    expect((await api.post(`${PATH}/${id}/retry`, { what: 'some' })).status).toBe(400);
    expect(asked).toEqual([
      ['cancel', '40'],
      ['retry', '40', 'all'],
    ]);
    const audited = await api.database.dataSource.query(
      'SELECT action, actor, reason FROM audit_log WHERE object_id = $1 ORDER BY id',
      [id],
    );
    expect(audited).toEqual([
      { action: 'pipeline.cancel', actor: 'olaf', reason: 'wrong branch' },
      { action: 'pipeline.retry', actor: 'olaf', reason: null },
      { action: 'pipeline.retry', actor: 'olaf', reason: null },
    ]);
  });

  it('say what the platform refuses, and what cannot be asked', async () => {
    const id = await observe(execution('50', 'running'));
    answers = {
      async status() {
        throw createActionFailure({
          code: 'platform-rate-limited',
          fault: 'operational',
          class: 'rate-limit',
          retryable: true,
          message: `No more of ${CANARY}.`,
          facts: { retryAfterMs: 61_000 },
        });
      },
    };
    const limited = await api.get(`${PATH}/${id}/jobs`);
    expect(limited).toMatchObject({ status: 503, body: { code: 'platform-rate-limited' } });
    expect(limited.headers.get('retry-after')).toBe('61');
    expect(JSON.stringify(limited.body)).not.toContain(CANARY);
    const unnamed = createUuidV7();
    await api.database.dataSource.query(
      `INSERT INTO pipeline_executions (id, project, integration_id, platform, platform_project, pipeline)
       VALUES ($1, 'default', $2, 'sample', 'acme/app', 'build.yml')`,
      [unnamed, through.id],
    );
    expect((await api.post(`${PATH}/${unnamed}/cancel`, {})).body.code).toBe('pipeline-execution-unnamed');
    const gone = await connect('gone');
    const left = await observe(execution('51', 'running'), undefined, gone);
    await api.remove('/api/v1/integrations/gone');
    expect((await api.get(`${PATH}/${left}`)).body.integration).toBe('gone');
    expect((await api.get(`${PATH}/${left}/jobs`)).body.code).toBe('integration-not-found');
    expect((await api.get(`${PATH}/x`)).body.code).toBe('pipeline-execution-not-found');
  });
});

describe('statistics of pipelines', () => {
  it('tell durations, success, flaky jobs, slow steps and machine time', async () => {
    const api = await createApiFixture({}, {}, 1, platforms);
    try {
      const empty = await api.get(`${PATH}/statistics`);
      expect(empty).toMatchObject({ status: 200, body: { executions: 0, minutes: 0, jobs: [], steps: [] } });
      expect(empty.body).not.toHaveProperty('successRate');
      const auth = { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' };
      const { body } = await api.post('/api/v1/integrations', { name: 'builds', platform: 'sample', auth });
      const through = { id: body.id, project: 'default', platform: 'sample' };
      const observe = (seen: Execution, jobs: readonly PipelineJob[]) =>
        api.database.dataSource.transaction((manager) =>
          new ExecutionRepository(manager).observe(through, { execution: seen, jobs, told: false }),
        );
      const at = (minutes: number) => START + minutes * MINUTE;
      const build = (id: string, state: PipelineState, from: number, to: number) =>
        job(id, 'build', state, { startedAt: at(from), endedAt: at(to) });
      const steps = [
        { name: 'Compile', state: 'succeeded', native: 'ok', startedAt: at(0), endedAt: at(2) },
        { name: 'Skipped', state: 'skipped', native: 'no' },
      ] as const;
      // At one commit it failed, then succeeded: once by its next attempt, once by another execution.
      await observe(execution('1', 'failed', { commit: 'aaa' }), [build('j1', 'failed', 0, 1)]);
      await observe(execution('1', 'succeeded', { commit: 'aaa', attempt: 2 }), [
        build('j2', 'succeeded', 2, 4),
        job('k', 'test', 'succeeded', { startedAt: at(4), endedAt: at(5), steps }),
      ]);
      await observe(execution('2', 'failed', { commit: 'bbb' }), [build('j3', 'failed', 0, 1)]);
      await observe(execution('3', 'succeeded', { commit: 'bbb' }), [build('j4', 'succeeded', 3, 4)]);
      // It succeeded, then failed: nothing of it is flaky by that.
      await observe(execution('4', 'succeeded', { commit: 'ccc' }), [build('j5', 'succeeded', 0, 1)]);
      await observe(execution('5', 'failed', { commit: 'ccc' }), [build('j6', 'failed', 3, 4)]);
      await observe(execution('6', 'running', { commit: 'ddd' }), [job('j7', 'build', 'running')]);
      const { body: found } = await api.get(`${PATH}/statistics?pricePerMinute=0.5&integration=builds`);
      expect(found).toMatchObject({
        executions: 5,
        succeeded: 3,
        failed: 2,
        canceled: 0,
        successRate: 0.6,
        duration: { p50Ms: 4 * MINUTE, p95Ms: 4 * MINUTE },
        queued: { p50Ms: MINUTE, p95Ms: MINUTE },
        minutes: 8,
        cost: 4,
        jobs: [
          { name: 'build', count: 6, failed: 3, flaky: 2, flakiness: 0.6667, minutes: 7 },
          { name: 'test', count: 1, failed: 0, flaky: 0, flakiness: 0, minutes: 1 },
        ],
        steps: [{ job: 'test', name: 'Compile', count: 1, duration: { p95Ms: 2 * MINUTE } }],
      });
      expect((await api.get(`${PATH}/statistics?ref=elsewhere`)).body.executions).toBe(0);
      expect((await api.get(`${PATH}/statistics?to=2020-01-01T00:00:00Z`)).body.executions).toBe(0);
    } finally {
      await api.close();
    }
  });
});
