import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChainChecker, START } from '#domain/audit/chain-checker.js';
import { sealAuditLog } from '#persistence/audit/seal-log.js';
import { verifyAuditLog } from '#persistence/audit/verify-log.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { createTestProject } from '../../access.js';
import { amendAuditLog } from '../amend-audit-log.js';
import { type ApiFixture, createApiFixture, eventually } from './api-fixture.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture();
  for (const project of ['busy', 'late', 'fresh', 'other', 'now', 'empty', 'hidden'])
    await createTestProject(api.database.dataSource, project);
});
afterAll(() => api?.close());

/** In a project of its own: entries 1 to `count` of its chain, by bob and ann in turns. */
async function write(project: string, count: number): Promise<void> {
  const { dataSource } = api.database;
  await createTestProject(dataSource, project);
  for (let at = 1; at <= count; at++) {
    await new AuditRepository(dataSource.manager).add({
      project,
      actor: at % 2 === 0 ? 'ann' : 'bob',
      action: at % 3 === 0 ? 'pool.delete' : 'pool.set',
      objectType: 'pool',
      objectId: `pool-${at}`,
      before: { capacity: { slots: at } },
      reason: `number ${at}`,
      correlationId: `c-${at}`,
    });
  }
  await sealed(project);
}

/** The API chains entries every second; another process might have the lock just now. */
async function sealed(project: string): Promise<void> {
  const { dataSource } = api.database;
  await eventually(
    async () => {
      await sealAuditLog(dataSource);
      const [{ count }] = await dataSource.query(
        'SELECT count(*)::int AS count FROM audit_log WHERE project = $1 AND sequence IS NULL',
        [project],
      );
      return count;
    },
    (count) => count === 0,
  );
}

const of = (project: string) => ({ 'x-sluice-project': project });
const ask = async (project: string, path = '') =>
  (await api.get(`/api/v1/audit-logs${path}`, of(project))).body;
const verify = (project: string) => ask(project, '/verify');

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the audit log', () => {
  it('takes no change and no removal', async () => {
    await write('kept', 1);
    const { dataSource } = api.database;
    for (const statement of [
      `UPDATE audit_log SET actor = 'eve' WHERE project = 'kept'`,
      `UPDATE audit_log SET sequence = NULL WHERE project = 'kept'`,
      `DELETE FROM audit_log WHERE project = 'kept'`,
      'TRUNCATE audit_log',
    ]) {
      await expect(dataSource.query(statement)).rejects.toThrow('is immutable');
    }
    expect(await verify('kept')).toMatchObject({
      valid: true,
      checked: 1,
      unsealed: 0,
      head: { sequence: 1 },
    });
  });

  it('is chained by the API itself, without gaps, whoever writes', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        api.put(
          `/api/v1/pools/p${at}`,
          { capacity: { slots: 1 } },
          { ...of('busy'), 'x-sluice-actor': `a${at}` },
        ),
      ),
    );
    await eventually(
      () => verify('busy'),
      (verdict) => verdict.unsealed === 0 && verdict.checked === 40,
    );
    const { body } = await api.get('/api/v1/audit-logs?limit=200', of('busy'));
    const numbers = body.items.map((item: { chain: { sequence: number } }) => item.chain.sequence);
    expect(numbers.sort((a: number, b: number) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, at) => at + 1),
    );
  });

  it('takes an entry that is committed late behind those that were chained before', async () => {
    const { dataSource } = api.database;
    const late = dataSource.createQueryRunner();
    await late.startTransaction();
    const record = { project: 'late', action: 'pool.set', objectType: 'pool', objectId: 'p' } as const;
    await new AuditRepository(late.manager).add({ ...record, actor: 'first' });
    await new AuditRepository(dataSource.manager).add({ ...record, actor: 'second' });
    await sealed('late');
    await late.commitTransaction();
    await late.release();
    await sealed('late');
    const entries = lines((await api.get('/api/v1/audit-logs/export', of('late'))).body);
    expect(entries.map(({ actor, chain }) => [actor, chain.sequence])).toEqual([
      ['second', 1],
      ['first', 2],
    ]);
    expect(await verify('late')).toMatchObject({ valid: true, checked: 2 });
  });

  it('says how many entries have no place in the chain yet', async () => {
    const { dataSource } = api.database;
    const holder = dataSource.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock(7582464)');
    await new AuditRepository(dataSource.manager).add({
      project: 'fresh',
      actor: 'ann',
      action: 'pool.set',
      objectType: 'pool',
      objectId: 'p',
    });
    expect(await verify('fresh')).toMatchObject({
      valid: true,
      checked: 0,
      unsealed: 1,
      oldestUnsealed: expect.stringMatching(/^\d{4}-/),
    });
    expect((await ask('fresh')).items[0]).not.toHaveProperty('chain');
    await holder.query('SELECT pg_advisory_unlock(7582464)');
    await holder.release();
    await sealed('fresh');
    expect(await verify('fresh')).toMatchObject({ valid: true, checked: 1, unsealed: 0 });
  });
});

