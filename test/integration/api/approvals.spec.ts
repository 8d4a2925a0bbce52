import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApprovalState } from '#domain/execution/state.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';
import { endRun, saveSketch, startSketch } from './sketched-workflow.js';

describe('approvals', () => {
  let api: ApiFixture;
  let runs: string[];

  const approval = (more: Partial<ApprovalState> = {}): ApprovalState => ({
    by: ['approver'],
    quorum: 1,
    selfApproval: false,
    votes: [],
    reminders: 0,
    ...more,
  });
  const wait = (step: string, more: Partial<ApprovalState> = {}) =>
    ({ step, status: 'running', waiting: 'approval', approval: approval(more) }) as const;
  const list = async (query = '', actor = 'ann') =>
    (await api.get(`/api/v1/approvals${query}`, { 'x-sluice-actor': actor })).body;
  const steps = (body: { items: { step: string; run: string }[] }) =>
    body.items.map(({ step, run }) => `${runs.indexOf(run)} ${step}`);

  beforeAll(async () => {
    api = await createApiFixture(
      {},
      {
        ann: ['approver', 'operator'],
        bob: ['approver'],
        root: ['admin'],
        cid: ['viewer'],
        starter: ['operator'],
        zoe: ['viewer'],
      },
    );
    await saveSketch(api, 'gated', [
      {
        id: 'sign',
        kind: 'stage',
        blocks: [
          [
            { id: 'gate', kind: 'approval', more: { name: 'Sign off' } },
            { id: 'second', kind: 'approval' },
          ],
        ],
      },
    ]);
    runs = [
      await startSketch(api, 'gated', [
        { status: 'running' },
        wait('gate'),
        wait('second', { by: ['user:cid'] }),
      ]),
      await startSketch(api, 'gated', [{ status: 'running' }, wait('gate')], { by: 'ann' }),
      await startSketch(api, 'gated', [{ status: 'running' }, wait('gate')]),
      await startSketch(api, 'gated', [
        { status: 'running' },
        wait('gate', { votes: [{ by: 'ann', decision: 'approved', at: 1 }], quorum: 2 }),
      ]),
    ];
    const over = await startSketch(api, 'gated', [{ status: 'running' }, wait('gate')]);
    await endRun(api, over, 'canceled');
    await startSketch(api, 'gated', [{ status: 'running' }, { step: 'gate', status: 'running' }]);
  });
  afterAll(() => api?.close());

  it('that are being waited for, oldest first, with all that an approver must know', async () => {
    const body = await list();
    expect(steps(body)).toHaveLength(5);
    expect(body.items.map(({ requestedAt }: { requestedAt: string }) => requestedAt)).toEqual(
      body.items.map(({ requestedAt }: { requestedAt: string }) => requestedAt).toSorted(),
    );
    expect(body.items.find(({ step }: { step: string }) => step === 'gate')).toEqual({
      run: expect.any(String),
      workflow: 'gated',
      step: 'gate',
      name: 'Sign off',
      requestedAt: expect.stringMatching(/Z$/),
      approval: expect.objectContaining({ by: ['approver'], votes: expect.any(Array) }),
    });
  });

  it.each([
    ['ann', ['0 gate', '2 gate']],
    ['bob', ['0 gate', '1 gate', '2 gate', '3 gate']],
    ['cid', ['0 second']],
    ['root', ['0 gate', '1 gate', '2 gate', '3 gate']],
    ['starter', []],
    ['zoe', []],
  ])('for %s alone', async (actor, expected) => {
    expect(steps(await list('?for=me', actor)).toSorted()).toEqual(expected);
  });

  it('in pages', async () => {
    for (const query of ['', '&for=me']) {
      const whole = steps(await list(`?limit=200${query}`, 'bob'));
      const seen: string[] = [];
      for (let after = ''; ; ) {
        const body = await list(`?limit=1${query}${after}`, 'bob');
        seen.push(...steps(body));
        if (body.next === undefined) break;
        after = `&after=${body.next}`;
      }
      expect(seen).toEqual(whole);
    }
  });

  it.each(['for=bob', 'after=x', 'limit=0'])('refuse %s', async (query) => {
    expect(await api.get(`/api/v1/approvals?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'request-invalid' },
    });
  });

  it('show at their steps, also once they are decided', async () => {
    const { items } = (await api.get(`/api/v1/runs/${runs[0]}/steps`)).body;
    expect(items[1]).toMatchObject({
      key: 'gate',
      status: 'waiting',
      waitingFor: 'approval',
      approval: { quorum: 1 },
    });
    const votes = [{ by: 'bob', decision: 'approved' as const, at: 5 }];
    await api.recorder.record({
      transitions: [
        {
          run: runs[2]!,
          transitions: [
            { sequence: 9, at: 5, step: 'gate', status: 'succeeded', approval: approval({ votes }) },
          ],
        },
      ],
    });
    const after = (await api.get(`/api/v1/runs/${runs[2]}/steps`)).body.items[1];
    expect(after).toMatchObject({ status: 'succeeded', approval: { votes } });
    expect(after).not.toHaveProperty('waitingFor');
  });
});
