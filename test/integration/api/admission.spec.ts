import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { type ApiFixture, createApiFixture, eventually } from './api-fixture.js';

const OVER = { class: 'unknown', code: 'over', message: 'Over.' } as const;

function definition(name: string, policy?: string): string {
  return `
sluice: 1
name: ${name}
inputs: { n: { default: 0 } }
${policy === undefined ? '' : `concurrency: { group: "g-\${{ inputs.n }}", policy: ${policy} }`}
stages: { main: { steps: { say: { set: { n: "\${{ inputs.n }}" } } } } }
`;
}

describe('runs that may not begin yet', () => {
  let api: ApiFixture;
  let next = 0;
  let inputs: { n: string };

  beforeAll(async () => {
    api = await createApiFixture();
    await api.save(definition('plain'));
    await api.save(definition('queue-too', 'queue'));
    for (const policy of ['queue', 'reject', 'cancel']) await api.save(definition(policy, policy));
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    inputs = { n: String(next++) };
  });

  const execute = (workflow: string, body: object = {}, headers: Record<string, string> = {}) =>
    api.post(`/api/v1/workflows/${workflow}/execute`, { inputs, ...body }, headers);
  const start = async (workflow: string, body: object = {}) => {
    const { body: run, status } = await execute(workflow, body);
    expect({ status, run }).toMatchObject({ status: 202 });
    return run.id as string;
  };
  const getRun = async (id: string) => (await api.get(`/api/v1/runs/${id}`)).body;
  const handedOver = (id: string) =>
    eventually(
      async () => api.gateway.started.has(id),
      (started) => started,
    );
  const end = (id: string) =>
    api.database.dataSource.transaction((manager) =>
      new RunRepository(manager).end(id, { status: 'failed', error: OVER }, OVER),
    );
  /** The relay has looked at everything that was there before: a run that nothing holds has been handed over. */
  const letRelayPass = async () => {
    for (let turn = 0; turn < 2; turn++) {
      const id = (await api.post('/api/v1/workflows/plain/execute', { freeze: 'override', reason: 'look' }))
        .body.id;
      await handedOver(id);
    }
  };

  describe('concurrency groups', () => {
    it('hand over one run at a time, in the order of their acceptance', async () => {
      const runs = [await start('queue'), await start('queue'), await start('queue')];
      await handedOver(runs[0]!);
      await letRelayPass();
      expect(runs.map((id) => api.gateway.started.has(id))).toEqual([true, false, false]);
      const group = `g-${inputs.n}`;
      expect(await getRun(runs[0]!)).not.toHaveProperty('waitingFor');
      expect(await getRun(runs[1]!)).toMatchObject({ status: 'queued', waitingFor: { group, run: runs[0] } });
      expect(await getRun(runs[2]!)).toMatchObject({ waitingFor: { group, run: runs[0] } });
      await end(runs[0]!);
      await handedOver(runs[1]!);
      await letRelayPass();
      expect(api.gateway.started.has(runs[2]!)).toBe(false);
      expect(await getRun(runs[2]!)).toMatchObject({ waitingFor: { group, run: runs[1] } });
      await end(runs[1]!);
      await handedOver(runs[2]!);
    });

    it('let runs of other groups pass, and hold those of other workflows in the same one', async () => {
      await start('queue');
      const other = await start('queue', { inputs: { n: `${inputs.n}-other` } });
      await handedOver(other);
      expect(await execute('reject')).toMatchObject({ status: 409, body: { code: 'concurrency-rejected' } });
    });

    it.each(['queued', 'running', 'paused', 'canceling', 'rolling-back'])(
      'count a run that is %s',
      async (status) => {
        const first = await start('queue');
        await handedOver(first);
        await api.database.dataSource.query('UPDATE runs SET status = $2 WHERE id = $1', [first, status]);
        const second = await start('queue');
        await letRelayPass();
        expect(api.gateway.started.has(second)).toBe(false);
        expect(await execute('reject')).toMatchObject({
          status: 409,
          body: { code: 'concurrency-rejected', detail: expect.stringContaining(first) },
        });
      },
    );

    it('are joined by one of thirty that ask at once with the policy reject', async () => {
      const answers = await Promise.all(Array.from({ length: 30 }, () => execute('reject')));
      expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.code === 'concurrency-rejected')).toHaveLength(29);
    });

    it('take a repetition under the same key for the same run, whatever the policy', async () => {
      const key = { 'idempotency-key': `again-${inputs.n}` };
      const answers = await Promise.all(Array.from({ length: 10 }, () => execute('reject', {}, key)));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      const cancel = { 'idempotency-key': `cancel-${inputs.n}` };
      const first = await execute('cancel', { inputs: { n: `${inputs.n}-c` } }, cancel);
      const again = await execute('cancel', { inputs: { n: `${inputs.n}-c` } }, cancel);
      expect(again.body).toMatchObject({ id: first.body.id });
      expect(await getRun(first.body.id)).not.toHaveProperty('cancel');
    });

    it('have older runs asked to end by the policy cancel, and then wait their turn', async () => {
      const running = await start('queue');
      await handedOver(running);
      const queued = await start('queue');
      const { body: last } = await execute('cancel', {}, { 'x-sluice-actor': 'ada' });
      const by = { by: 'ada', reason: expect.stringContaining(last.id) };
      expect(await getRun(queued)).toMatchObject({ status: 'canceled', cancel: by });
      expect(await getRun(running)).toMatchObject({ status: 'canceling', cancel: by });
      expect(await getRun(last.id)).toMatchObject({ status: 'queued', waitingFor: { run: running } });
      await eventually(
        async () => api.gateway.canceled.map(({ run }) => run),
        (canceled) => canceled.includes(running),
      );
      expect(api.gateway.started.has(queued)).toBe(false);
      expect(api.gateway.started.has(last.id)).toBe(false);
      await end(running);
      await handedOver(last.id);
    });

    it('are left by a run that is canceled while it waits', async () => {
      const runs = [await start('queue'), await start('queue'), await start('queue')];
      await handedOver(runs[0]!);
      expect((await api.post(`/api/v1/runs/${runs[1]}/cancel`, {})).body).toMatchObject({
        status: 'canceled',
      });
      await end(runs[0]!);
      await handedOver(runs[2]!);
      expect(api.gateway.started.has(runs[1]!)).toBe(false);
    });

    it('need a name', async () => {
      for (const n of ['x'.repeat(200), 'a\u0000b']) {
        expect(await execute('queue', { inputs: { n } })).toMatchObject({
          status: 422,
          body: { code: 'concurrency-group-invalid' },
        });
      }
    });
  });

  describe('freezes', () => {
    const hour = 3_600_000;
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const create = (body: object = {}) =>
      api.post('/api/v1/freezes', { name: 'holidays', startsAt: at(-hour), endsAt: at(hour), ...body });
    const remove = (id: string) => api.remove(`/api/v1/freezes/${id}`);
    beforeEach(() => api.database.dataSource.query('TRUNCATE freezes'));

    it('hold accepted runs until they end', async () => {
      const { body: freeze, status } = await create({ reason: 'nobody is here' });
      expect({ status, freeze }).toMatchObject({
        status: 201,
        freeze: { name: 'holidays', active: true, reason: 'nobody is here', createdBy: 'local' },
      });
      const run = await start('plain');
      await letRelayPass();
      expect(api.gateway.started.has(run)).toBe(false);
      expect(await getRun(run)).toMatchObject({ status: 'queued', waitingFor: { freeze: 'holidays' } });
      await api.database.dataSource.query(`UPDATE freezes SET ends_at = now()`);
      await handedOver(run);
    });

    it('hold no run that had begun, nor one of another workflow, nor before their time', async () => {
      await create({ workflows: ['queue'] });
      await create({ startsAt: at(hour), endsAt: at(2 * hour) });
      await handedOver(await start('plain'));
      const held = await start('queue');
      await letRelayPass();
      expect(api.gateway.started.has(held)).toBe(false);
      await api.post(`/api/v1/runs/${held}/cancel`, {});
    });

    it('are refused, or overridden with a reason, where the start says so', async () => {
      const { body: freeze } = await create();
      expect(await execute('plain', { freeze: 'refuse' })).toMatchObject({
        status: 409,
        body: { code: 'frozen', detail: expect.stringContaining('holidays') },
      });
      for (const reason of [undefined, '', '  ']) {
        expect(await execute('plain', { freeze: 'override', reason })).toMatchObject({
          status: 400,
          body: { code: 'request-invalid' },
        });
      }
      const run = await start('plain', { freeze: 'override', reason: 'security' });
      await handedOver(run);
      expect(
        await api.database.dataSource.query(
          `SELECT reason, after ->> 'freeze' AS freeze FROM audit_log WHERE object_id = $1`,
          [run],
        ),
      ).toEqual([{ reason: 'security', freeze: 'override' }]);
      await remove(freeze.id);
      expect((await execute('plain', { freeze: 'refuse' })).status).toBe(202);
    });

    it.each([
      ['reject', {}, 409],
      ['cancel', {}, 409],
      ['cancel', { freeze: 'wait' }, 202],
      ['queue', {}, 202],
    ])('with the policy %s and %j: %d', async (workflow, body, status) => {
      const { body: freeze } = await create();
      expect((await execute(workflow, body)).status).toBe(status);
      await remove(freeze.id);
    });

    it('leave a run its place in its group', async () => {
      const { body: freeze } = await create({ workflows: ['queue'] });
      const [first, second] = [await start('queue'), await start('queue-too')];
      await letRelayPass();
      expect(await getRun(first)).toMatchObject({ waitingFor: { freeze: 'holidays' } });
      expect(await getRun(second)).toMatchObject({ status: 'queued', waitingFor: { run: first } });
      await remove(freeze.id);
      await handedOver(first);
      expect(api.gateway.started.has(second)).toBe(false);
      await end(first);
      await handedOver(second);
    });

    it('are listed, shown and removed', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 3; n++) ids.unshift((await create({ name: `f${n}` })).body.id);
      const first = (await api.get('/api/v1/freezes?limit=2')).body;
      const second = (await api.get(`/api/v1/freezes?limit=2&after=${first.next}`)).body;
      expect([...first.items, ...second.items].map(({ id }: { id: string }) => id)).toEqual(ids);
      expect((await api.get(`/api/v1/freezes/${ids[0]}`)).body).toMatchObject({ name: 'f2', active: true });
      expect((await remove(ids[0]!)).status).toBe(204);
      expect(await remove(ids[0]!)).toMatchObject({ status: 404, body: { code: 'freeze-not-found' } });
      await api.database.dataSource.query('UPDATE freezes SET ends_at = now()');
      expect((await api.get('/api/v1/freezes')).body.items).toEqual([]);
      expect((await api.get('/api/v1/freezes?past=true')).body.items).toHaveLength(2);
      const audit = await api.database.dataSource.query(
        `SELECT action FROM audit_log WHERE object_id = $1 ORDER BY id`,
        [ids[0]],
      );
      expect(audit).toEqual([{ action: 'freeze.create' }, { action: 'freeze.delete' }]);
    });

    it.each<[string, object, number, string]>([
      ['an end before the start', { endsAt: at(-2 * hour) }, 400, 'request-invalid'],
      ['one that is over', { startsAt: at(-2 * hour), endsAt: at(-hour) }, 400, 'request-invalid'],
      ['more than a year', { endsAt: at(367 * 24 * hour) }, 400, 'request-invalid'],
      ['no moment', { startsAt: 'tomorrow' }, 400, 'request-invalid'],
      ['a day that there is not', { startsAt: '2026-02-31T00:00:00Z' }, 400, 'request-invalid'],
      ['a number', { endsAt: 1 }, 400, 'request-invalid'],
      ['no name', { name: '' }, 400, 'request-invalid'],
      ['a NUL', { name: 'a\u0000' }, 400, 'request-invalid'],
      ['an unknown field', { note: 'x' }, 400, 'request-invalid'],
      ['no workflows', { workflows: [] }, 400, 'request-invalid'],
      ['a workflow that is not there', { workflows: ['plain', 'gone'] }, 404, 'workflow-not-found'],
    ])('refuse %s', async (_, body, status, code) => {
      expect(await create(body)).toMatchObject({ status, body: { code } });
      expect((await api.get('/api/v1/freezes?past=true')).body.items).toEqual([]);
    });
  });
});