describe('sluice audit verify', () => {
  const INSERT = (project: string, sequence: number) =>
    `INSERT INTO audit_log (id, project, actor, action, object_type, object_id, sequence, previous, hash, salts)
     SELECT gen_random_uuid(), project, 'eve', action, object_type, object_id, ${sequence}, hash, hash, salts
     FROM audit_log WHERE project = '${project}' AND sequence = ${sequence - 1}`;

  it.each<[string, string, number, (project: string) => readonly string[]]>([
    [
      'an altered actor',
      'altered',
      4,
      (p) => [`UPDATE audit_log SET actor = 'eve' WHERE project = '${p}' AND sequence = 4`],
    ],
    [
      'an altered value',
      'altered',
      2,
      (p) => [
        `UPDATE audit_log SET before = '{"capacity":{"slots":9}}' WHERE project = '${p}' AND sequence = 2`,
      ],
    ],
    [
      'a time moved by a microsecond',
      'altered',
      7,
      (p) => [
        `UPDATE audit_log SET at = at + interval '1 microsecond' WHERE project = '${p}' AND sequence = 7`,
      ],
    ],
    [
      'a missing entry',
      'missing',
      5,
      (p) => [`DELETE FROM audit_log WHERE project = '${p}' AND sequence = 5`],
    ],
    [
      'a missing entry, the others renumbered',
      'missing',
      5,
      (p) => [
        `DELETE FROM audit_log WHERE project = '${p}' AND sequence = 5`,
        `UPDATE audit_log SET sequence = -sequence WHERE project = '${p}' AND sequence > 5`,
        `UPDATE audit_log SET sequence = -sequence - 1 WHERE project = '${p}' AND sequence < 0`,
        `UPDATE audit_chains SET sequence = sequence - 1 WHERE project = '${p}'`,
      ],
    ],
    [
      'a missing beginning',
      'missing',
      1,
      (p) => [`DELETE FROM audit_log WHERE project = '${p}' AND sequence < 3`],
    ],
    ['a missing end', 'missing', 9, (p) => [`DELETE FROM audit_log WHERE project = '${p}' AND sequence > 8`]],
    [
      'an entry taken out of the chain',
      'missing',
      3,
      (p) => [`UPDATE audit_log SET sequence = NULL WHERE project = '${p}' AND sequence = 3`],
    ],
    [
      'an entry put in, the others renumbered',
      'inserted',
      4,
      (p) => [
        `UPDATE audit_log SET sequence = -sequence WHERE project = '${p}' AND sequence > 3`,
        `UPDATE audit_log SET sequence = -sequence + 1 WHERE project = '${p}' AND sequence < 0`,
        INSERT(p, 4),
        `UPDATE audit_chains SET sequence = sequence + 1 WHERE project = '${p}'`,
      ],
    ],
    ['an entry put behind the end', 'inserted', 11, (p) => [INSERT(p, 11)]],
    [
      'a beginning that was never archived',
      'altered',
      4,
      (p) => [
        `UPDATE audit_chains c SET archived_sequence = 4, archived_hash = a.hash FROM audit_log a
         WHERE c.project = '${p}' AND a.project = '${p}' AND a.sequence = 4`,
        `DELETE FROM audit_log WHERE project = '${p}' AND sequence <= 4`,
      ],
    ],
    [
      'a part that nobody erased',
      'altered',
      10,
      (p) => [
        `UPDATE audit_log SET actor = 'x', erased = json_build_object('actor',
           json_build_object('digest', repeat('0', 64), 'pseudonym', 'x')) WHERE project = '${p}' AND sequence = 10`,
      ],
    ],
  ])('finds %s', async (name, kind, sequence, statements) => {
    const project = name.replaceAll(/[^a-z]+/g, '-');
    await write(project, 10);
    expect(await verify(project)).toMatchObject({ valid: true, checked: 10 });
    await amendAuditLog(api.database.dataSource, ...statements(project));
    expect(await verify(project)).toMatchObject({ valid: false, fault: { kind, sequence } });
  });

  it('finds a whole chain that was written anew, by a head that was kept elsewhere', async () => {
    await write('anew', 4);
    const { head } = await verify('anew');
    await amendAuditLog(
      api.database.dataSource,
      `UPDATE audit_log SET actor = 'eve', sequence = NULL WHERE project = 'anew'`,
      `DELETE FROM audit_chains WHERE project = 'anew'`,
    );
    await sealed('anew');
    expect(await verify('anew')).toMatchObject({ valid: true, checked: 4 });
    const expected = `/verify?expect=${head.sequence}:${head.hash}`;
    expect(await ask('anew', expected)).toMatchObject({
      valid: false,
      fault: { kind: 'altered', sequence: 4 },
    });
    await write('anew', 2);
    expect(await ask('anew', `/verify?expect=9:${head.hash}`)).toMatchObject({
      valid: false,
      fault: { kind: 'missing', sequence: 7 },
    });
    const now = (await verify('anew')).head;
    expect(await ask('anew', `/verify?expect=${now.sequence}:${now.hash}`)).toMatchObject({ valid: true });
  });

  it.each(['1', 'x:y', `1:${'g'.repeat(64)}`])('refuses to expect %s', async (expect_) => {
    const { status, body } = await api.get(`/api/v1/audit-logs/verify?expect=${expect_}`);
    expect([status, body.code]).toEqual([400, 'request-invalid']);
  });

  it('reads many entries some at a time, while others write', async () => {
    const { dataSource } = api.database;
    await dataSource.query(
      `INSERT INTO audit_log (id, project, actor, action, object_type, object_id, after)
       SELECT gen_random_uuid(), 'large', 'ann', 'run.start', 'run', n::text, '{"n":1}' FROM generate_series(1, 2600) AS n`,
    );
    await sealed('large');
    const writing = write('large', 20);
    expect((await verifyAuditLog(dataSource, 'large')).valid).toBe(true);
    await writing;
    expect(await verify('large')).toMatchObject({ valid: true, checked: 2620 });
  });
});

