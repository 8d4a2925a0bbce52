import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Transition } from '#domain/execution/command.js';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

const T0 = 1_790_000_000_000;
const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('runs', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture({}, {}, 2);
    await api.save(HELLO);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    api.gateway.failure = undefined;
  });

  const execute = (body: unknown = {}, headers: Record<string, string> = {}) =>
    api.post('/api/v1/workflows/hello/execute', body, headers);
  const getRun = async (id: string) => (await api.get(`/api/v1/runs/${id}`)).body;
  const countRuns = async () =>
    (await api.database.dataSource.query('SELECT count(*)::int AS count FROM runs'))[0].count as number;

  describe('start', () => {
    it('answers at once, and hands Temporal the plan and the inputs with their defaults', async () => {
      const answer = await execute();
      expect(answer).toMatchObject({
        status: 202,
        body: {
          status: 'queued',
          workflow: 'hello',
          version: 1,
          inputs: { who: 'world' },
          startedBy: 'local',
        },
      });
      const { id } = answer.body;
      expect(answer.body.temporalWorkflowId).toBe(`run-${id}`);
      const started = await eventually(
        async () => api.gateway.started.get(id),
        (input) => input !== undefined,
      );
      expect(started).toMatchObject({
        inputs: { who: 'world' },
        project: 'default',
        plan: { name: 'hello', digest: expect.stringMatching(/^sha256:/) },
        run: {
          id,
          workflow: 'hello',
          version: 1,
          trigger: 'api',
          startedBy: 'local',
          startedAt: answer.body.createdAt,
        },
      });
    });

    it('writes run, outbox and audit together', async () => {
      const { body } = await execute({ inputs: { who: 'you' } }, { 'x-sluice-actor': 'ada@example.org' });
      const rows = await api.database.dataSource.query(
        `SELECT a.actor, a.action, o.kind FROM runs r JOIN outbox o ON o.run_id = r.id
         JOIN audit_log a ON a.object_id = r.id::text WHERE r.id = $1`,
        [body.id],
      );
      expect(rows).toEqual([{ actor: 'ada@example.org', action: 'run.start', kind: 'start' }]);
    });

    it('is one run for one key, however often it is asked for', async () => {
      const key = { 'idempotency-key': 'k-1' };
      const first = await execute({ inputs: { who: 'a' } }, key);
      const second = await execute({ inputs: { who: 'a' } }, key);
      expect(second).toMatchObject({ status: 202, body: { id: first.body.id } });
      for (const other of [{ inputs: { who: 'b' } }, {}, { inputs: { who: 'a' }, version: 1 }]) {
        expect(await execute(other, key)).toMatchObject({
          status: 409,
          body: { code: 'idempotency-key-reused' },
        });
      }
      expect((await execute({ inputs: { who: 'a' } })).body.id).not.toBe(first.body.id);
    });

    it('is one run when a hundred ask at once with one key', async () => {
      const before = await countRuns();
      const answers = await Promise.all(
        Array.from({ length: 100 }, () =>
          execute({ inputs: { who: 'all' } }, { 'idempotency-key': 'k-100' }),
        ),
      );
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
      expect(await countRuns()).toBe(before + 1);
    });

    it('stays the same run for its key when the workflow has other inputs by now', async () => {
      const text = HELLO.replace('name: hello', 'name: moving');
      await api.save(text);
      const path = '/api/v1/workflows/moving/execute';
      const first = await api.post(path, { inputs: { who: 'x' } }, { 'idempotency-key': 'k-moving' });
      await api.save(text.replace('type: string, default: world', 'type: integer'));
      const again = await api.post(path, { inputs: { who: 'x' } }, { 'idempotency-key': 'k-moving' });
      expect(again).toMatchObject({ status: 202, body: { id: first.body.id, version: 1 } });
      expect(await api.post(path, { inputs: { who: 'x' } })).toMatchObject({
        body: { code: 'inputs-invalid' },
      });
      expect(await api.post(path, { inputs: { who: 'x' }, version: 1 })).toMatchObject({ status: 202 });
    });

    it.each<[string, unknown, Record<string, string>, number, string]>([
      ['a wrong input', { inputs: { who: 1 } }, {}, 422, 'inputs-invalid'],
      ['an unknown input', { inputs: { whom: 'x' } }, {}, 422, 'inputs-invalid'],
      ['an input named constructor', { inputs: { constructor: 'x' } }, {}, 400, 'body-forbidden-key'],
      ['an input named prototype', { inputs: { prototype: 'x' } }, {}, 422, 'inputs-invalid'],
      ['inputs that are a list', { inputs: [] }, {}, 400, 'request-invalid'],
      ['an unknown field', { input: {} }, {}, 400, 'request-invalid'],
      ['a field named constructor', '{"constructor":{}}', {}, 400, 'body-forbidden-key'],
      ['a version that is a text', { version: '1' }, {}, 400, 'request-invalid'],
      ['a version that is not there', { version: 99 }, {}, 404, 'workflow-version-not-found'],
      ['broken JSON', '{"inputs":', {}, 400, 'body-malformed'],
      ['a list', [1], {}, 400, 'request-invalid'],
      ['__proto__', '{"inputs":{"__proto__":{"who":"x"}}}', {}, 400, 'body-forbidden-key'],
      [
        'a deep body',
        `{"inputs":{"who":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
        {},
        400,
        'body-too-deep',
      ],
      ['2 MiB', `{"inputs":{"who":"${'x'.repeat(2 << 20)}"}}`, {}, 413, 'body-too-large'],
      ['YAML', 'inputs: {}', { 'content-type': 'text/yaml' }, 415, 'media-type-unsupported'],
      ['a long key', {}, { 'idempotency-key': 'k'.repeat(201) }, 400, 'idempotency-key-invalid'],
      ['an empty key', {}, { 'idempotency-key': '' }, 400, 'idempotency-key-invalid'],
      ['a strange actor', {}, { 'x-sluice-actor': '<script>' }, 400, 'request-invalid'],
    ])('refuses %s, and starts nothing', async (_, body, headers, status, code) => {
      const before = await countRuns();
      const answer = await execute(body, headers);
      expect(answer).toMatchObject({
        status,
        body: { code, correlationId: answer.headers.get('x-correlation-id') },
      });
      expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|\n +at /);
      expect(await countRuns()).toBe(before);
    });

    it('takes hostile texts as they are', async () => {
      const who = 'nul \u0000 quote \' " </script> \u202e æ';
      const { body } = await execute({ inputs: { who } });
      expect((await getRun(body.id)).inputs).toEqual({ who });
    });

    it('works without a body', async () => {
      expect(await api.post('/api/v1/workflows/hello/execute')).toMatchObject({ status: 202 });
    });
  });

  describe('while Temporal is away', () => {
    it('accepts runs and loses none', async () => {
      api.gateway.failure = new Error('14 UNAVAILABLE');
      const ids: string[] = [];
      for (let index = 0; index < 30; index++) ids.push((await execute()).body.id);
      expect(await getRun(ids[0]!)).toMatchObject({ status: 'queued' });
      expect(await api.get('/health/ready')).toMatchObject({
        status: 503,
        body: { code: 'not-ready', errors: [{ path: 'temporal' }] },
      });
      api.gateway.failure = undefined;
      await eventually(
        async () => ids.filter((id) => !api.gateway.started.has(id)),
        (missing) => missing.length === 0,
      );
      expect(await api.get('/health/ready')).toMatchObject({ status: 200 });
    });

    it('ends a run that Temporal will never accept', async () => {
      const { SluiceError } = await import('#domain/errors.js');
      api.gateway.failure = new SluiceError({
        code: 'run-too-large',
        fault: 'user',
        message: 'Too large.',
        hint: 'Less.',
      });
      const { body } = await execute();
      const run = await eventually(
        () => getRun(body.id),
        (now) => now.status !== 'queued',
      );
      expect(run).toMatchObject({ status: 'failed', error: { code: 'run-too-large', hint: 'Less.' } });
    });
  });

  describe('lists', () => {
    it('newest first, in pages, by status and by workflow', async () => {
      await api.save(HELLO.replace('name: hello', 'name: listed'));
      const ids: string[] = [];
      for (let index = 0; index < 5; index++) {
        ids.unshift((await api.post('/api/v1/workflows/listed/execute', {})).body.id);
      }
      const seen: string[] = [];
      for (let after = ''; ; ) {
        const { body } = await api.get(`/api/v1/runs?workflow=listed&limit=2${after && `&after=${after}`}`);
        seen.push(...body.items.map((run: { id: string }) => run.id));
        if (body.next === undefined) break;
        after = body.next;
      }
      expect(seen).toEqual(ids);
      const failed = await api.get('/api/v1/runs?status=failed,canceled&limit=200');
      expect(failed.body.items.length).toBeGreaterThan(0);
      expect(new Set(failed.body.items.map((run: { status: string }) => run.status))).toEqual(
        new Set(['failed']),
      );
      expect((await api.get('/api/v1/runs?workflow=listed&status=failed')).body).toEqual({ items: [] });
    });

    it.each(['status=sleeping', 'status=', 'after=%21', 'after=bm8', 'limit=-1'])(
      'refuse %s',
      async (query) => {
        expect(await api.get(`/api/v1/runs?${query}`)).toMatchObject({
          status: 400,
          body: { code: 'request-invalid' },
        });
      },
    );

    it('know no workflow that is not there', async () => {
      expect(await api.get('/api/v1/runs?workflow=none')).toMatchObject({
        body: { code: 'workflow-not-found' },
      });
    });
  });

  describe('one run', () => {
    const transitions: Transition[] = [
      { sequence: 1, at: T0, status: 'running' },
      { sequence: 2, at: T0 + 1, step: 'greet', status: 'running' },
      { sequence: 3, at: T0 + 2, step: 'say', status: 'succeeded', output: { text: 'hi', z: 1, a: 2 } },
      { sequence: 4, at: T0 + 3, step: 'each', status: 'running' },
      { sequence: 5, at: T0 + 4, step: 'echo[10]', status: 'running' },
      { sequence: 6, at: T0 + 5, step: 'echo[2]', status: 'running' },
    ];

    it('shows every step in written order, pending ones and instances too', async () => {
      const { id } = (await execute()).body;
      const keys = async () =>
        (await api.get(`/api/v1/runs/${id}/steps`)).body.items.map(
          (step: { key: string; status: string }) => [step.key, step.status],
        );
      expect(await keys()).toEqual([
        ['greet', 'pending'],
        ['say', 'pending'],
        ['each', 'pending'],
        ['echo', 'pending'],
      ]);
      await api.recorder.record({ transitions: [{ run: id, transitions }] });
      await api.recorder.record({
        attemptStarts: [
          {
            run: id,
            step: 'echo[2]',
            attempt: 1,
            at: T0,
            action: 'x',
            worker: 'w',
            rebuild: false,
            input: {},
          },
        ],
      });
      expect(await keys()).toEqual([
        ['greet', 'running'],
        ['say', 'succeeded'],
        ['each', 'running'],
        ['echo[2]', 'running'],
        ['echo[10]', 'running'],
      ]);
      const { items } = (await api.get(`/api/v1/runs/${id}/steps`)).body;
      expect(JSON.stringify(items[1].output)).toBe('{"text":"hi","z":1,"a":2}');
      expect(items[3]).toMatchObject({
        id: 'echo',
        parent: 'each',
        depth: 2,
        attempts: [{ attempt: 1, worker: 'w' }],
      });
      expect(await getRun(id)).toMatchObject({ status: 'running', progress: { settled: 1, total: 5 } });

      await api.recorder.record({
        results: [
          {
            run: id,
            result: { status: 'canceled' },
            endedAt: T0,
            sequence: 9,
            steps: {},
            actions: {},
          },
        ],
      });
      expect((await api.get(`/api/v1/runs/${id}/steps`)).body.items[1]).toMatchObject({
        status: 'skipped',
        skipped: 'stopped',
      });
    });

    it('shows its log in pages', async () => {
      const { id } = (await execute()).body;
      const lines = ['a', 'b', 'c'].map((text) => ({ at: T0, stream: 'stdout' as const, text }));
      await api.recorder.record({ logs: [{ run: id, step: 'say', attempt: 1, firstLine: 1, lines }] });
      const first = (await api.get(`/api/v1/runs/${id}/logs?limit=2`)).body;
      expect(first.items).toMatchObject([{ line: 1, text: 'a', step: 'say', stream: 'stdout' }, { line: 2 }]);
      expect((await api.get(`/api/v1/runs/${id}/logs?after=${first.next}`)).body).toEqual({
        items: [expect.objectContaining({ line: 3, text: 'c', at: new Date(T0).toISOString() })],
      });
      expect((await api.get(`/api/v1/runs/${id}/logs?step=none`)).body).toEqual({ items: [] });
      for (const query of ['after=x', 'after=1.2.3', 'limit=5001', 'attempt=0']) {
        expect(await api.get(`/api/v1/runs/${id}/logs?${query}`)).toMatchObject({ status: 400 });
      }
    });

    it.each(['', '/steps', '/logs', '/events'])('is not found: %s', async (path) => {
      expect(await api.get(`/api/v1/runs/${NOBODY}${path}`)).toMatchObject({
        status: 404,
        body: { code: 'run-not-found' },
      });
      expect(await api.get(`/api/v1/runs/x${path}`)).toMatchObject({
        status: 400,
        body: { code: 'id-invalid' },
      });
    });
  });

  describe('cancel', () => {
    it('is told to Temporal, once, with who and why', async () => {
      const { id } = (await execute()).body;
      await eventually(async () => api.gateway.started.has(id), Boolean);
      const answer = await api.post(
        `/api/v1/runs/${id}/cancel`,
        { reason: 'enough' },
        { 'x-sluice-actor': 'ada' },
      );
      expect(answer).toMatchObject({
        status: 202,
        body: { status: 'canceling', cancel: { by: 'ada', reason: 'enough' } },
      });
      expect(await api.post(`/api/v1/runs/${id}/cancel`)).toMatchObject({
        status: 202,
        body: { cancel: { by: 'ada' } },
      });
      const told = await eventually(
        async () => api.gateway.canceled.filter((c) => c.run === id),
        (c) => c.length > 0,
      );
      expect(told).toEqual([{ run: id, by: 'ada', reason: 'enough' }]);
    });

    it('survives that Temporal is away', async () => {
      const { id } = (await execute()).body;
      await eventually(async () => api.gateway.started.has(id), Boolean);
      api.gateway.failure = new Error('away');
      expect(await api.post(`/api/v1/runs/${id}/cancel`, {})).toMatchObject({ status: 202 });
      await eventually(
        async () =>
          api.database.dataSource.query(
            `SELECT FROM outbox WHERE run_id = $1 AND attempts > 0 AND kind = 'cancel'`,
            [id],
          ),
        (rows) => rows.length > 0,
      );
      api.gateway.failure = undefined;
      await eventually(async () => api.gateway.canceled.some((canceled) => canceled.run === id), Boolean);
    });

    it('is too late when the run has ended', async () => {
      const { id } = (await execute()).body;
      await api.recorder.record({
        results: [
          {
            run: id,
            result: { status: 'succeeded' },
            endedAt: T0,
            sequence: 1,
            steps: {},
            actions: {},
          },
        ],
      });
      const answer = await api.post(`/api/v1/runs/${id}/cancel`, {});
      expect(answer).toMatchObject({ status: 409, body: { code: 'run-already-ended' } });
      expect(await getRun(id)).toMatchObject({ status: 'succeeded' });
    });

    it('refuses a reason that is none, and runs that are none', async () => {
      const { id } = (await execute()).body;
      for (const reason of [1, 'x'.repeat(1_001), 'a\u0000b']) {
        expect(await api.post(`/api/v1/runs/${id}/cancel`, { reason })).toMatchObject({
          body: { code: 'request-invalid' },
        });
      }
      expect(await api.post(`/api/v1/runs/${NOBODY}/cancel`, {})).toMatchObject({
        body: { code: 'run-not-found' },
      });
    });
  });
});
