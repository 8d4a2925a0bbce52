import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PERSONAL_TABLES } from '#persistence/personal-data/personal-tables.js';
import { ArchiveFolder } from '#persistence/retention/archive-folder.js';
import { createTestMember, createTestProject } from '../../access.js';
import { amendAuditLog } from '../amend-audit-log.js';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

let api: ApiFixture;
let folder: string;
let projects = 0;
let project: string;
let headers: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-archive-'));
  api = await createApiFixture({ SLUICE_ARCHIVE_FOLDER: folder });
});
afterAll(async () => {
  await api?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  project = `p${++projects}`;
  await createTestProject(api.database.dataSource, project);
  headers = { 'x-sluice-project': project };
});

const query = (sql: string, values: unknown[] = []) => api.database.dataSource.query(sql, values);
const as = (actor: string) => ({ ...headers, 'x-sluice-actor': actor });
const erase = (body: object) => api.post('/api/v1/personal-data/erase', body, headers);
const verify = async () =>
  eventually(
    async () => (await api.get('/api/v1/audit-logs/verify', headers)).body,
    ({ unsealed }) => unsealed === 0,
  );

/** What ann and bob did: ann's run has ended, or lives. */
async function act({ ended }: { readonly ended: boolean }): Promise<string> {
  await api.post('/api/v1/workflows', HELLO, { 'content-type': 'application/yaml', ...as('ann') });
  const { body } = await api.post(
    '/api/v1/workflows/hello/execute',
    { reason: 'ann wants it; so does joann' },
    as('ann'),
  );
  await api.post('/api/v1/workflows/hello/execute', {}, as('bob'));
  await api.put('/api/v1/pools/p', { capacity: { slots: 1 }, reason: 'asked by ann.' }, as('bob'));
  await query(
    `INSERT INTO run_steps (run_id, key, project, status, sequence, change, approval)
     VALUES ($1, 'gate', $2, 'succeeded', 1, nextval('run_changes'), '{"decisions":[{"by":"ann","granted":true}]}')`,
    [body.id, project],
  );
  if (ended) await query(`UPDATE runs SET status = 'succeeded', ended_at = now() WHERE id = $1`, [body.id]);
  return body.id;
}

async function exportOf(name: string): Promise<{ table: string; row: Record<string, unknown> }[]> {
  const { status, body } = await api.post('/api/v1/personal-data/export', { name }, headers);
  expect(status).toBe(200);
  return body === ''
    ? []
    : body
        .trimEnd()
        .split('\n')
        .map((line: string) => JSON.parse(line));
}

describe('an export of personal data', () => {
  it('holds every row that names the person, and no other', async () => {
    const run = await act({ ended: true });
    const rows = await exportOf('ann');
    const tables = Object.groupBy(rows, ({ table }) => table);
    expect(tables['runs']).toMatchObject([{ row: { id: run, started_by: 'ann' } }]);
    expect(tables['run_steps']).toMatchObject([{ row: { key: 'gate' } }]);
    expect(tables['workflow_versions']).toMatchObject([{ row: { created_by: 'ann' } }]);
    expect(tables['audit_log']!.map(({ row }) => row['action'])).toEqual(
      expect.arrayContaining(['workflow.create', 'run.start', 'pool.set', 'personal-data.export']),
    );
    expect(rows.every((row) => JSON.stringify(row).includes('ann'))).toBe(true);
    expect((await exportOf('jo')).map(({ row }) => row['action'])).toEqual(['personal-data.export']);
  });

  it('holds the account of a member, without what keys are checked by', async () => {
    await createTestMember(api.database.dataSource, 'cleo', ['viewer'], project);
    const rows = await exportOf('cleo');
    expect(rows.map(({ table }) => table)).toEqual(['users', 'members', 'audit_log']);
  });
});