describe('GET /api/v1/audit-logs', () => {
  beforeAll(() => write('listed', 7));

  it.each([
    ['', 7],
    ['?actor=ann', 3],
    ['?action=pool.delete', 2],
    ['?objectType=pool&objectId=pool-3', 1],
    ['?objectType=run', 0],
    ['?correlationId=c-5', 1],
    ['?from=2020-01-01T00:00:00Z&until=2021-01-01T00:00:00Z', 0],
    ['?from=2020-01-01T00:00:00Z&total=true', 7],
  ])('%s: %i entries', async (query, count) => {
    const { items } = await ask('listed', query);
    expect(items).toHaveLength(count);
  });

  it('shows who, what, to what, from what, why and by which request, and the place in the chain', async () => {
    const { items } = await ask('listed', '?objectId=pool-3');
    expect(items).toEqual([
      {
        id: expect.any(String),
        project: 'listed',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        actor: 'bob',
        action: 'pool.delete',
        objectType: 'pool',
        objectId: 'pool-3',
        before: { capacity: { slots: 3 } },
        reason: 'number 3',
        correlationId: 'c-3',
        chain: {
          sequence: 3,
          previous: expect.stringMatching(/^[0-9a-f]{64}$/),
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
          salts: expect.objectContaining({ actor: expect.stringMatching(/^[0-9a-f]{32}$/) }),
        },
      },
    ]);
    expect((await api.get(`/api/v1/audit-logs/${items[0].id}`, of('listed'))).body).toEqual(items[0]);
  });

  it('has nothing of other projects', async () => {
    const [item] = (await ask('listed')).items;
    for (const id of [item.id, 'x']) {
      const { status, body } = await api.get(`/api/v1/audit-logs/${id}`, of('other'));
      expect([status, body.code]).toEqual([404, 'audit-entry-not-found']);
    }
    expect((await ask('other')).items).toEqual([]);
  });

  it('goes on where a page ended', async () => {
    const first = await ask('listed', '?limit=4');
    const second = await ask('listed', `?limit=4&after=${first.next}`);
    const numbers = [...first.items, ...second.items].map((item) => item.chain.sequence);
    expect(numbers).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(second.next).toBeUndefined();
  });

  it.each(['?from=yesterday', '?sort=actor', '?actor=%00', '?unknown=1', '?limit=201', '?after=x'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await api.get(`/api/v1/audit-logs${query}`);
      expect([status, body.code]).toEqual([400, 'request-invalid']);
    },
  );
});

