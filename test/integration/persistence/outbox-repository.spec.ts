import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readStoreFigures } from '#persistence/repositories/figures-repository.js';
import { OutboxRepository } from '#persistence/repositories/outbox-repository.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { insertRun } from './run-fixture.js';

describe('OutboxRepository', () => {
  let database: TestDatabase;
  let outbox: OutboxRepository;

  beforeAll(async () => {
    database = await createTestDatabase();
    outbox = new OutboxRepository(database.dataSource.manager);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.dataSource.query('TRUNCATE outbox'));

  const failed = (reason: string) => ({ pauseMs: 0, reason, failures: 1, setAside: false });

  async function addStart(): Promise<string> {
    const runId = await insertRun(database.dataSource);
    await outbox.add({ project: 'default', kind: 'start', runId });
    return runId;
  }

  it('gives each message to one of many relays', async () => {
    const runs: string[] = [];
    for (let index = 0; index < 40; index++) runs.push(await addStart());
    const claims = await Promise.all(Array.from({ length: 8 }, () => outbox.claim(10, 60_000)));
    const claimed = claims.flat().map((message) => message.runId);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.length).toBeGreaterThan(0);
    const rest = await outbox.claim(100, 60_000);
    expect([...claimed, ...rest.map((message) => message.runId)].sort()).toEqual(runs.sort());
  });

  it('gives a message of a relay that died to another once its lease is over', async () => {
    await addStart();
    expect(await outbox.claim(1, 60_000)).toHaveLength(1);
    expect(await outbox.claim(1, 60_000)).toHaveLength(0);
    await database.dataSource.query(`UPDATE outbox SET next_attempt_at = now() - interval '1 ms'`);
    expect(await outbox.claim(1, 60_000)).toMatchObject([{ attempts: 2 }]);
  });

  it('keeps a cancel until the start was delivered', async () => {
    const runId = await addStart();
    await outbox.add({ project: 'default', kind: 'cancel', runId });
    const [start] = await outbox.claim(10, 60_000);
    expect(start).toMatchObject({ kind: 'start' });
    expect(await outbox.claim(10, 60_000)).toEqual([]);
    await outbox.markDelivered(start!.id);
    expect(await outbox.claim(10, 60_000)).toMatchObject([{ kind: 'cancel', runId }]);
  });

  it('takes back a start only while nobody has tried it', async () => {
    const untouched = await addStart();
    expect(await outbox.withdrawStart(untouched)).toBe(true);
    expect(await outbox.withdrawStart(untouched)).toBe(false);
    const tried = await addStart();
    expect(await outbox.claim(10, 60_000)).toMatchObject([{ runId: tried }]);
    expect(await outbox.withdrawStart(tried)).toBe(false);
  });

  it('comes back after its pause, with why it failed', async () => {
    await addStart();
    const [message] = await outbox.claim(1, 60_000);
    await outbox.postpone(message!, failed(`nul \u0000 ${'x'.repeat(5_000)}`));
    expect(await outbox.claim(1, 60_000)).toMatchObject([{ id: message!.id, failures: 1 }]);
  });

  it('is not touched by a relay that lost it, or comes after the delivery', async () => {
    await addStart();
    const [lost] = await outbox.claim(1, 0);
    const [own] = await outbox.claim(1, 60_000);
    expect(own).toMatchObject({ id: lost!.id, attempts: 2 });
    await outbox.postpone(lost!, failed('late'));
    expect(await outbox.claim(1, 60_000)).toEqual([]);
    expect(await outbox.markDelivered(own!.id)).toBe(true);
    expect(await outbox.markDelivered(own!.id)).toBe(false);
    await outbox.postpone(own!, failed('later'));
    const rows = await database.dataSource.query('SELECT last_error AS error, failures FROM outbox');
    expect(rows).toEqual([{ error: null, failures: 0 }]);
  });

  it('lets a cancel pass by a start that was set aside, and then tries that no more', async () => {
    const runId = await addStart();
    const [start] = await outbox.claim(1, 60_000);
    await outbox.add({ project: 'default', kind: 'cancel', runId });
    await outbox.giveUpStart(runId);
    expect(await outbox.claim(10, 60_000)).toEqual([]);
    await outbox.postpone(start!, { ...failed('poison'), pauseMs: 60_000, setAside: true });
    expect(await outbox.claim(10, 60_000)).toMatchObject([{ kind: 'cancel', runId }]);
    await outbox.giveUpStart(runId);
    const { messages } = await readStoreFigures(database.dataSource);
    expect(messages).toMatchObject([{ kind: 'cancel', state: 'due', count: 1 }]);
  });
});
