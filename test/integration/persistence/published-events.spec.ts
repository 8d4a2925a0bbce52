import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PublishedEvent, Transition } from '#domain/execution/command.js';
import type { StepState } from '#domain/execution/state.js';
import { ApprovalRepository } from '#persistence/repositories/approval-repository.js';
import { EventRepository } from '#persistence/repositories/event-repository.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { StepRepository } from '#persistence/repositories/step-repository.js';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { insertRun } from './run-fixture.js';

const FIRST = { sort: 'sequence', limit: 10 } as const;
const T0 = 1_790_000_000_000;
const HOSTILE = 'nul \u0000, lone \ud800, quote \' " \\ {a,b}';

describe('what runs publish', () => {
  let database: TestDatabase;
  let recorder: PostgresRunRecorder;
  let events: EventRepository;
  let run: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    recorder = new PostgresRunRecorder(database.dataSource);
    events = new EventRepository(database.dataSource.manager);
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE runs CASCADE');
    run = await insertRun(database.dataSource);
  });

  const publish = (event: Partial<PublishedEvent> & { readonly sequence: number }, of = run) =>
    recorder.record({
      transitions: [
        { run: of, transitions: [], events: [{ at: T0, type: 'run.paused', ...event } as PublishedEvent] },
      ],
    });
  const end = (id: string) =>
    recorder.record({
      results: [
        {
          run: id,
          result: { status: 'succeeded' },
          endedAt: T0,
          sequence: 99,
          steps: {},
          actions: {},
        },
      ],
    });
  const record = (transitions: readonly Transition[], of = run) =>
    recorder.record({ transitions: [{ run: of, transitions }] });
  const findRun = async (id = run) =>
    (await new RunRepository(database.dataSource.manager).find('default', id))!;
  const steps = (id = run) => new StepRepository(database.dataSource.manager).listSteps(id);

  async function waitingRun(event: string): Promise<string> {
    const id = await insertRun(database.dataSource);
    await record([{ sequence: 1, at: T0, step: 'hook', status: 'running', waiting: 'event', event }], id);
    return id;
  }

  it('is kept once each, in its order, whatever it holds', async () => {
    const hostile = {
      sequence: 7,
      type: 'event.emitted' as const,
      step: 'emit',
      name: HOSTILE,
      reason: HOSTILE,
      data: { [HOSTILE]: HOSTILE, z: 1, a: 2 },
    };
    await publish(hostile);
    await publish({ sequence: 3, by: 'ada', reason: 'lunch' });
    await publish({ sequence: 7, reason: 'told again, otherwise' });
    expect((await events.list(run, {}, FIRST)).rows).toEqual([
      expect.objectContaining({ sequence: 3, type: 'run.paused', by: 'ada', reason: 'lunch', data: null }),
      expect.objectContaining({ sequence: 7, type: 'event.emitted', step: 'emit', data: hostile.data }),
    ]);
    expect(JSON.stringify((await events.list(run, {}, FIRST)).rows[1]?.data)).toBe(
      JSON.stringify(hostile.data),
    );
  });

  it('is kept also of a run that has ended, and dropped of one that is not there', async () => {
    await end(run);
    await publish({ sequence: 5 });
    await publish({ sequence: 5 }, '00000000-0000-7000-8000-000000000000');
    expect((await events.list(run, {}, FIRST)).rows).toHaveLength(1);
    expect(await findRun()).toMatchObject({ status: 'succeeded' });
  });

  it('is the same in any order, with repetitions', async () => {
    const told = [1, 2, 3, 4].map((sequence) => ({
      sequence,
      type: 'run.checkpointed' as const,
      name: sequence % 2 === 0 ? 'even' : 'odd',
      data: { steps: { [`s${sequence}`]: { status: 'succeeded', output: HOSTILE } } },
    }));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(told, { minLength: 4 }), fc.subarray(told), async (all, again) => {
        run = await insertRun(database.dataSource);
        for (const event of [...all, ...again]) await publish(event);
        expect((await events.listCheckpoints(run, FIRST)).rows).toMatchObject([
          { name: 'odd', sequence: 3, settled: 1 },
          { name: 'even', sequence: 4, settled: 1 },
        ]);
        expect(await events.findCheckpoint(run, 'even')).toEqual({
          sequence: 4,
          steps: { s4: { status: 'succeeded', output: HOSTILE } },
        });
      }),
      { numRuns: 10 },
    );
    expect(await events.findCheckpoint(run, 'none')).toBeUndefined();
    expect((await events.list(run, {}, FIRST)).rows.every(({ data }) => data === null)).toBe(true);
  });

  it('takes several checkpoints of one name in one batch', async () => {
    const checkpoint = (sequence: number): PublishedEvent => ({
      sequence,
      at: T0,
      type: 'run.checkpointed',
      name: 'safe',
      data: { steps: {} },
    });
    await recorder.record({
      transitions: [{ run, transitions: [], events: [checkpoint(4), checkpoint(9), checkpoint(6)] }],
    });
    expect((await events.listCheckpoints(run, FIRST)).rows).toMatchObject([{ name: 'safe', sequence: 9 }]);
  });

  describe('an emitted event', () => {
    const deliveries = async () =>
      (
        await database.dataSource.query(
          'SELECT target_run AS target FROM event_deliveries ORDER BY target_run',
        )
      ).map((row: { target: string }) => row.target);

    it('goes to every other run that waits for its name then, once', async () => {
      const waiting = [await waitingRun('deployed'), await waitingRun('deployed')];
      await waitingRun('other');
      const over = await waitingRun('deployed');
      await record([{ sequence: 2, at: T0, step: 'hook', status: 'succeeded' }], over);
      await end(await waitingRun('deployed'));
      await record([
        { sequence: 1, at: T0, step: 'mine', status: 'running', waiting: 'event', event: 'deployed' },
      ]);
      const emitted = { sequence: 5, type: 'event.emitted' as const, name: 'deployed', data: { n: 1 } };
      await publish(emitted);
      await waitingRun('deployed');
      await publish(emitted);
      expect(await deliveries()).toEqual(waiting.sort());
    });

    it('finds who waits by a name that holds anything', async () => {
      const target = await waitingRun(HOSTILE);
      await publish({ sequence: 5, type: 'event.emitted', name: HOSTILE });
      expect(await deliveries()).toEqual([target]);
    });

    it('is given to one of many relays, comes back after its pause, and is closed once', async () => {
      const target = await waitingRun('deployed');
      await publish({ sequence: 5, type: 'event.emitted', name: 'deployed', data: { n: 1 } });
      const claims = await Promise.all([1, 2, 3].map(() => events.claimDeliveries(10, 60_000)));
      expect(claims.flat()).toEqual([
        {
          sourceRun: run,
          sequence: 5,
          targetRun: target,
          attempts: 1,
          failures: 0,
          name: 'deployed',
          data: { n: 1 },
          targetEnded: false,
        },
      ]);
      const reason = HOSTILE.repeat(200);
      await events.postponeDelivery(claims.flat()[0]!, { pauseMs: 0, reason, failures: 1, setAside: true });
      const [again] = await events.claimDeliveries(10, 0);
      expect(again).toMatchObject({ attempts: 2, failures: 1 });
      await events.postponeDelivery(claims.flat()[0]!, {
        pauseMs: 60_000,
        reason,
        failures: 9,
        setAside: false,
      });
      await events.closeDelivery(again!, 'refused');
      expect(await events.claimDeliveries(10, 0)).toEqual([]);
    });
  });

  describe('a step', () => {
    const approval = { by: ['approver'], quorum: 2, selfApproval: false, votes: [], reminders: 0 };

    it('shows what it waits for until it waits no longer', async () => {
      await record([
        { sequence: 1, at: T0, status: 'running' },
        { sequence: 2, at: T0, step: 'gate', status: 'running', waiting: 'approval', approval },
        { sequence: 3, at: T0, step: 'old', status: 'succeeded', reused: true },
      ]);
      expect(await steps()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ key: 'gate', waiting: 'approval', approval, reused: false }),
          expect.objectContaining({ key: 'old', waiting: null, reused: true }),
        ]),
      );
      const approvals = new ApprovalRepository(database.dataSource.manager);
      const waiting = async () =>
        (await approvals.list({ project: 'default' }, { sort: 'requestedAt', limit: 10 })).rows;
      expect(await waiting()).toMatchObject([{ run, step: 'gate', approval }]);
      await record([{ sequence: 4, at: T0, step: 'gate', status: 'running' }]);
      expect(await waiting()).toEqual([]);
    });

    it('waits for nothing in a run that has ended, however that came', async () => {
      const wait: Transition = {
        sequence: 2,
        at: T0,
        step: 'gate',
        status: 'running',
        waiting: 'approval',
        approval,
      };
      await record([wait]);
      const decided: StepState = {
        node: 0,
        status: 'failed',
        attempts: 1,
        startedAt: T0,
        endedAt: T0,
        waiting: 'approval',
        approval,
      };
      await recorder.record({
        results: [
          {
            run,
            result: { status: 'failed' },
            endedAt: T0,
            sequence: 9,
            steps: { gate: decided },
            actions: {},
          },
        ],
      });
      expect(await steps()).toMatchObject([{ status: 'failed', waiting: null, approval }]);

      const other = await insertRun(database.dataSource);
      await record([wait], other);
      const error = { class: 'canceled' as const, code: 'x', message: 'no' };
      await database.dataSource.transaction((manager) =>
        new RunRepository(manager).end(other, { status: 'canceled', error }, error),
      );
      expect(await steps(other)).toMatchObject([{ status: 'canceled', waiting: null }]);
    });

    it('of a turn gone by stays when the run ends, and is over', async () => {
      await record([
        { sequence: 1, at: T0, step: 'check[0]', status: 'succeeded', output: 1 },
        { sequence: 2, at: T0, step: 'check[1]', status: 'running' },
        { sequence: 3, at: T0, step: 'check[2]', status: 'running' },
        { sequence: 4, at: T0, step: 'gone', status: 'running' },
      ]);
      const last: StepState = { node: 1, status: 'succeeded', attempts: 1, startedAt: T0, endedAt: T0 };
      await recorder.record({
        results: [
          {
            run,
            result: { status: 'succeeded' },
            endedAt: T0,
            sequence: 9,
            steps: { 'check[2]': last },
            actions: {},
            forgotten: ['check'],
          },
        ],
      });
      expect((await steps()).map(({ key, status }) => [key, status]).sort()).toEqual([
        ['check[0]', 'succeeded'],
        ['check[1]', 'canceled'],
        ['check[2]', 'succeeded'],
      ]);
      expect(await findRun()).toMatchObject({ settled: 4, total: 4 });
    });

    it('of a turn gone by that succeeded did so by its last attempt, whatever its worker told of it', async () => {
      const attempt = { run, step: 'check[0]', action: 'a/b', worker: 'w', rebuild: false, input: {} };
      await recorder.record({ attemptStarts: [{ ...attempt, attempt: 1, at: T0 }] });
      await recorder.record({ attemptStarts: [{ ...attempt, attempt: 2, at: T0 }] });
      await record([
        { sequence: 1, at: T0, step: 'check[0]', status: 'running' },
        { sequence: 2, at: T0, step: 'check[0]', status: 'succeeded', output: 1 },
      ]);
      await recorder.record({
        results: [
          {
            run,
            result: { status: 'succeeded' },
            endedAt: T0,
            sequence: 9,
            steps: {},
            actions: {},
            forgotten: ['check'],
          },
        ],
      });
      const rows = await new StepRepository(database.dataSource.manager).listAttempts(run);
      expect(rows.map(({ attempt: number, status }) => [number, status])).toEqual([
        [1, 'lost'],
        [2, 'succeeded'],
      ]);
    });

    it('that undoes another does not count in the progress', async () => {
      await record([
        { sequence: 1, at: T0, step: 'deploy', status: 'succeeded' },
        { sequence: 2, at: T0, step: 'deploy:compensate', status: 'running' },
        { sequence: 3, at: T0, step: 'each:compensate[2]', status: 'succeeded' },
      ]);
      expect(await findRun()).toMatchObject({ settled: 1, total: 1 });
      const state: StepState = { node: 1, status: 'succeeded', attempts: 1, startedAt: T0, endedAt: T0 };
      await recorder.record({
        results: [
          {
            run,
            result: { status: 'failed' },
            endedAt: T0,
            sequence: 9,
            steps: { deploy: state, 'deploy:compensate': state, 'each:compensate[2]': state },
            actions: {},
          },
        ],
      });
      expect(await findRun()).toMatchObject({ settled: 1, total: 1 });
    });
  });

  describe('a run', () => {
    it.each(['paused', 'rolling-back'] as const)('that is %s is alive', async (status) => {
      await record([{ sequence: 1, at: T0, status }]);
      expect(await findRun()).toMatchObject({ status, endedAt: null });
      await database.dataSource.query(
        `INSERT INTO outbox (kind, run_id, delivered_at) VALUES ('start', $1, now())`,
        [run],
      );
      const silent = await new RunRepository(database.dataSource.manager).claimSilent(0, 10);
      expect(silent.map(({ id }) => id)).toEqual([run]);
      expect(await new RunRepository(database.dataSource.manager).requestCancel(run, 'ada', undefined)).toBe(
        true,
      );
      expect((await findRun()).status).toBe(status === 'paused' ? 'canceling' : 'rolling-back');
    });

    it('that is being canceled is not shown as paused by what was told before', async () => {
      await new RunRepository(database.dataSource.manager).requestCancel(run, 'ada', undefined);
      await record([{ sequence: 1, at: T0, status: 'paused' }]);
      expect(await findRun()).toMatchObject({ status: 'canceling' });
      await record([{ sequence: 2, at: T0, status: 'rolling-back' }]);
      expect(await findRun()).toMatchObject({ status: 'rolling-back' });
    });

    it('ends rejected', async () => {
      await recorder.record({
        results: [
          {
            run,
            result: { status: 'rejected' },
            endedAt: T0,
            sequence: 9,
            steps: {},
            actions: {},
          },
        ],
      });
      expect(await findRun()).toMatchObject({ status: 'rejected' });
    });
  });

  it('of a loop with 60,000 turns is written and ended without growing slow', async () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => `check[${index}]`);
    for (let at = 0; at < keys.length; at += 5_000) {
      await record(
        keys.slice(at, at + 5_000).map(
          (step, index): Transition => ({
            sequence: at + index + 1,
            at: T0,
            step,
            status: 'succeeded',
          }),
        ),
      );
    }
    await recorder.record({
      results: [
        {
          run,
          result: { status: 'succeeded' },
          endedAt: T0,
          sequence: 60_001,
          steps: {},
          actions: {},
          forgotten: ['check'],
        },
      ],
    });
    expect(await findRun()).toMatchObject({ settled: 60_001, total: 60_001 });
  });
});
