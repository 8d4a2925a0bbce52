import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ResolvedClaims } from '#domain/execution/command.js';
import { PostgresClaimsStore } from '#persistence/claims/claims-store.js';
import { amendAuditLog } from '../amend-audit-log.js';
import { insertRun } from '../persistence/run-fixture.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

const UNLIMITED = { name: 'default', capacity: {}, used: {}, held: 0, waiting: 0, leases: [] };

describe('pools and locks', () => {
  let api: ApiFixture;
  let claims: PostgresClaimsStore;
  let run: string;

  beforeAll(async () => {
    api = await createApiFixture({}, {}, 2);
    claims = new PostgresClaimsStore(api.database.dataSource);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    await api.database.dataSource.query('TRUNCATE claims, resource_pools');
    await amendAuditLog(api.database.dataSource, 'DELETE FROM audit_log');
    run = await insertRun(api.database.dataSource);
  });

  const acquire = (step: string, asked: Partial<ResolvedClaims>) =>
    claims.acquire({ run, project: 'default', step, claims: { locks: [], priority: 3, ...asked } });
  const slots = (count: number, pool = 'runners') => ({ resources: { pool, amounts: { slots: count } } });
  const setPool = (name: string, capacity: unknown, headers?: Record<string, string>) =>
    api.put(`/api/v1/pools/${name}`, { capacity }, headers);
  const audit = async () =>
    api.database.dataSource.query(
      'SELECT actor, action, object_id AS object, before, after, reason FROM audit_log ORDER BY id',
    );

  it('has one pool from the start, without limits', async () => {
    expect((await api.get('/api/v1/pools')).body).toEqual({ items: [UNLIMITED] });
    expect((await api.get('/api/v1/pools/default')).body).toEqual(UNLIMITED);
    expect(await api.remove('/api/v1/pools/default')).toMatchObject({
      status: 404,
      body: { code: 'pool-not-found' },
    });
  });

  it('sets up, changes and removes a pool, and notes who and why', async () => {
    const by = { 'x-sluice-actor': 'ada' };
    const first = await api.put(
      '/api/v1/pools/runners',
      { capacity: { slots: 2, cpu: 1.5 }, reason: 'new' },
      by,
    );
    expect(first).toMatchObject({ status: 201, body: { name: 'runners', capacity: { slots: 2, cpu: 1.5 } } });
    expect(await setPool('runners', { memory: 2 ** 40 })).toMatchObject({
      status: 200,
      body: { capacity: { memory: 2 ** 40 } },
    });
    expect((await api.remove('/api/v1/pools/runners', by)).status).toBe(204);
    expect((await api.get('/api/v1/pools/runners')).status).toBe(404);
    expect((await audit()).map(Object.values)).toEqual([
      ['ada', 'pool.set', 'runners', null, { capacity: { cpu: 1.5, slots: 2 } }, 'new'],
      [
        'local',
        'pool.set',
        'runners',
        { capacity: { cpu: 1.5, slots: 2 } },
        { capacity: { memory: 2 ** 40 } },
        null,
      ],
      ['ada', 'pool.delete', 'runners', { capacity: { memory: 2 ** 40 } }, null, null],
    ]);
  });

  it('shows what is held and what waits, and keeps a pool of which something is held', async () => {
    await setPool('runners', { slots: 3, cpu: 4 });
    await acquire('a', { resources: { pool: 'runners', amounts: { slots: 1, cpu: 0.1 } } });
    await acquire('b[2]', { resources: { pool: 'runners', amounts: { slots: 1, cpu: 0.2 } } });
    await acquire('c', slots(2));
    const { body } = await api.get('/api/v1/pools/runners');
    const since = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(body).toEqual({
      name: 'runners',
      capacity: { slots: 3, cpu: 4 },
      used: { slots: 2, cpu: 0.3 },
      held: 2,
      waiting: 1,
      leases: [
        { run, step: 'a', amounts: { slots: 1, cpu: 0.1 }, since },
        { run, step: 'b[2]', amounts: { slots: 1, cpu: 0.2 }, since },
      ],
    });
    expect(await api.remove('/api/v1/pools/runners')).toMatchObject({
      status: 409,
      body: { code: 'pool-in-use' },
    });
    await api.database.dataSource.query('UPDATE runs SET ended_at = now() WHERE id = $1', [run]);
    expect((await api.get('/api/v1/pools/runners')).body).toMatchObject({ used: {}, held: 0, waiting: 0 });
    expect((await api.remove('/api/v1/pools/runners')).status).toBe(204);
  });

  it('grants what waits when the capacity grows', async () => {
    await setPool('runners', { slots: 1 });
    await acquire('a', slots(1));
    await acquire('b', slots(1));
    expect((await setPool('runners', { slots: 2 })).body).toMatchObject({ held: 2, waiting: 0 });
  });

  it('lists pools by name, page by page', async () => {
    for (const name of ['zeta', 'alpha', 'beta']) await setPool(name, {});
    const first = (await api.get('/api/v1/pools?limit=3')).body;
    expect(first.items.map((pool: { name: string }) => pool.name)).toEqual(['alpha', 'beta', 'default']);
    const second = (await api.get(`/api/v1/pools?limit=3&after=${first.next}`)).body;
    expect(second.items.map((pool: { name: string }) => pool.name)).toEqual(['zeta']);
    expect(second.next).toBeUndefined();
  });

  it.each<[string, string, unknown, string]>([
    ['a name with a slash', 'a%2Fb', { capacity: {} }, 'request-invalid'],
    ['a name in capitals', 'Runners', { capacity: {} }, 'request-invalid'],
    ['a long name', 'x'.repeat(64), { capacity: {} }, 'request-invalid'],
    ['a NUL in the name', 'a%00b', { capacity: {} }, 'request-invalid'],
    ['no capacity', 'runners', {}, 'request-invalid'],
    ['a list', 'runners', { capacity: [] }, 'request-invalid'],
    ['an unknown amount', 'runners', { capacity: { gpu: 1 } }, 'request-invalid'],
    ['less than nothing', 'runners', { capacity: { slots: -1 } }, 'request-invalid'],
    ['half a slot', 'runners', { capacity: { slots: 0.5 } }, 'request-invalid'],
    ['a text', 'runners', { capacity: { cpu: '1' } }, 'request-invalid'],
    ['cores finer than thousandths', 'runners', { capacity: { cpu: 0.0001 } }, 'request-invalid'],
    ['too many bytes', 'runners', { capacity: { memory: 2 ** 51 } }, 'request-invalid'],
    ['null', 'runners', { capacity: null }, 'request-invalid'],
    ['an unknown field', 'runners', { capacity: {}, size: 1 }, 'request-invalid'],
  ])('refuses %s', async (_, name, body, code) => {
    expect(await api.put(`/api/v1/pools/${name}`, body)).toMatchObject({ status: 400, body: { code } });
    expect(await audit()).toEqual([]);
  });

  it('answers 404 for pools that are not there', async () => {
    for (const name of ['nothing', 'Not%20a%20name', 'a%00b']) {
      expect(await api.get(`/api/v1/pools/${name}`)).toMatchObject({
        status: 404,
        body: { code: 'pool-not-found' },
      });
      expect(await api.remove(`/api/v1/pools/${name}`)).toMatchObject({ status: 404 });
    }
  });

  it('lists the locks with their holders and those that wait, in their order', async () => {
    await acquire('a', { locks: ['db', 'dns'] });
    await acquire('b', { locks: ['db'], priority: 4 });
    await acquire('c', { locks: ['db', 'queue'], priority: 2 });
    const since = expect.any(String);
    expect((await api.get('/api/v1/locks')).body).toEqual({
      items: [
        {
          name: 'db',
          holder: { run, step: 'a', since },
          queue: 2,
          waiting: [
            { run, step: 'c', since, priority: 2 },
            { run, step: 'b', since, priority: 4 },
          ],
        },
        { name: 'dns', holder: { run, step: 'a', since }, queue: 0, waiting: [] },
        { name: 'queue', queue: 1, waiting: [{ run, step: 'c', since, priority: 2 }] },
      ],
    });
    const page = (await api.get('/api/v1/locks?limit=1')).body;
    const rest = (await api.get(`/api/v1/locks?after=${page.next}`)).body;
    expect(rest.items.map((lock: { name: string }) => lock.name)).toEqual(['dns', 'queue']);
  });

  it('shows nothing of runs that have ended', async () => {
    await acquire('a', { locks: ['db'] });
    await api.database.dataSource.query('UPDATE runs SET ended_at = now() WHERE id = $1', [run]);
    expect((await api.get('/api/v1/locks')).body).toEqual({ items: [] });
  });
});
