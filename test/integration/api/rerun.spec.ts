import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Transition } from '#domain/execution/command.js';
import type { StepSketch } from '#domain/rerun/testing/plans.js';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';
import { endRun, saveSketch, startSketch } from './sketched-workflow.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const HOSTILE = { prototype: 1, text: 'nul \u0000 quote \' "', z: 1, a: 2 };
const INPUTS = { who: { type: 'string', default: 'world' } };

const build = (steps: readonly string[]): StepSketch => ({
  id: 'build',
  kind: 'stage',
  blocks: [steps.map((id) => ({ id }))],
});
const RELEASE: StepSketch = {
  id: 'release',
  kind: 'stage',
  blocks: [[{ id: 'deploy', compensated: true }, { id: 'verify' }]],
};

describe('rerun', () => {
  let api: ApiFixture;
  let run: string;
  let workflow: string;
  let count = 0;

  const done = (step: string, output?: Transition['output']) =>
    ({ step, status: 'succeeded', ...(output === undefined ? {} : { output }) }) as const;
  const FAILED = [
    { status: 'running' },
    done('build'),
    done('compile', HOSTILE),
    done('test'),
    { step: 'release', status: 'failed', error: { class: 'test', code: 'tests-failed', message: 'no' } },
    done('deploy', 'd'),
    { step: 'verify', status: 'failed', error: { class: 'test', code: 'tests-failed', message: 'no' } },
  ] as const;

  beforeAll(async () => {
    api = await createApiFixture({}, {}, 2);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    workflow = `w${count++}`;
    await saveSketch(api, workflow, [build(['compile', 'test']), RELEASE], INPUTS);
    run = await startSketch(api, workflow, FAILED, { inputs: { who: 'you' } });
    await endRun(api, run, 'failed');
  });

  const rerun = (body: unknown = {}, headers: Record<string, string> = {}, of = run) =>
    api.post(`/api/v1/runs/${of}/rerun`, body, { 'x-sluice-actor': 'ann', ...headers });
  const started = (id: string) =>
    eventually(
      async () => api.gateway.started.get(id)!,
      (input) => input !== undefined,
    );

  it('of what failed: the rest is taken over, as it was', async () => {
    const answer = await rerun({ reason: 'flaky' });
    expect(answer).toMatchObject({
      status: 202,
      body: {
        status: 'queued',
        trigger: 'rerun',
        rerunOf: { run },
        version: 1,
        inputs: { who: 'you' },
        startedBy: 'ann',
      },
    });
    const input = await started(answer.body.id);
    expect(input).toMatchObject({
      inputs: { who: 'you' },
      plan: { name: workflow },
      run: { id: answer.body.id, trigger: 'rerun', startedBy: 'ann', version: 1 },
    });
    expect(input.seed).toEqual({
      build: { status: 'succeeded' },
      compile: { status: 'succeeded', output: HOSTILE },
      test: { status: 'succeeded' },
      deploy: { status: 'succeeded', output: 'd' },
    });
    const audit = await api.database.dataSource.query(
      'SELECT actor, action, reason, after FROM audit_log WHERE object_id = $1',
      [answer.body.id],
    );
    expect(audit).toMatchObject([
      { actor: 'ann', action: 'run.rerun', reason: 'flaky', after: { rerun: { of: run, from: null } } },
    ]);
  });

  it('from a step, with edited inputs', async () => {
    const { body } = await rerun({ from: 'test', inputs: { who: 'me' } });
    expect(body).toMatchObject({ rerunOf: { run, from: 'test' }, inputs: { who: 'me' } });
    const input = await started(body.id);
    expect(Object.keys(input.seed!)).toEqual(['compile']);
    expect(input.inputs).toEqual({ who: 'me' });
    expect((await api.get(`/api/v1/runs/${body.id}`)).body.rerunOf).toEqual({ run, from: 'test' });
  });

  it('of a run that was started without anything to take over says so', async () => {
    const { body } = await rerun({ from: 'build' });
    expect((await started(body.id)).seed).toEqual({});
    expect(await started(run)).not.toHaveProperty('seed');
  });

  it('of one turn of a loop of a saved definition', async () => {
    await api.save(HELLO);
    const hello = await startSketch(api, 'hello', [
      { status: 'running' },
      done('greet'),
      done('say', { text: 'hello world' }),
      done('each', [1, 2, 3]),
      ...[0, 1, 2].map((turn) => done(`echo[${turn}]`, { n: turn })),
    ]);
    await endRun(api, hello);
    const { body } = await rerun({ from: 'echo[1]' }, {}, hello);
    expect(Object.keys((await started(body.id)).seed!).sort()).toEqual(['echo[0]', 'echo[2]', 'say']);
  });

  it('on a newer version, where it fits', async () => {
    await saveSketch(
      api,
      workflow,
      [build(['compile', 'test']), { ...RELEASE, blocks: [[...RELEASE.blocks![0]!, { id: 'tell' }]] }],
      INPUTS,
    );
    const { body } = await rerun({ version: 2 });
    expect(body).toMatchObject({ version: 2, rerunOf: { run } });
    expect(Object.keys((await started(body.id)).seed!)).toContain('deploy');
  });

  it('is refused with all reasons where it does not', async () => {
    await saveSketch(api, workflow, [build(['scan', 'compile']), RELEASE], INPUTS);
    const answer = await rerun({ version: 2 });
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: 'rerun-impossible',
        errors: [
          { path: 'test', code: 'rerun-step-removed', message: expect.any(String), hint: expect.any(String) },
          { path: 'scan', code: 'rerun-step-added' },
        ],
      },
    });
    expect(await rerun({ from: 'nothing' })).toMatchObject({
      status: 409,
      body: { errors: [{ path: 'nothing', code: 'rerun-from-unknown' }] },
    });
  });

  it('from a checkpoint: what was over by then, but for what was undone since', async () => {
    const over = {
      build: { status: 'succeeded' },
      compile: { status: 'succeeded', output: HOSTILE },
      test: { status: 'succeeded' },
      deploy: { status: 'succeeded', output: 'early' },
    } as const;
    const undone = await startSketch(api, workflow, [...FAILED, done('deploy:compensate')]);
    await endRun(api, undone, 'failed');
    for (const id of [run, undone]) {
      await api.recorder.record({
        transitions: [
          {
            run: id,
            transitions: [],
            events: [{ sequence: 50, at: 1, type: 'run.checkpointed', name: 'safe', data: { steps: over } }],
          },
        ],
      });
    }
    const first = (await rerun({ checkpoint: 'safe' })).body;
    expect((await started(first.id)).seed).toEqual(over);
    const second = (await rerun({ checkpoint: 'safe' }, {}, undone)).body;
    expect(Object.keys((await started(second.id)).seed!)).toEqual(['build', 'compile', 'test']);
    expect(await rerun({ checkpoint: 'none' })).toMatchObject({
      status: 404,
      body: { code: 'checkpoint-not-found' },
    });
    expect(await rerun({ checkpoint: 'a\u0000b' })).toMatchObject({ status: 404 });
  });

  it('from a checkpoint in a loop: with the turns that were gone by, and none of those that came after', async () => {
    await saveSketch(api, `${workflow}-loop`, [
      {
        id: 's',
        kind: 'stage',
        blocks: [[{ id: 'poll', kind: 'loop', blocks: [[{ id: 'check' }]] }]],
      },
    ]);
    const looping = await startSketch(api, `${workflow}-loop`, [
      { status: 'running' },
      ...[0, 1, 2, 3].map((turn) => done(`check[${turn}]`, turn)),
    ]);
    await api.recorder.record({
      transitions: [
        {
          run: looping,
          transitions: [],
          events: [{ sequence: 4, at: 1, type: 'run.checkpointed', name: 'safe', data: { steps: {} } }],
        },
      ],
    });
    await endRun(api, looping, 'failed');
    const { body } = await rerun({ checkpoint: 'safe' }, {}, looping);
    expect(Object.keys((await started(body.id)).seed!)).toEqual(['check[0]', 'check[1]']);
  });

  it('runs again what was undone', async () => {
    const other = await startSketch(api, workflow, [...FAILED, done('deploy:compensate')]);
    await endRun(api, other, 'failed');
    const { body } = await rerun({}, {}, other);
    expect(Object.keys((await started(body.id)).seed!)).not.toContain('deploy');
  });

  it('is one run for one key', async () => {
    const key = { 'idempotency-key': `k-${workflow}` };
    const first = await rerun({ from: 'test' }, key);
    expect((await rerun({ from: 'test' }, key)).body.id).toBe(first.body.id);
    for (const other of [{}, { from: 'compile' }, { from: 'test', inputs: { who: 'x' } }]) {
      expect(await rerun(other, key)).toMatchObject({
        status: 409,
        body: { code: 'idempotency-key-reused' },
      });
    }
    const start = await api.post(`/api/v1/workflows/${workflow}/execute`, { inputs: { who: 'you' } }, key);
    expect(start).toMatchObject({ body: { code: 'idempotency-key-reused' } });
  });

  it.each<[string, unknown, number, string]>([
    ['a version that is not there', { version: 9 }, 404, 'workflow-version-not-found'],
    ['wrong inputs', { inputs: { who: 1 } }, 422, 'inputs-invalid'],
    ['unknown inputs', { inputs: { whom: 'x' } }, 422, 'inputs-invalid'],
    ['an unknown field', { form: 'x' }, 400, 'request-invalid'],
    ['a long step', { from: 'x'.repeat(401) }, 400, 'request-invalid'],
    ['huge inputs', { inputs: { who: 'x'.repeat(262_145) } }, 400, 'request-invalid'],
  ])('refuses %s', async (_, body, status, code) => {
    expect(await rerun(body)).toMatchObject({ status, body: { code } });
  });

  it('waits for the end of a run', async () => {
    const living = await startSketch(api, workflow, [{ status: 'paused' }]);
    expect(await rerun({}, {}, living)).toMatchObject({
      status: 409,
      body: { code: 'operation-refused', refusal: { code: 'run-state', fits: 'A run that has ended.' } },
    });
    expect(await rerun({}, {}, NOBODY)).toMatchObject({ status: 404 });
  });

  describe('compare', () => {
    it('tells what differs in more than time', async () => {
      const other = await startSketch(api, workflow, [
        { status: 'running' },
        done('build'),
        done('compile', { ...HOSTILE, z: 2 }),
        done('test'),
        done('release'),
        done('deploy', 'd'),
        done('verify'),
        done('deploy:compensate'),
      ]);
      await endRun(api, other);
      const { status, body } = await api.get(`/api/v1/runs/${run}/compare/${other}`);
      expect(status).toBe(200);
      expect(body).toEqual({
        runs: [
          { id: run, workflow, version: 1, status: 'failed', durationMs: expect.any(Number) },
          { id: other, workflow, version: 1, status: 'succeeded', durationMs: expect.any(Number) },
        ],
        inputs: [{ path: '/who', before: 'you', after: 'world' }],
        output: [],
        steps: [
          { key: 'compile', change: 'changed', output: [{ path: '/z', before: 1, after: 2 }] },
          {
            key: 'release',
            change: 'changed',
            status: ['failed', 'succeeded'],
            error: ['tests-failed', null],
          },
          { key: 'deploy:compensate', change: 'added' },
          {
            key: 'verify',
            change: 'changed',
            status: ['failed', 'succeeded'],
            error: ['tests-failed', null],
          },
        ],
      });
    });

    it('finds a run like itself, and none that is not there', async () => {
      expect((await api.get(`/api/v1/runs/${run}/compare/${run}`)).body).toMatchObject({
        inputs: [],
        output: [],
        steps: [],
      });
      expect(await api.get(`/api/v1/runs/${run}/compare/${NOBODY}`)).toMatchObject({ status: 404 });
      expect(await api.get(`/api/v1/runs/${run}/compare/x`)).toMatchObject({ status: 400 });
    });
  });
});