describe('an erasure', () => {
  it('puts a pseudonym everywhere, and the chain is valid before and after', async () => {
    await act({ ended: true });
    const before = await verify();
    expect(before).toMatchObject({ valid: true });
    const { status, body } = await erase({ name: 'ann', reason: 'ann asked' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      pseudonym: expect.stringMatching(/^former-[0-9a-f]{12}$/),
      rows: { runs: 1, run_steps: 1, workflow_versions: 1, audit_log: 3 },
      living: 0,
    });
    const { pseudonym } = body;
    const after = await verify();
    expect(after).toMatchObject({ valid: true, checked: before.checked + 1 });
    expect((await exportOf(pseudonym)).length).toBeGreaterThan(4);

    for (const { table, names, texts = [], values = [], project: owner = 'project' } of PERSONAL_TABLES) {
      for (const column of [...names, ...texts, ...values]) {
        const found = await query(
          `SELECT "${column}"::text AS value FROM ${table} WHERE ${owner} = $1 AND "${column}"::text ~ '\\mann\\M'`,
          [project],
        );
        expect([table, column, found]).toEqual([table, column, []]);
      }
    }
    const { items } = (await api.get('/api/v1/audit-logs?limit=200', headers)).body;
    expect(JSON.stringify(items)).not.toMatch(/\bann\b/);
    expect(JSON.stringify(items)).toContain('joann');
    expect(items.find(({ action }: { action: string }) => action === 'pool.set')).toMatchObject({
      actor: 'bob',
      reason: `asked by ${pseudonym}.`,
    });
    const told = items.find(({ action }: { action: string }) => action === 'personal-data.erase');
    expect(told).toMatchObject({ objectId: pseudonym, reason: `${pseudonym} asked`, after: { entries: 3 } });
  });

  it('of two people leaves what each other erased vouched for', async () => {
    await act({ ended: true });
    await erase({ name: 'ann', pseudonym: 'former-1' });
    await erase({ name: 'bob', pseudonym: 'former-2' });
    await act({ ended: true });
    await erase({ name: 'ann', pseudonym: 'former-1' });
    expect(await verify()).toMatchObject({ valid: true });
    await amendAuditLog(
      api.database.dataSource,
      `UPDATE audit_log SET actor = 'carol' WHERE project = '${project}' AND actor = 'former-2'`,
    );
    expect(await verify()).toMatchObject({ valid: false, fault: { kind: 'altered' } });
  });

  it('leaves runs that live for later', async () => {
    const run = await act({ ended: false });
    const { body } = await erase({ name: 'ann' });
    expect(body).toMatchObject({ living: 1 });
    expect(body.rows).not.toHaveProperty('runs');
    await query(`UPDATE runs SET status = 'succeeded', ended_at = now() WHERE id = $1`, [run]);
    const again = await erase({ name: 'ann', pseudonym: body.pseudonym });
    expect(again.body).toMatchObject({ living: 0, rows: { runs: 1, run_steps: 1 } });
    expect(await verify()).toMatchObject({ valid: true });
  });

  it('reaches the archive', async () => {
    await act({ ended: true });
    const archive = new ArchiveFolder(folder);
    const rows = async function* () {
      yield [
        ['runs', '{"id":"1","started_by":"ann","inputs":{"who":"ann"}}'],
        ['runs', '{"id":"2","started_by":"bob"}'],
      ] as const;
    };
    const manifest = await archive.write({ project, kind: 'runs', day: '2026-01-01' }, 2, rows());
    await archive.markRemoved(manifest);
    const { body } = await erase({ name: 'ann', pseudonym: 'former-9' });
    expect(body.files).toEqual([`${project}/runs/2026-01-01.jsonl.gz`]);
    const [now] = await archive.list(project, 'runs');
    expect(now!.sha256).not.toBe(manifest.sha256);
    const lines = [];
    for await (const line of archive.read(now!)) lines.push(line.row);
    expect(lines).toEqual([
      { id: '1', started_by: 'former-9', inputs: { who: 'ann' } },
      { id: '2', started_by: 'bob' },
    ]);
  });

  it('takes the account of who is in no other project, and the membership of who is', async () => {
    await createTestMember(api.database.dataSource, 'dora', ['viewer'], project);
    await createTestMember(api.database.dataSource, 'emil', ['viewer'], project);
    await createTestMember(api.database.dataSource, 'emil', ['viewer'], 'elsewhere');
    expect((await erase({ name: 'dora', pseudonym: 'former-d' })).body.rows).toMatchObject({
      users: 1,
      members: 1,
    });
    expect((await erase({ name: 'emil' })).body.rows).toMatchObject({ members: 1 });
    expect(
      await query(
        `SELECT name, disabled_at IS NOT NULL AS disabled FROM users WHERE name IN ('dora', 'former-d', 'emil') ORDER BY name`,
      ),
    ).toEqual([
      { name: 'emil', disabled: false },
      { name: 'former-d', disabled: true },
    ]);
  });

  it.each([
    [{ name: '' }],
    [{ name: 'a b' }],
    [{ name: '%' }],
    [{ name: 'ann', pseudonym: 'ann' }],
    [{ name: 'ann', pseudonym: 'no longer' }],
    [{}],
  ])('refuses %j', async (body) => {
    const answer = await erase(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'request-invalid']);
  });
});
