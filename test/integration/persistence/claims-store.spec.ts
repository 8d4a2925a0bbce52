import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimsAnswer } from '#contracts/ports.js';
import type { ResolvedClaims } from '#domain/execution/command.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Amounts } from '#domain/plan/plan.js';
import { PostgresClaimsStore } from '#persistence/claims/claims-store.js';
import { lockClaims } from '#persistence/claims/grant-waiting.js';
import { PoolRepository } from '#persistence/repositories/pool-repository.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { eventually } from '../api/api-fixture.js';
import { insertRun } from './run-fixture.js';

const TERMINATED: StepError = { class: 'infrastructure', code: 'run-terminated-outside', message: 'Gone.' };

describe('PostgresClaimsStore', () => {
  let database: TestDatabase;
  let store: PostgresClaimsStore;
  let run: string;

  beforeAll(async () => {
    database = await createTestDatabase({ poolSize: 60 });
    store = new PostgresClaimsStore(database.dataSource);
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE claims, resource_pools');
    run = await insertRun(database.dataSource);
  });

  const acquire = (step: string, claims: Partial<ResolvedClaims>, of = run): Promise<ClaimsAnswer> =>
    store.acquire({ run: of, project: 'default', step, claims: { locks: [], priority: 3, ...claims } });
  const slots = (count: number, pool = 'runners') => ({ resources: { pool, amounts: { slots: count } } });
  const setPool = (capacity: Amounts, name = 'runners') =>
    database.dataSource.transaction((manager) =>
      new PoolRepository(manager).set('default', name, capacity, 'test'),
    );
  const end = (id: string) =>
    database.dataSource.transaction((manager) =>
      new RunRepository(manager).end(id, { status: 'failed', error: TERMINATED }, TERMINATED),
    );
  const countLockWaiters = async () =>
    (
      await database.dataSource.query(
        `SELECT count(*)::int AS count FROM pg_locks JOIN pg_database d ON d.oid = database
         WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()`,
      )
    )[0].count as number;
  const rows = async () =>
    (await database.dataSource.query('SELECT count(*)::int AS count FROM claims'))[0].count as number;

  it('grants at once, again and again, what nobody holds', async () => {
    expect(await acquire('a', { locks: ['db', 'dns'] })).toBe('granted');
    expect(await acquire('a', { locks: ['db', 'dns'] })).toBe('granted');
    expect(await rows()).toBe(1);
  });

  it('hands a lock on in the order of asking, by one release each', async () => {
    expect(await acquire('a', { locks: ['db'] })).toBe('granted');
    expect(await acquire('b', { locks: ['db'] })).toBe('waiting');
    expect(await acquire('c', { locks: ['db'] })).toBe('waiting');
    await store.release({ run, step: 'a' });
    await store.release({ run, step: 'a' });
    expect(await acquire('c', { locks: ['db'] })).toBe('waiting');
    expect(await acquire('b', { locks: ['db'] })).toBe('granted');
    await store.release({ run, step: 'b' });
    expect(await acquire('c', { locks: ['db'] })).toBe('granted');
  });

  it('serves the higher priority first', async () => {
    await acquire('holder', { locks: ['db'] });
    await acquire('late', { locks: ['db'], priority: 5 });
    await acquire('normal', { locks: ['db'] });
    await acquire('urgent', { locks: ['db'], priority: 1 });
    const served: string[] = [];
    for (let holder = 'holder'; served.length < 3; ) {
      await store.release({ run, step: holder });
      const answers = await Promise.all(
        ['late', 'normal', 'urgent']
          .filter((step) => !served.includes(step))
          .map(async (step) => [step, await acquire(step, { locks: ['db'] })] as const),
      );
      const granted = answers.filter(([, answer]) => answer === 'granted').map(([step]) => step);
      expect(granted).toHaveLength(1);
      holder = granted[0]!;
      served.push(holder);
    }
    expect(served).toEqual(['urgent', 'normal', 'late']);
  });

  it('lets one that gives up while it waits hold nobody up', async () => {
    await setPool({ slots: 2 });
    expect(await acquire('a', slots(1))).toBe('granted');
    expect(await acquire('large', slots(2))).toBe('waiting');
    expect(await acquire('small', slots(1))).toBe('waiting');
    await store.release({ run, step: 'large' });
    expect(await acquire('small', slots(1))).toBe('granted');
  });

  it('takes nothing of a claim that does not get everything', async () => {
    await setPool({ slots: 1 });
    await acquire('a', { locks: ['db'] });
    expect(await acquire('both', { locks: ['db'], ...slots(1) })).toBe('waiting');
    const pool = await new PoolRepository(database.dataSource.manager).find('default', 'runners');
    expect(pool).toMatchObject({ used: {}, held: 0, waiting: 1 });
  });

  it.each<[string, Amounts | undefined, Partial<ResolvedClaims>, ClaimsAnswer]>([
    ['more than the pool has', { slots: 2 }, slots(3), 'pool-too-small'],
    ['a pool that is not there', undefined, slots(1), 'pool-unknown'],
    ['the pool that is always there', undefined, slots(1_000, 'default'), 'granted'],
    [
      'fractions of cores',
      { cpu: 0.3 },
      { resources: { pool: 'runners', amounts: { cpu: 0.3 } } },
      'granted',
    ],
    [
      'a tebibyte',
      { memory: 2 ** 40 },
      { resources: { pool: 'runners', amounts: { memory: 2 ** 40 } } },
      'granted',
    ],
  ])('answers for %s', async (_, capacity, claims, answer) => {
    if (capacity !== undefined) await setPool(capacity);
    expect(await acquire('a', claims)).toBe(answer);
    expect(await rows()).toBe(answer === 'granted' ? 1 : 0);
  });

  it('tells one that waits when its pool has become too small, or is gone', async () => {
    await setPool({ slots: 2 });
    await acquire('a', slots(2));
    expect(await acquire('b', slots(2))).toBe('waiting');
    await setPool({ slots: 1 });
    expect(await acquire('b', slots(2))).toBe('pool-too-small');
    expect(await acquire('c', slots(1))).toBe('waiting');
    await store.release({ run, step: 'a' });
    expect(await acquire('c', slots(1))).toBe('granted');
  });

  it('grants what waits when its pool becomes larger', async () => {
    await setPool({ slots: 1 });
    await acquire('a', slots(1));
    expect(await acquire('b', slots(1))).toBe('waiting');
    await setPool({ slots: 2 });
    expect(await acquire('b', slots(1))).toBe('granted');
  });

  it('leaves nothing held by a run that was terminated, nor a place in the line', async () => {
    const other = await insertRun(database.dataSource);
    await acquire('a', { locks: ['db'] });
    await acquire('a2', { locks: ['db'] });
    expect(await acquire('b', { locks: ['db'] }, other)).toBe('waiting');
    await end(run);
    expect(await acquire('b', { locks: ['db'] }, other)).toBe('granted');
    expect(await rows()).toBe(1);
    expect(await acquire('late', { locks: ['db'] })).toBe('run-ended');
    expect(await rows()).toBe(1);
  });

  it('reviews what was asked, and asks for nothing', async () => {
    const review = (step: string) =>
      store.review({ run, project: 'default', step, claims: { locks: ['db'], priority: 3 } });
    const other = await insertRun(database.dataSource);
    expect(await review('a')).toBe('gone');
    await acquire('a', { locks: ['db'] }, other);
    await acquire('b', { locks: ['db'] });
    expect(await review('b')).toBe('waiting');
    await end(other);
    expect(await review('b')).toBe('granted');
    await store.release({ run, step: 'b' });
    expect(await review('b')).toBe('gone');
    expect(await rows()).toBe(0);
  });

  it('gives back what is being asked for at that moment', async () => {
    const steps = Array.from({ length: 20 }, (_, at) => `s${at}`);
    const calls = await database.dataSource.transaction(async (manager) => {
      await lockClaims(manager, 'default');
      const asked = steps.map((step) => acquire(step, { locks: [step] }));
      await eventually(countLockWaiters, (count) => count === steps.length);
      const released = steps.map((step) => store.release({ run, step }));
      return { settled: Promise.all([...asked, ...released]) };
    });
    await calls.settled;
    expect(await rows()).toBe(0);
  });

  it('knows nothing of runs that are not there', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000';
    expect(await acquire('a', { locks: ['db'] }, nobody)).toBe('run-ended');
    await store.release({ run: nobody, step: 'a' });
  });

  it('gives forty steps at once their turns, never two the lock nor three the pool', async () => {
    await setPool({ slots: 2 });
    const holders = { lock: 0, slots: 0, most: 0 };
    const readMost = async () => holders.most;
    const work = async (step: string, locks: string[]) => {
      for (let tries = 0; (await acquire(step, { locks, ...slots(1) })) !== 'granted'; tries++) {
        if (tries > 2_000) throw new Error(`${step} never came to its turn`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      holders.slots += 1;
      holders.lock += locks.length;
      holders.most = Math.max(holders.most, holders.slots);
      expect(holders.lock).toBeLessThanOrEqual(1);
      expect(holders.slots).toBeLessThanOrEqual(2);
      // One without the lock holds on until a second joins it: however slow the machine, two are seen at once.
      if (locks.length === 0) await eventually(readMost, (most) => most === 2);
      holders.slots -= 1;
      holders.lock -= locks.length;
      await store.release({ run, step });
    };
    await Promise.all(
      Array.from({ length: 40 }, (_, step) => work(`s${step}`, step % 3 === 0 ? ['db'] : [])),
    );
    expect(holders.most).toBe(2);
    expect(await rows()).toBe(0);
  });
});
