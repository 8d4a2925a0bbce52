import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SluiceError } from '#domain/errors.js';
import { orderCancel } from '#persistence/order-cancel.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { lockRuns } from '#persistence/run-lock.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { eventually } from '../api/api-fixture.js';
import { FakeGateway } from '../api/fake-gateway.js';
import { type Death, MortalProcess } from './mortal-process.js';
import { acceptRun, countUndelivered, createRelay } from './relay-fixture.js';

/** What a relay has to do, and what must be true once it is done, however often relays died over it. */
interface Task {
  prepare(): Promise<string>;
  /** Run, and what Temporal was told of it. */
  verify(run: string): Promise<void>;
}

describe('a relay that dies', () => {
  let database: TestDatabase;
  let gateway: FakeGateway;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());
  beforeEach(() => {
    gateway = new FakeGateway();
  });

  const find = async (run: string) =>
    (await new RunRepository(database.dataSource.manager).find('default', run))!;
  const cancel = (run: string) =>
    lockRuns(database.dataSource, [run], (manager) =>
      orderCancel(manager, { project: 'default', run, status: 'queued', actor: 'ada', reason: 'enough' }),
    );
  const refuse = () => {
    gateway.failure = new SluiceError({ code: 'run-too-large', fault: 'user', message: 'Too large.' });
  };

  const TASKS: Readonly<Record<string, Task>> = {
    'a start': {
      prepare: () => acceptRun(database.dataSource),
      verify: async (run) => {
        expect(gateway.started.has(run)).toBe(true);
        expect(await find(run)).toMatchObject({ status: 'queued', trouble: null });
      },
    },
    'a start with results that it takes over': {
      prepare: async () => {
        const run = await acceptRun(database.dataSource);
        await database.dataSource.query(
          `UPDATE runs SET rerun_of = $1, seed = '{"steps":{}}' WHERE id = $1`,
          [run],
        );
        return run;
      },
      verify: async (run) => expect(gateway.started.get(run)).toMatchObject({ seed: { steps: {} } }),
    },
    'a start that is refused for good': {
      prepare: () => {
        refuse();
        return acceptRun(database.dataSource);
      },
      verify: async (run) =>
        expect(await find(run)).toMatchObject({ status: 'failed', error: { code: 'run-too-large' } }),
    },
    'a cancel': {
      prepare: async () => {
        const run = await acceptRun(database.dataSource);
        await database.dataSource.query('UPDATE outbox SET attempts = 1 WHERE run_id = $1', [run]);
        await cancel(run);
        return run;
      },
      verify: async (run) => {
        expect(gateway.started.has(run)).toBe(true);
        expect(new Set(gateway.canceled.map((told) => told.run))).toEqual(new Set([run]));
        expect(await find(run)).toMatchObject({ status: 'canceling' });
      },
    },
  };

  /** One process that dies as told, then another that goes on. Answers whether the first did die. */
  async function sufferOnce(task: Task, death: Death): Promise<boolean> {
    gateway = new FakeGateway();
    const run = await task.prepare();
    const mortal = new MortalProcess(death);
    const first = createRelay(mortal.wrapDataSource(database.dataSource), mortal.wrapGateway(gateway));
    first.start();
    await eventually(async () => mortal.dead || (await countUndelivered(database.dataSource)) === 0, Boolean);
    await first.stop();
    // As time would do.
    await database.dataSource.query('UPDATE outbox SET next_attempt_at = now() WHERE delivered_at IS NULL');
    const second = createRelay(database.dataSource, gateway);
    second.start();
    await eventually(
      () => countUndelivered(database.dataSource),
      (left) => left === 0,
    );
    await second.stop();
    await task.verify(run);
    expect(gateway.started.size).toBeLessThanOrEqual(1);
    return mortal.dead;
  }

  it.each(Object.keys(TASKS))('%s comes about once, whichever of its effects was the last', async (name) => {
    for (const when of ['before', 'after'] as const) {
      let deaths = 0;
      while (await sufferOnce(TASKS[name]!, { effect: deaths + 1, when })) deaths++;
      // Claim, Temporal, note.
      expect(deaths).toBeGreaterThanOrEqual(3);
    }
  });
});
