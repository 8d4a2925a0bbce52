import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { scheduleIdOf } from '#contracts/names.js';
import type { Page } from '#contracts/rest/page.js';
import type { Problem } from '#contracts/rest/problem.js';
import type { RunView } from '#contracts/rest/runs.js';
import type { NextTimesView, ScheduleView, TickView } from '#contracts/rest/schedules.js';
import { TestPlatform } from '../platform.js';

const QUICK = `
sluice: 1
name: quick
inputs:
  who: { type: string, default: nobody }
stages:
  all: { steps: { say: { set: { text: "\${{ inputs.who }}" } } } }
`;

/** Lasts until it is told that it may end. */
const LONG = `
sluice: 1
name: long
stages:
  all: { steps: { hold: { waitFor: { event: go } } } }
`;

const FAILING = `
sluice: 1
name: failing
stages:
  all: { steps: { no: { raise: { error: broken, message: "It is broken." } } } }
`;

/** Ticks by time never, as far as a test can tell. */
const YEARLY = { crons: ['0 0 1 1 *'] };

describe('schedules, by two processes of each kind', () => {
  let platform: TestPlatform;
  let connection: Connection;
  let temporal: Client;

  beforeAll(async () => {
    platform = await TestPlatform.start({ processes: 2 });
    connection = await Connection.connect({ address: platform.temporal.address });
    temporal = new Client({ connection, namespace: platform.temporal.namespace });
    for (const definition of [QUICK, LONG, FAILING]) await platform.save(definition);
  }, 120_000);

  afterAll(async () => {
    await connection?.close();
    await platform?.close();
  });

  async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
    for (const end = Date.now() + 60_000; ; ) {
      const value = await ask();
      if (holds(value)) return value;
      if (Date.now() > end)
        throw new Error(
          `did not come to it: ${JSON.stringify(value)}\n${platform.api.printed}\n${platform.worker.printed}`,
        );
      await sleep(100);
    }
  }

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await platform.request<T>(method, `/schedules${path}`, body);
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  const get = (name: string) => ask<ScheduleView>('GET', `/${name}`);
  const told = (name: string) =>
    until(
      () => get(name),
      ({ state }) => state !== 'pending',
    );
  const create = async (body: { name: string; workflow: string } & Record<string, unknown>) => {
    expect(await ask<ScheduleView>('POST', '', body)).toMatchObject({ state: 'pending', ...body });
    return told(body.name);
  };
  const ticks = async (name: string) => (await ask<Page<TickView>>('GET', `/${name}/ticks?limit=200`)).items;
  const runOf = async (name: string, at: string): Promise<RunView> => {
    const [tick] = await until(
      async () => (await ticks(name)).filter((one) => one.at === at),
      ([one]) => one?.run !== undefined,
    );
    return platform.run(tick!.run!.id);
  };
  const trigger = (name: string, body: object = {}) =>
    ask<{ from: string }>('POST', `/${name}/trigger`, body);
  const lookAgain = () => platform.database.dataSource.query('UPDATE schedules SET look_at = now()');
  const remove = async (name: string) => {
    const { id } = await get(name);
    await ask('DELETE', `/${name}`);
    await until(
      () => platform.database.dataSource.query('SELECT FROM schedules WHERE id = $1', [id]),
      (rows: unknown[]) => rows.length === 0,
    );
    return id;
  };
  const release = async (run: string) => {
    await platform.waitFor(run, ({ status }) => status === 'running');
    await until(
      () => platform.request('POST', `/runs/${run}/events`, { name: 'go' }),
      ({ status }) => status < 300,
    );
  };

  it('start runs by time, each moment once, until they are paused; a trigger starts one even then', async () => {
    await create({
      name: 'each-second',
      workflow: 'quick',
      every: '1s',
      inputs: { who: 'time' },
      overlap: 'allow-all',
    });
    const some = await until(
      () => ticks('each-second'),
      (items) => items.filter(({ run }) => run?.status === 'succeeded').length >= 3,
    );
    const run = await platform.run(some.find((tick) => tick.run?.status === 'succeeded')!.run!.id);
    expect(run).toMatchObject({
      trigger: 'schedule',
      startedBy: 'schedule:each-second',
      workflow: 'quick',
      inputs: { who: 'time' },
      status: 'succeeded',
    });
    const runs = some.flatMap((tick) => (tick.run === undefined ? [] : [tick.run.id]));
    expect(new Set(runs).size).toBe(runs.length);

    const { pause } = await ask<ScheduleView>('POST', '/each-second/pause', { reason: 'enough' });
    expect(pause).toMatchObject({ reason: 'enough' });
    expect(await told('each-second')).toMatchObject({ state: 'paused' });
    const order = await trigger('each-second');
    expect(await runOf('each-second', order.from)).toMatchObject({ trigger: 'schedule' });
    const late = (await ticks('each-second')).filter(({ at }) => at > pause!.at && at !== order.from);
    expect(late).toEqual([]);

    await ask('POST', '/each-second/resume');
    const after = (await told('each-second')).updatedAt;
    await until(
      () => ticks('each-second'),
      (items) => items.some(({ at }) => at > after),
    );
    const id = await remove('each-second');
    await expect(temporal.schedule.getHandle(scheduleIdOf(id)).describe()).rejects.toThrow();
    expect((await platform.request<Problem>('GET', '/schedules/each-second')).body).toMatchObject({
      code: 'schedule-not-found',
    });
  });

  it('make up for a time gone by: exactly its moments, none twice', async () => {
    await create({ name: 'daily', workflow: 'quick', crons: ['30 3 * * *'], timeZone: 'Europe/Berlin' });
    await ask('POST', '/daily/pause');
    await told('daily');
    const stretch = { from: '2026-10-23T01:30:00Z', to: '2026-10-27T02:30:00Z' };
    const moments = [
      '2026-10-23T01:30:00.000Z',
      '2026-10-24T01:30:00.000Z',
      '2026-10-25T02:30:00.000Z',
      '2026-10-26T02:30:00.000Z',
      '2026-10-27T02:30:00.000Z',
    ];
    expect(await ask('POST', '/daily/backfill', stretch)).toMatchObject({ kind: 'backfill', ticks: 5 });
    const done = await until(
      () => ticks('daily'),
      (items) => items.filter(({ run }) => run?.status === 'succeeded').length === 5,
    );
    expect(done.map(({ at }) => at).sort()).toEqual(moments);
    await ask('POST', '/daily/backfill', {
      from: '2026-10-22T00:00:00Z',
      to: stretch.to,
      overlap: 'allow-all',
    });
    const again = await until(
      () => ticks('daily'),
      (items) => items.filter(({ run }) => run?.status === 'succeeded').length === 6,
    );
    expect(again.slice(0, 5)).toEqual(done);
    const order = await trigger('daily');
    await runOf('daily', order.from);
    const [{ count }] = await platform.database.dataSource.query(
      `SELECT count(*)::integer AS count FROM runs WHERE started_by = 'schedule:daily'`,
    );
    expect(count).toBe(7);
    await remove('daily');
  });

  it('leave out what overlaps, or start it beside, as told', async () => {
    await create({ name: 'skipping', workflow: 'long', every: '1s' });
    await create({ name: 'piling', workflow: 'long', every: '1s', overlap: 'allow-all' });
    await until(
      async () => (await ticks('piling')).filter(({ run }) => run?.status === 'running').length,
      (count) => count >= 3,
    );
    await until(
      async () => {
        await lookAgain();
        return get('skipping');
      },
      ({ skipped }) => skipped >= 2,
    );
    const [first, ...more] = await ticks('skipping');
    expect(more).toEqual([]);
    await remove('piling');
    await release(first!.run!.id);
    await platform.waitForEnd(first!.run!.id);
    // Its end lets the next one begin.
    await until(
      () => ticks('skipping'),
      (items) => items.length === 2,
    );
    await remove('skipping');
  });

  it('cancel the run of the tick before, or have the next one wait for its end, where they are told so', async () => {
    await create({ name: 'latest', workflow: 'long', ...YEARLY, overlap: 'cancel-other' });
    const first = await runOf('latest', (await trigger('latest')).from);
    await platform.waitFor(first.id, ({ status }) => status === 'running');
    const next = await trigger('latest');
    expect(await platform.waitForEnd(first.id)).toMatchObject({ status: 'canceled' });
    const second = await runOf('latest', next.from);
    const third = await trigger('latest', { overlap: 'buffer-one' });
    await release(second.id);
    expect(await platform.waitForEnd(second.id)).toMatchObject({ status: 'succeeded' });
    await release((await runOf('latest', third.from)).id);
    await remove('latest');
  });

  it('are paused by what fails, where they are told so, and say why nothing was started', async () => {
    await create({ name: 'fragile', workflow: 'failing', ...YEARLY, pauseOnFailure: true });
    const run = await runOf('fragile', (await trigger('fragile')).from);
    await platform.waitForEnd(run.id);
    const paused = await until(
      () => get('fragile'),
      ({ state }) => state === 'paused',
    );
    expect(paused.pause).toMatchObject({ by: 'schedule:fragile', reason: `Run ${run.id} failed.` });
    await remove('fragile');

    await create({ name: 'outdated', workflow: 'quick', ...YEARLY, inputs: { who: 'them' } });
    await platform.save(QUICK.replace('type: string, default: nobody', 'type: integer, default: 1'));
    await trigger('outdated');
    const { lastError } = await until(
      () => get('outdated'),
      (schedule) => schedule.lastError !== undefined,
    );
    expect(lastError).toMatchObject({ code: 'inputs-invalid', message: expect.stringContaining('who') });
    expect(await ticks('outdated')).toMatchObject([
      { state: 'not-started', error: { code: 'inputs-invalid' } },
    ]);
    await platform.save(QUICK);
    await runOf('outdated', (await trigger('outdated')).from);
    await remove('outdated');
  });

  it('are made again where Temporal has lost them, or was changed behind our back', async () => {
    const { id } = await create({ name: 'lost', workflow: 'quick', every: '1s' });
    const handle = temporal.schedule.getHandle(scheduleIdOf(id));
    await handle.pause('by hand');
    await lookAgain();
    await until(
      () => handle.describe(),
      ({ state }) => !state.paused,
    );
    await handle.delete();
    const before = new Date().toISOString();
    await lookAgain();
    await until(
      () => ticks('lost'),
      (items) => items.some(({ at, run }) => at > before && run?.status === 'succeeded'),
    );
    await remove('lost');
  });

  it('tick when they say that they will: Temporal names the same moments', async () => {
    const zones = ['Europe/Berlin', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kolkata'];
    for (const timeZone of zones) {
      const timing = {
        crons: ['30 2 * * *', '*/20 0-3 25-31 10 *', '0 0 13 * 5'],
        every: '36h',
        offset: '90m',
        timeZone,
      };
      const { id } = await create({ name: 'compared', workflow: 'quick', ...timing });
      for (const start of ['2026-03-07T00:00:00Z', '2026-03-28T00:00:00Z', '2026-10-24T00:00:00Z']) {
        const ours = await ask<NextTimesView>('POST', '/preview', { ...timing, after: start, count: 100 });
        const last = ours.items.at(-1)!.at;
        const { startTime = [] } = await connection.workflowService.listScheduleMatchingTimes({
          namespace: platform.temporal.namespace,
          scheduleId: scheduleIdOf(id),
          startTime: { seconds: (Date.parse(start) / 1_000) as never },
          endTime: { seconds: (Date.parse(last) / 1_000) as never },
        });
        expect({
          timeZone,
          start,
          times: startTime!.map(({ seconds }) => new Date(Number(seconds) * 1_000).toISOString()),
        }).toEqual({
          timeZone,
          start,
          times: ours.items.map(({ at }) => at),
        });
      }
      await remove('compared');
    }
  });

  it('are in the way of the removal of their workflow', async () => {
    await create({ name: 'holding', workflow: 'failing', ...YEARLY });
    const refused = await platform.request<Problem>('DELETE', '/workflows/failing');
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'workflow-in-use', detail: expect.stringContaining('holding') },
    });
    await remove('holding');
    expect((await platform.request('DELETE', '/workflows/failing')).status).toBe(204);
  });
});