describe('GET /api/v1/audit-logs/export', () => {
  it('gives JSON lines that anybody can check, and goes on behind the last one', async () => {
    await write('exported', 5);
    const answer = await api.get('/api/v1/audit-logs/export', of('exported'));
    expect(answer.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
    const all = lines(answer.body);
    const checker = new ChainChecker(START, sha256);
    for (const entry of all) expect(checker.add(entry)).toBeUndefined();
    expect(checker.head).toEqual((await verify('exported')).head);
    const rest = await api.get('/api/v1/audit-logs/export?after=3', of('exported'));
    expect(lines(rest.body)).toEqual(all.slice(3));
    const anns = await api.get('/api/v1/audit-logs/export?actor=ann&after=2', of('exported'));
    expect(lines(anns.body)).toEqual([all[3]]);
  });

  it('holds what was written before it was asked for', async () => {
    await api.put('/api/v1/pools/p1', { capacity: { slots: 1 } }, of('now'));
    const entries = lines((await api.get('/api/v1/audit-logs/export', of('now'))).body);
    expect(entries).toMatchObject([{ action: 'pool.set', chain: { sequence: 1 } }]);
  });

  it('sends nothing where there is nothing', async () => {
    expect((await api.get('/api/v1/audit-logs/export', of('empty'))).body).toBe('');
  });
});

describe('what is written', () => {
  it('hides secrets and shortens what is large', async () => {
    const { dataSource } = api.database;
    await new AuditRepository(dataSource.manager).add({
      project: 'hidden',
      actor: 'ann',
      action: 'run.start',
      objectType: 'run',
      objectId: 'r',
      after: { inputs: { password: 'hunter22', text: 'x'.repeat(100_000) } },
      reason: `curl -H 'Authorization: Bearer abcdefgh12345' \0${'y'.repeat(9_000)}`,
    });
    const [entry] = (await ask('hidden')).items;
    expect(entry.after.inputs).toMatchObject({
      password: '***',
      text: expect.stringContaining('100000 characters'),
    });
    expect(entry.reason).toContain('Bearer ***');
    expect(entry.reason.length).toBeLessThanOrEqual(2_000);
    await sealed('hidden');
    expect(await verify('hidden')).toMatchObject({ valid: true });
  });
});
