import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { InterpretInput } from '#contracts/run.js';
import { readStoreFigures } from '#persistence/repositories/figures-repository.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { eventually } from '../api/api-fixture.js';
import { FakeGateway } from '../api/fake-gateway.js';
import { acceptRun, countUndelivered, createRelay, SHORT_TIMES } from './relay-fixture.js';

/** Notes when it was asked what. */
class ObservedGateway extends FakeGateway {
  readonly accepted: { readonly run: string; readonly at: number }[] = [];
  checks = 0;
  poisonous: string | undefined;

  override async start(input: InterpretInput): Promise<void> {
    const known = this.started.has(input.run.id);
    if (input.run.id === this.poisonous) throw new Error('cannot be digested');
    await super.start(input);
    if (!known) this.accepted.push({ run: input.run.id, at: performance.now() });
  }

  override async check(): Promise<void> {
    this.checks++;
    await super.check();
  }
}

describe('relays', () => {
  let database: TestDatabase;
  let gateway: ObservedGateway;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    gateway = new ObservedGateway();
    await database.dataSource.query('TRUNCATE outbox');
  });

  async function acceptRuns(count: number): Promise<string[]> {
    const runs: string[] = [];
    for (let index = 0; index < count; index++) runs.push(await acceptRun(database.dataSource));
    return runs;
  }
  const drained = () =>
    eventually(
      () => countUndelivered(database.dataSource),
      (left) => left === 0,
    );
  const find = (run: string) => new RunRepository(database.dataSource.manager).find('default', run);

  it('leave the messages alone while Temporal is away, however long, and look for it with growing pauses', async () => {
    gateway.failure = new Error('connection refused');
    const runs = await acceptRuns(100);
    const relay = createRelay(database.dataSource, gateway);
    const began = performance.now();
    relay.start();
    await eventually(
      async () => gateway.checks,
      (checks) => checks >= 80,
    );
    const elapsed = performance.now() - began;
    const { concurrent, awayPauses } = SHORT_TIMES;
    // Those that were under way when it went; nobody after them.
    expect(gateway.starts).toBeLessThanOrEqual(concurrent);
    // Those that failed, the first looks, whose pauses are short, and one a pause.
    const expected = concurrent + 10 + elapsed / (awayPauses.longestMs / 2);
    expect(gateway.checks).toBeLessThanOrEqual(expected);
    const rows = await database.dataSource.query(
      'SELECT count(*) FILTER (WHERE attempts > 1 OR failures > 0)::integer AS touched FROM outbox',
    );
    expect(rows).toEqual([{ touched: 0 }]);
    gateway.failure = undefined;
    await drained();
    await relay.stop();
    expect(gateway.accepted.map(({ run }) => run).sort()).toEqual([...runs].sort());
    const said = relay.log.map(({ msg }) => msg);
    expect(said).toEqual([
      'starts and cancels wait: Temporal does not answer; trying on',
      'Temporal answers again: starts and cancels are delivered',
    ]);
  });

  it('deliver what has gathered in its order, and no faster than they may', async () => {
    gateway.failure = new Error('connection refused');
    const runs = await acceptRuns(120);
    const limits = { concurrent: 1, perSecond: 100 };
    const relay = createRelay(database.dataSource, gateway, limits);
    relay.start();
    await eventually(
      async () => gateway.checks,
      (checks) => checks > 2,
    );
    gateway.failure = undefined;
    await drained();
    await relay.stop();
    expect(gateway.accepted.map(({ run }) => run)).toEqual(runs);
    const times = gateway.accepted.map(({ at }) => at);
    for (const [last, end] of times.entries())
      for (const [first, start] of times.slice(0, last).entries())
        expect(last - first).toBeLessThanOrEqual(
          ((end - start) * limits.perSecond) / 1_000 + 2 * limits.concurrent,
        );
  });

  it('start every run once, many at a time, while answers are lost and relays are stopped', async () => {
    const runs = await acceptRuns(120);
    const start = gateway.start.bind(gateway);
    let calls = 0;
    gateway.start = async (input) => {
      const call = ++calls;
      await new Promise((resolve) => setTimeout(resolve, call % 7));
      if (call % 5 === 0) throw new Error('lost before it came');
      await start(input);
      if (call % 3 === 0) throw new Error('lost after it was done');
    };
    const relays = [1, 2, 3, 4].map(() =>
      createRelay(database.dataSource, gateway, { setAsideAfter: 1_000, concurrent: 5 }),
    );
    for (const relay of relays) relay.start();
    await relays[0]!.stop();
    await drained();
    await Promise.all(relays.map((relay) => relay.stop()));
    expect(calls).toBeGreaterThan(runs.length);
    expect(gateway.accepted.map(({ run }) => run).sort()).toEqual([...runs].sort());
  });

  it('set aside what fails again and again, say why, and go on with the others', async () => {
    const [poisonous, ...others] = await acceptRuns(20);
    gateway.poisonous = poisonous;
    const relay = createRelay(database.dataSource, gateway);
    relay.start();
    await eventually(
      () => countUndelivered(database.dataSource),
      (left) => left === 1,
    );
    expect(gateway.accepted.map(({ run }) => run).sort()).toEqual(others.sort());
    await eventually(
      () => readStoreFigures(database.dataSource),
      ({ messages }) => messages.length === 1 && messages[0]?.state === 'set-aside',
    );
    expect(await find(poisonous!)).toMatchObject({
      status: 'queued',
      trouble: { code: 'start-set-aside', message: 'cannot be digested' },
    });
    expect(relay.log).toMatchObject([{ runId: poisonous, kind: 'start', reason: 'cannot be digested' }]);

    // Its cause is gone by the time that it is tried again.
    gateway.poisonous = undefined;
    await database.dataSource.query('UPDATE outbox SET next_attempt_at = now()');
    await drained();
    await relay.stop();
    expect(gateway.started.has(poisonous!)).toBe(true);
    expect(await find(poisonous!)).toMatchObject({ trouble: null });
  });

  it('measure what waits, and for how long', async () => {
    await acceptRuns(3);
    await database.dataSource.query(
      `UPDATE outbox SET created_at = now() - interval '1 hour' WHERE id = (SELECT min(id) FROM outbox)`,
    );
    const { messages } = await readStoreFigures(database.dataSource);
    expect(messages).toMatchObject([{ kind: 'start', state: 'due', count: 3 }]);
    expect(Math.round(messages[0]!.oldestSeconds / 60)).toBe(60);
  });
});
