import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Refusal } from '#domain/execution/operation.js';
import type { StepSketch } from '#domain/rerun/testing/plans.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';
import { endRun, saveSketch, startSketch } from './sketched-workflow.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const HOSTILE = { prototype: 1, text: 'nul \u0000 lone \ud800 quote \' "', z: 1, a: 2 };

const STAGES: readonly StepSketch[] = [
  {
    id: 'release',
    kind: 'stage',
    blocks: [
      [
        {
          id: 'gate',
          kind: 'approval',
          more: {
            onReject: 'stop',
            inputs: { ticket: { type: 'string', pattern: '^OPS-' }, window: { type: 'integer', default: 5 } },
          },
        },
        { id: 'print', more: { action: 'log/write' } },
        {
          id: 'count',
          more: { action: 'x/y', outputSchema: { type: 'object', properties: { n: { type: 'integer' } } } },
        },
        { id: 'each', kind: 'forEach', blocks: [[{ id: 'deploy', more: { action: 'log/write' } }]] },
      ],
    ],
  },
];

interface Audited {
  readonly action: string;
  readonly after: { readonly outcome?: string } | null;
}

describe('operations', () => {
  let api: ApiFixture;
  let run: string;
  beforeAll(async () => {
    api = await createApiFixture({}, { ann: ['approver', 'operator'], zoe: ['operator', 'release-lead'] }, 2);
    await saveSketch(api, 'sketch', STAGES);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    api.gateway.failure = undefined;
    api.gateway.answer = () => ({ outcome: 'done', result: { status: 'running' } });
    run = await startSketch(api, 'sketch', [{ status: 'running' }]);
    api.gateway.operated.length = 0;
  });

  const operate = (path: string, body: unknown = {}, headers: Record<string, string> = {}, of = run) =>
    api.post(`/api/v1/runs/${of}/${path}`, body, { 'x-sluice-actor': 'ann', ...headers });
  /** Without what was written down before the run was asked. */
  const audit = async (of = run) => {
    const entries: Audited[] = await api.database.dataSource.query(
      `SELECT actor, action, reason, after FROM audit_log WHERE object_id = $1 AND action <> 'run.start' ORDER BY id`,
      [of],
    );
    return entries.filter(({ after }) => after?.outcome !== 'asked');
  };
  const refusal = (code: Refusal['code']): Refusal => ({
    code,
    message: 'No.',
    fits: 'A step that waits.',
  });

  it.each<[string, object, object]>([
    ['pause', {}, { type: 'pause' }],
    ['resume', {}, { type: 'resume' }],
    [
      'steps/gate/approve',
      { inputs: { ticket: 'OPS-1' } },
      { type: 'approve', step: 'gate', inputs: { ticket: 'OPS-1', window: 5 } },
    ],
    ['steps/gate/reject', {}, { type: 'reject', step: 'gate' }],
    ['steps/gate/reject', { inputs: { window: 2 } }, { type: 'reject', step: 'gate', inputs: { window: 2 } }],
    ['steps/print/retry', {}, { type: 'retry-step', step: 'print' }],
    [
      'steps/print/retry',
      { with: { message: 'again' } },
      { type: 'retry-step', step: 'print', with: { message: 'again' } },
    ],
    ['steps/deploy%5B2%5D/skip', {}, { type: 'skip-step', step: 'deploy[2]' }],
    ['steps/deploy[2]/skip', {}, { type: 'skip-step', step: 'deploy[2]' }],
    ['steps/print/complete', { output: HOSTILE }, { type: 'complete-step', step: 'print', output: HOSTILE }],
    ['steps/print/complete', { output: null }, { type: 'complete-step', step: 'print', output: null }],
    [
      'steps/count/complete',
      { output: { n: 1 } },
      { type: 'complete-step', step: 'count', output: { n: 1 } },
    ],
    ['events', { name: 'deployed', data: HOSTILE }, { type: 'send-event', name: 'deployed', data: HOSTILE }],
    ['events', { name: 'deployed' }, { type: 'send-event', name: 'deployed', data: null }],
    ['checkpoints', { name: 'safe' }, { type: 'checkpoint', name: 'safe' }],
  ])('%s %j: done, with who and why, and audited', async (path, body, expected) => {
    const answer = await operate(path, { ...body, reason: 'it is\nnight' });
    expect(answer).toMatchObject({ status: 200, body: { run, status: 'running' } });
    expect(api.gateway.operated).toEqual([
      {
        run,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        operation: { ...expected, by: 'ann', roles: ['approver', 'operator'], reason: 'it is\nnight' },
      },
    ]);
    const { type } = expected as { type: string };
    expect(await audit()).toEqual([
      {
        actor: 'ann',
        action: `run.${type}`,
        reason: 'it is\nnight',
        after: expect.objectContaining({ outcome: 'done', result: { status: 'running' } }),
      },
    ]);
  });

  it('are written down before the run is asked, whatever becomes of it', async () => {
    api.gateway.failure = new Error('gone');
    await operate('pause', { reason: 'night' });
    const entries = await api.database.dataSource.query(
      `SELECT actor, reason, after FROM audit_log WHERE object_id = $1 AND action = 'run.pause' ORDER BY id`,
      [run],
    );
    expect(entries).toEqual([
      { actor: 'ann', reason: 'night', after: { outcome: 'asked' } },
      { actor: 'ann', reason: 'night', after: { outcome: 'unknown' } },
    ]);
  });

  it('answers with what became of the step', async () => {
    api.gateway.answer = () => ({
      outcome: 'done',
      result: { status: 'paused', step: { key: 'print', status: 'skipped' } },
    });
    expect((await operate('steps/print/skip')).body).toEqual({
      run,
      status: 'paused',
      step: { key: 'print', status: 'skipped' },
    });
  });

  it('asks by the roles of whom it is for, those that only approvals name among them', async () => {
    await operate('pause', {}, { 'x-sluice-actor': 'zoe' });
    expect(api.gateway.operated).toMatchObject([
      { operation: { by: 'zoe', roles: ['operator', 'release-lead'] } },
    ]);
  });

  it('is one operation for one key, and another one for another request', async () => {
    const key = { 'idempotency-key': 'k-1' };
    await operate('pause', {}, key);
    await operate('pause', {}, key);
    await operate('resume', {}, key);
    await operate('pause', {}, { ...key, 'x-sluice-actor': 'bob' });
    const ids = api.gateway.operated.map(({ id }) => id);
    expect(ids[0]).toMatch(/^k-1:/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
    expect(await operate('pause', {}, { 'idempotency-key': 'a b' })).toMatchObject({
      status: 400,
      body: { code: 'idempotency-key-invalid' },
    });
  });

  describe('are refused', () => {
    it.each<[Refusal['code'], number, string]>([
      ['run-state', 409, 'operation-refused'],
      ['step-state', 409, 'operation-refused'],
      ['operation-invalid', 409, 'operation-refused'],
      ['not-allowed', 403, 'operation-not-allowed'],
    ])('by the run: %s', async (code, status, problem) => {
      api.gateway.answer = () => ({ outcome: 'refused', refusal: refusal(code) });
      expect(await operate('steps/gate/reject', { reason: 'x' })).toMatchObject({
        status,
        body: { code: problem, detail: 'No. Fits: A step that waits.', refusal: refusal(code) },
      });
      expect(await audit()).toMatchObject([
        { actor: 'ann', reason: 'x', after: { step: 'gate', outcome: 'refused', refusal: { code } } },
      ]);
    });

    it('by a run that does not know the step', async () => {
      api.gateway.answer = () => ({ outcome: 'refused', refusal: refusal('step-unknown') });
      expect(await operate('steps/print/skip')).toMatchObject({
        status: 404,
        body: { code: 'step-not-found' },
      });
    });

    it.each(['already-ended', 'not-found'] as const)('where Temporal says: %s', async (outcome) => {
      api.gateway.answer = () => ({ outcome });
      expect(await operate('pause')).toMatchObject({
        status: 409,
        body: { code: 'operation-refused', refusal: { code: 'run-state' } },
      });
    });

    const ALL: readonly [path: string, body: object, action: string][] = [
      ['pause', {}, 'run.pause'],
      ['resume', {}, 'run.resume'],
      ['cancel', { compensate: true }, 'run.cancel'],
      ['steps/gate/approve', { inputs: { ticket: 'OPS-1' } }, 'run.approve'],
      ['steps/gate/reject', {}, 'run.reject'],
      ['steps/print/retry', {}, 'run.retry-step'],
      ['steps/print/skip', {}, 'run.skip-step'],
      ['steps/print/complete', { output: 1 }, 'run.complete-step'],
      ['events', { name: 'deployed' }, 'run.send-event'],
      ['checkpoints', { name: 'safe' }, 'run.checkpoint'],
    ];

    it.each(['queued', 'succeeded', 'rejected', 'failed', 'canceled'] as const)(
      'all of them, of a run that is %s, with the states in which they fit',
      async (status) => {
        const of = await startSketch(api, 'sketch');
        if (status !== 'queued') await endRun(api, of, status);
        for (const [path, body] of ALL) {
          expect(await operate(path, body, {}, of)).toMatchObject({
            status: 409,
            body: {
              code: 'operation-refused',
              detail: expect.stringMatching(status === 'queued' ? /not begun/ : new RegExp(status)),
              refusal: { code: 'run-state', fits: expect.stringContaining('running, paused') },
            },
          });
        }
        expect(api.gateway.operated).toEqual([]);
        const entries = await audit(of);
        expect(entries.map(({ action }) => action)).toEqual(ALL.map(([, , action]) => action));
        expect(entries.every(({ after }) => after?.outcome === 'refused')).toBe(true);
      },
    );

    it.each(['running', 'paused', 'canceling', 'rolling-back'] as const)(
      'by nobody but the run itself while it is %s',
      async (status) => {
        const of = await startSketch(api, 'sketch', [{ status }]);
        for (const [path, body] of ALL) {
          expect((await operate(path, body, {}, of)).status).toBe(path === 'cancel' ? 202 : 200);
        }
        expect(api.gateway.operated).toHaveLength(ALL.length);
      },
    );

    it('of other input for a step that has none', async () => {
      expect(await operate('steps/each/retry', { with: {} })).toMatchObject({
        status: 409,
        body: { refusal: { code: 'operation-invalid', fits: 'A step that runs an action or a workflow.' } },
      });
    });
  });

  it.each<[string, unknown, number, string]>([
    ['steps/none/skip', {}, 404, 'step-not-found'],
    ['steps/deploy/skip', {}, 404, 'step-not-found'],
    ['steps/deploy[x]/skip', {}, 404, 'step-not-found'],
    ['steps/deploy[01]/skip', {}, 404, 'step-not-found'],
    ['steps/__proto__/skip', {}, 404, 'step-not-found'],
    ['steps/print%00/skip', {}, 404, 'step-not-found'],
    [`steps/${'x'.repeat(401)}/skip`, {}, 404, 'step-not-found'],
    ['steps/gate/approve', {}, 422, 'inputs-invalid'],
    ['steps/gate/approve', { inputs: { ticket: 'x' } }, 422, 'inputs-invalid'],
    ['steps/gate/approve', { inputs: { ticket: 'OPS-1', more: 1 } }, 422, 'inputs-invalid'],
    ['steps/gate/reject', { inputs: { ticket: 'x' } }, 422, 'inputs-invalid'],
    ['steps/gate/approve', { inputs: [] }, 400, 'request-invalid'],
    ['steps/gate/approve', { inputs: { ticket: 'x'.repeat(262_145) } }, 400, 'request-invalid'],
    ['steps/print/retry', { with: { massage: 'x' } }, 400, 'request-invalid'],
    ['steps/count/complete', { output: { n: 'x' } }, 400, 'request-invalid'],
    ['steps/print/complete', {}, 400, 'request-invalid'],
    ['steps/print/complete', { output: 'x'.repeat(262_145) }, 400, 'request-invalid'],
    ['events', {}, 400, 'request-invalid'],
    ['events', { name: 'a\u0000b' }, 400, 'request-invalid'],
    ['events', { name: ' ' }, 400, 'request-invalid'],
    ['events', { name: 'x'.repeat(201) }, 400, 'request-invalid'],
    ['checkpoints', { name: 'x'.repeat(101) }, 400, 'request-invalid'],
    ['events', { name: 'x', data: 'x'.repeat(262_145) }, 400, 'request-invalid'],
    ['events', '{"name":"x","data":{"__proto__":1}}', 400, 'body-forbidden-key'],
    ['checkpoints', { name: '../etc' }, 400, 'request-invalid'],
    ['pause', { reason: 'x'.repeat(1_001) }, 400, 'request-invalid'],
    ['pause', { reason: 'a\u0000b' }, 400, 'request-invalid'],
    ['pause', { why: 'x' }, 400, 'request-invalid'],
    ['cancel', { compensate: 'yes' }, 400, 'request-invalid'],
  ])('%s refuses %.80j', async (path, body, status, code) => {
    const answer = await operate(path, body);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(api.gateway.operated).toEqual([]);
  });

  it('are not found in runs that are none', async () => {
    expect(await operate('pause', {}, {}, NOBODY)).toMatchObject({ body: { code: 'run-not-found' } });
    expect(await operate('pause', {}, {}, 'x')).toMatchObject({ body: { code: 'id-invalid' } });
  });

  it('say that Temporal is away; what became of them is not known', async () => {
    api.gateway.failure = new Error('14 UNAVAILABLE at 10.0.0.1');
    const answer = await operate('pause');
    expect(answer).toMatchObject({ status: 503, body: { code: 'temporal-unavailable' } });
    expect(JSON.stringify(answer.body)).not.toContain('10.0.0.1');
    expect(await audit()).toMatchObject([{ after: { outcome: 'unknown' } }]);
  });

  it('never happen by following a link', async () => {
    for (const path of ['steps/gate/approve', 'steps/gate/reject', 'pause', 'rerun']) {
      expect(await api.get(`/api/v1/runs/${run}/${path}`)).toMatchObject({ status: 405 });
    }
    expect(api.gateway.operated).toEqual([]);
  });

  describe('cancel with compensation', () => {
    it('is an operation, and leaves who asked for it', async () => {
      api.gateway.answer = () => ({ outcome: 'done', result: { status: 'rolling-back' } });
      const answer = await operate('cancel', { compensate: true, reason: 'bad' });
      expect(answer).toMatchObject({
        status: 202,
        body: { id: run, status: 'rolling-back', cancel: { by: 'ann', reason: 'bad' } },
      });
      expect(api.gateway.operated).toMatchObject([{ operation: { type: 'cancel', compensate: true } }]);
      expect(api.gateway.canceled.filter((canceled) => canceled.run === run)).toEqual([]);
      expect(await audit()).toMatchObject([
        { action: 'run.cancel', after: { compensate: true, outcome: 'done' } },
      ]);
    });

    it('changes nothing when it is refused', async () => {
      api.gateway.answer = () => ({ outcome: 'refused', refusal: refusal('run-state') });
      expect(await operate('cancel', { compensate: true })).toMatchObject({ status: 409 });
      expect((await api.get(`/api/v1/runs/${run}`)).body).not.toHaveProperty('cancel');
    });
  });

  it('and all else that happened can be read', async () => {
    const at = 1_790_000_000_000;
    await api.recorder.record({
      transitions: [
        {
          run,
          transitions: [],
          events: [
            { sequence: 10, at, type: 'run.paused', by: 'ann', reason: 'lunch' },
            { sequence: 12, at, type: 'event.emitted', step: 'print', name: 'deployed', data: HOSTILE },
            {
              sequence: 14,
              at,
              type: 'run.checkpointed',
              by: 'ann',
              name: 'safe',
              data: { steps: { print: { status: 'succeeded' } } },
            },
          ],
        },
      ],
    });
    const iso = new Date(at).toISOString();
    const first = (await api.get(`/api/v1/runs/${run}/history?limit=2`)).body;
    expect(first.items).toEqual([
      { sequence: 10, at: iso, type: 'run.paused', by: 'ann', reason: 'lunch' },
      { sequence: 12, at: iso, type: 'event.emitted', step: 'print', name: 'deployed', data: HOSTILE },
    ]);
    expect((await api.get(`/api/v1/runs/${run}/history?after=${first.next}`)).body).toEqual({
      items: [{ sequence: 14, at: iso, type: 'run.checkpointed', by: 'ann', name: 'safe' }],
    });
    expect((await api.get(`/api/v1/runs/${run}/checkpoints`)).body).toEqual({
      items: [{ name: 'safe', sequence: 14, at: iso, by: 'ann', steps: 1 }],
    });
    for (const path of ['history', 'checkpoints']) {
      expect(await api.get(`/api/v1/runs/${run}/${path}?after=x`)).toMatchObject({ status: 400 });
      expect(await api.get(`/api/v1/runs/${NOBODY}/${path}`)).toMatchObject({ status: 404 });
    }
  });
});
