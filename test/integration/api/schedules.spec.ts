import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scheduleIdOf } from '#contracts/names.js';
import { ScheduleDesk } from '#persistence/schedules/schedule-desk.js';
import { ScheduleRepository } from '#persistence/schedules/schedule-repository.js';
import { PostgresTickStore } from '#persistence/schedules/tick-store.js';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

/** What waits for the lock that somebody holds who changes the schedule. */
const WAITING = `SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%told_revision%'`;
const NIGHTLY = { name: 'nightly', workflow: 'hello', crons: ['0 3 * * *'], timeZone: 'Europe/Berlin' };

describe('schedules', () => {
  let api: ApiFixture;
  let store: PostgresTickStore;

  beforeAll(async () => {
    api = await createApiFixture();
    store = new PostgresTickStore(api.database.dataSource);
    await api.save(HELLO);
  });
  afterAll(() => api?.close());

  const told = (name: string) =>
    eventually(
      () => api.get(`/api/v1/schedules/${name}`),
      ({ body }) => body.state !== 'pending',
    );
  const note = (schedule: string, at: string, canceled = false) => {
    const workflowId = `${scheduleIdOf(schedule)}-${at}`;
    return store.note({ schedule, at: Date.parse(at), workflowId, canceled });
  };
  const tick = async (schedule: string, at: string) => {
    await note(schedule, at);
    const { body } = await eventually(
      () => api.get(`/api/v1/schedules/${schedule}/ticks`),
      ({ body: page }) =>
        page.items.some(
          (one: { at: string; state: string }) =>
            Date.parse(one.at) === Date.parse(at) && one.state !== 'due',
        ),
    );
    return body.items.find((one: { at: string }) => Date.parse(one.at) === Date.parse(at));
  };
  const runsOf = async (name: string) =>
    (await api.database.dataSource.query(`SELECT id FROM runs WHERE started_by = $1`, [`schedule:${name}`]))
      .length;

  it('are created, told to Temporal, found, listed, changed and deleted, each change audited', async () => {
    const created = await api.post('/api/v1/schedules', {
      ...NIGHTLY,
      inputs: { who: 'you' },
      reason: 'new',
    });
    expect(created).toMatchObject({
      status: 201,
      body: { ...NIGHTLY, inputs: { who: 'you' }, overlap: 'skip', catchUp: '1h', pauseOnFailure: false },
    });
    expect(created.headers.get('etag')).toBe('"1"');
    const { id } = created.body;
    expect((await told('nightly')).body).toMatchObject({ id, state: 'active', skipped: 2, missed: 1 });
    expect(api.gateway.schedulesThere.get(id)).toMatchObject({
      revision: 1,
      timing: { timeZone: 'Europe/Berlin' },
    });
    for (const query of ['state=active', 'workflow=hello', 'text=IGHT', 'sort=-createdAt&total=true'])
      expect((await api.get(`/api/v1/schedules?${query}`)).body.items).toMatchObject([{ id }]);
    for (const query of ['state=paused', 'workflow=other', 'text=x'])
      expect((await api.get(`/api/v1/schedules?${query}`)).body.items).toEqual([]);
    expect(await api.post('/api/v1/schedules', NIGHTLY)).toMatchObject({
      status: 409,
      body: { code: 'schedule-name-taken' },
    });

    const change = { crons: [], every: '2h', offset: '5m', description: 'Each second hour.' };
    expect(await api.patch(`/api/v1/schedules/${id}`, change, { 'if-match': '"7"' })).toMatchObject({
      status: 412,
      body: { code: 'schedule-changed' },
    });
    const changed = await api.patch(`/api/v1/schedules/${id}`, change, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, body: { ...change, timeZone: 'Europe/Berlin' } });
    const cleared = await api.patch(`/api/v1/schedules/${id}`, { offset: null, description: null });
    expect(cleared.body).not.toHaveProperty('offset');
    expect(cleared.body).not.toHaveProperty('description');
    await told('nightly');
    expect(api.gateway.schedulesThere.get(id)).toMatchObject({
      timing: { crons: [], every: { everyMs: 7_200_000 } },
    });

    expect((await api.remove('/api/v1/workflows/hello')).body).toMatchObject({ code: 'workflow-in-use' });
    expect((await api.remove('/api/v1/schedules/nightly')).status).toBe(204);
    expect((await api.get(`/api/v1/schedules/${id}`)).status).toBe(404);
    await eventually(
      async () => api.gateway.schedulesThere.has(id),
      (there) => !there,
    );
    const audited = await api.database.dataSource.query(
      'SELECT action, reason FROM audit_log WHERE object_id = $1 ORDER BY id',
      [id],
    );
    expect(audited).toEqual([
      { action: 'schedule.create', reason: 'new' },
      { action: 'schedule.change', reason: null },
      { action: 'schedule.change', reason: null },
      { action: 'schedule.delete', reason: null },
    ]);
  });

  it.each<[object, number, string]>([
    [{ name: 'Nightly' }, 400, 'name'],
    [{ crons: ['0 0 3 * * *'] }, 400, 'crons[0]'],
    [{ crons: Array.from({ length: 10_000 }, () => '* * * * *') }, 400, 'crons'],
    [{ crons: ['@every 1ns'] }, 400, 'crons[0]'],
    [{ crons: null }, 400, 'crons'],
    [{ timeZone: 'Mars/Olympus' }, 400, 'timeZone'],
    [{ startsAt: '9999-01-01T00:00:00Z' }, 400, 'startsAt'],
    [{ startsAt: '2030-01-02T00:00:00Z', endsAt: '2030-01-01T00:00:00Z' }, 400, 'endsAt'],
    [{ catchUp: '1s' }, 400, 'catchUp'],
    [{ overlap: 'terminate-other' }, 400, 'overlap'],
    [{ inputs: { who: 1 } }, 422, 'inputs.who'],
    [{ more: 1 }, 400, 'more'],
  ])('are refused with %.60j', async (body, status, path) => {
    const answer = await api.post('/api/v1/schedules', { ...NIGHTLY, ...body });
    expect({ status: answer.status, path: answer.body.errors?.[0]?.path }).toEqual({ status, path });
  });

  it.each([
    [{ workflow: 'nothing' }, 'workflow-not-found'],
    [{ version: 99 }, 'workflow-version-not-found'],
    [{ version: 'stable' }, 'workflow-version-not-found'],
  ])('are refused with %j: %s', async (body, code) => {
    expect((await api.post('/api/v1/schedules', { ...NIGHTLY, ...body })).body).toMatchObject({ code });
  });

  it('say when they would tick, over a change of the clocks', async () => {
    const crons = ['30 2 * * *'];
    const ask = (after: string) =>
      api.post('/api/v1/schedules/preview', { crons, timeZone: 'Europe/Berlin', after, count: 2 });
    expect(await ask('2026-03-28T00:00:00Z')).toMatchObject({
      status: 200,
      body: { items: [{ local: '2026-03-28T02:30:00+01:00' }, { local: '2026-03-30T02:30:00+02:00' }] },
    });
    expect((await ask('2026-10-24T12:00:00Z')).body.items).toMatchObject([
      { local: '2026-10-25T02:30:00+01:00', at: '2026-10-25T01:30:00.000Z' },
      { local: '2026-10-26T02:30:00+01:00' },
    ]);
    expect((await api.post('/api/v1/schedules/preview', { crons, after: 'soon' })).status).toBe(400);
    expect((await api.post('/api/v1/schedules/preview', {})).status).toBe(400);
  });

  it('start one run a moment, whoever notes it how often, and tell Temporal of its end', async () => {
    const { id } = (await api.post('/api/v1/schedules', { ...NIGHTLY, name: 'once' })).body;
    const at = '2026-11-20T02:00:00Z';
    const notes = await Promise.all(Array.from({ length: 10 }, () => note(id, at)));
    expect(notes.every((end) => end === undefined)).toBe(true);
    const { run } = await tick(id, at);
    expect(await runsOf('once')).toBe(1);
    await note(id, at, true);
    await eventually(
      () => api.get(`/api/v1/runs/${run.id}`),
      ({ body }) => ['canceling', 'canceled'].includes(body.status),
    );
    await api.database.dataSource.query(
      `UPDATE runs SET status = 'canceled', ended_at = now() WHERE id = $1`,
      [run.id],
    );
    const end = await eventually(
      async () => api.gateway.tickEnds.get(`${scheduleIdOf(id)}-${at}`),
      (told) => told !== undefined,
    );
    expect(end).toEqual({ outcome: 'canceled' });
    expect(await note(id, at)).toEqual({ outcome: 'canceled' });
    expect(await runsOf('once')).toBe(1);
  });

  it('hold back what comes while they are paused, but not what was ordered', async () => {
    const { id } = (await api.post('/api/v1/schedules', { ...NIGHTLY, name: 'resting' })).body;
    const paused = await api.post(`/api/v1/schedules/${id}/pause`, { reason: 'move' });
    expect(paused).toMatchObject({ status: 200, body: { pause: { reason: 'move' } } });
    expect((await api.post(`/api/v1/schedules/${id}/pause`, {})).body.pause).toEqual(paused.body.pause);
    await told('resting');
    expect(api.gateway.schedulesThere.get(id)?.paused).toContain('move');
    expect(await note(id, '2026-11-20T02:00:00Z')).toEqual({ outcome: 'paused' });
    const first = await api.post(`/api/v1/schedules/${id}/trigger`, {});
    const second = await api.post(`/api/v1/schedules/${id}/trigger`, {});
    expect(first).toMatchObject({ status: 202, body: { kind: 'trigger', ticks: 1 } });
    expect(second.body.from).not.toBe(first.body.from);
    expect(await tick(id, first.body.from)).toMatchObject({ state: 'started' });
    await eventually(
      async () => api.gateway.ordered.filter(({ schedule }) => schedule === id).length,
      (count) => count >= 2,
    );
    expect((await api.post(`/api/v1/schedules/${id}/resume`, {})).body).not.toHaveProperty('pause');
  });

  it('tell of an order that came while they were being told', async () => {
    const { id } = (await api.post('/api/v1/schedules', { ...NIGHTLY, name: 'raced' })).body;
    await told('raced');
    const { dataSource } = api.database;
    const before = (await new ScheduleRepository(dataSource.manager).findById(id))!;
    const telling = await dataSource.transaction(async (manager) => {
      const order = { project: 'default', schedule: id, overlap: undefined, by: 'ann' };
      await new ScheduleDesk(manager).orderTrigger(order);
      const figures = { skipped: 0, missed: 0, nextLookMs: 3_600_000 };
      const told = new ScheduleDesk(dataSource.manager).markTold(before, figures);
      await eventually(
        async () => dataSource.query(WAITING),
        (waiting) => waiting.length > 0,
      );
      return { told };
    });
    await telling.told;
    await eventually(
      async () => api.gateway.ordered.filter(({ schedule }) => schedule === id).length,
      (count) => count === 1,
    );
  });

  it('say why a tick started no run, and are paused by it where they are told so', async () => {
    const asked = { ...NIGHTLY, name: 'frail', pauseOnFailure: true, inputs: { who: 'me' } };
    const { id } = (await api.post('/api/v1/schedules', asked)).body;
    await api.save(HELLO.replace('type: string, default: world', 'type: integer, default: 1'));
    const { error } = await tick(id, '2026-11-20T02:00:00Z');
    expect(error).toMatchObject({ code: 'inputs-invalid' });
    expect((await told('frail')).body).toMatchObject({
      state: 'paused',
      pause: { by: 'schedule:frail' },
      lastError: { code: 'inputs-invalid', at: '2026-11-20T02:00:00.000Z' },
    });
    expect(api.log.filter(({ msg }) => msg === 'a tick started no run')).toMatchObject([{ name: 'frail' }]);
    await api.save(HELLO);
  });

  it('bound what is made up for', async () => {
    const { id } = (await api.post('/api/v1/schedules', { ...NIGHTLY, name: 'late', crons: ['* * * * *'] }))
      .body;
    const backfill = async (from: string, to: string) =>
      (await api.post(`/api/v1/schedules/${id}/backfill`, { from, to })).body;
    expect(await backfill('2026-11-01T00:00:00Z', '2026-11-01T00:09:00Z')).toMatchObject({ ticks: 10 });
    expect(await backfill('2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z')).toMatchObject({
      code: 'backfill-too-large',
    });
    for (const [from, to] of [
      ['1926-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
      ['2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z'],
      ['2026-11-02T00:00:00Z', '2099-11-01T00:00:00Z'],
      ['2026-11-02T00:00:01Z', '2026-11-02T00:00:59Z'],
      ['yesterday', '2026-11-02T00:00:59Z'],
    ])
      expect(await backfill(from!, to!)).toMatchObject({ code: 'request-invalid' });
  });

  it('wait for Temporal while it is away, and say so', async () => {
    api.gateway.failure = new Error('connection refused');
    const { id } = (await api.post('/api/v1/schedules', { ...NIGHTLY, name: 'patient' })).body;
    const waiting = await eventually(
      () => api.get('/api/v1/schedules/patient'),
      ({ body }) => body.trouble !== undefined,
    );
    expect(waiting.body).toMatchObject({ state: 'pending', trouble: 'connection refused' });
    api.gateway.failure = undefined;
    expect((await told('patient')).body).not.toHaveProperty('trouble');
    expect(api.gateway.schedulesThere.has(id)).toBe(true);
  });
});
