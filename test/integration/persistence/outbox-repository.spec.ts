import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
    await outbox.postpone(message!.id, 0, `nul \u0000 ${'x'.repeat(5_000)}`);
    expect(await outbox.claim(1, 60_000)).toMatchObject([{ id: message!.id }]);
  });
});
