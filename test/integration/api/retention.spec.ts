import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sealAuditLog } from '#persistence/audit/seal-log.js';
import { ArchiveFolder } from '#persistence/retention/archive-folder.js';
import { KINDS } from '#persistence/retention/kinds.js';
import { removeOld } from '#persistence/retention/remove-old.js';
import { takeRetentionLock } from '#persistence/retention/retention-lock.js';
import { RetainData } from '../../../apps/api/retention/retain-data.js';
import { createTestProject } from '../../access.js';
import { amendAuditLog } from '../amend-audit-log.js';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

let api: ApiFixture;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-archive-'));
  api = await createApiFixture({ SLUICE_ARCHIVE_FOLDER: folder });
  await createTestProject(api.database.dataSource, 'elsewhere');
});
afterAll(async () => {
  await api?.close();
  await rm(folder, { recursive: true, force: true });
});

const query = (sql: string, values: unknown[] = []) => api.database.dataSource.query(sql, values);

/** Each test has a project of its own. */
let projects = 0;
async function createProject() {
  const project = `p${++projects}`;
  await createTestProject(api.database.dataSource, project);
  // The night of this day has been there already, however long the tests take.
  await query(
    `INSERT INTO retention_passes (id, project, trigger, status, started_by, results)
     VALUES (gen_random_uuid(), $1, 'nightly', 'succeeded', 'retention', '[]')`,
    [project],
  );
  const headers = { 'x-sluice-project': project };
  const ask = {
    get: async (path: string) => (await api.get(`/api/v1/retention${path}`, headers)).body,
    post: async (path: string, body: unknown = {}) => api.post(`/api/v1/retention${path}`, body, headers),
    keep: async (...periods: object[]) => api.put('/api/v1/retention', { periods }, headers),
  };
  /** A run that ended so many days ago; undefined: that lives. */
  const addRun = async (daysAgo?: number, more: Record<string, unknown> = {}): Promise<string> => {
    await api.post('/api/v1/workflows', HELLO, { 'content-type': 'application/yaml', ...headers });
    const { body } = await api.post('/api/v1/workflows/hello/execute', {}, headers);
    await eventually(
      () => query('SELECT FROM outbox WHERE run_id = $1 AND delivered_at IS NULL', [body.id]),
      (waiting) => waiting.length === 0,
    );
    await query(
      `INSERT INTO run_steps (run_id, key, project, status, sequence, change)
       VALUES ($1, 'say', $2, 'succeeded', 1, nextval('run_changes'))`,
      [body.id, project],
    );
    await query(
      `INSERT INTO step_logs (project, run_id, step, attempt, first_line, lines)
       SELECT $2, $1, 'say', 1, line, '["a line\\u0000"]' FROM generate_series(1, 3) AS line`,
      [body.id, project],
    );
    if (daysAgo !== undefined) {
      await query(
        `UPDATE runs SET status = 'succeeded', started_at = created_at,
           ended_at = date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '12 hours' - $2 * interval '1 day'
         WHERE id = $1`,
        [body.id, daysAgo],
      );
    }
    for (const [column, value] of Object.entries(more))
      await query(`UPDATE runs SET ${column} = $2 WHERE id = $1`, [body.id, value]);
    return body.id;
  };
  const run = async () => {
    const { status, body } = await ask.post('/run', { reason: 'test' });
    expect(status).toBe(202);
    const pass = await eventually(
      () => ask.get(`/passes/${body.id}`),
      (each) => each.status !== 'running',
    );
    // Its lock is let go a moment later.
    await eventually(tryLock, (free) => free);
    return pass;
  };
  const runs = async () =>
    (await query('SELECT id FROM runs WHERE project = $1 ORDER BY id', [project])).map(
      (row: { id: string }) => row.id,
    );
  return { project, headers, ...ask, addRun, run, runs };
}

async function tryLock(): Promise<boolean> {
  try {
    await (await takeRetentionLock(api.database.dataSource))();
    return true;
  } catch {
    return false;
  }
}

async function readArchive(name: string) {
  const packed = await readFile(join(folder, name));
  const manifest = JSON.parse(await readFile(join(folder, name.replace('.jsonl.gz', '.json')), 'utf8'));
  expect(createHash('sha256').update(packed).digest('hex')).toBe(manifest.sha256);
  const lines = gunzipSync(packed)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { manifest, lines };
}

describe('periods', () => {
  it('are set all at once, shown, and audited with what was before', async () => {
    const { keep, get, headers } = await createProject();
    expect(await get('')).toEqual({ periods: [], nightly: '03:00' });
    await keep({ kind: 'runs', days: 90 }, { kind: 'logs', days: 30, archive: false });
    expect(await get('')).toMatchObject({
      periods: [
        { kind: 'logs', days: 30, archive: false, updatedBy: expect.any(String) },
        { kind: 'runs', days: 90, archive: true },
      ],
    });
    await keep({ kind: 'runs', days: 60 });
    const { items } = (await api.get('/api/v1/audit-logs?action=retention.policy', headers)).body;
    expect(items[0]).toMatchObject({
      before: { runs: { days: 90, archive: true }, logs: { days: 30, archive: false } },
      after: { runs: { days: 60, archive: true } },
    });
  });

  it.each([
    [{ periods: [{ kind: 'runs', days: 0 }] }],
    [{ periods: [{ kind: 'runs', days: 36_501 }] }],
    [{ periods: [{ kind: 'runs', days: 1.5 }] }],
    [{ periods: [{ kind: 'users', days: 5 }] }],
    [
      {
        periods: [
          { kind: 'runs', days: 5 },
          { kind: 'runs', days: 6 },
        ],
      },
    ],
    [{ periods: [null] }],
    [{ periods: 'all' }],
    [{}],
    [{ periods: [], more: 1 }],
  ])('%j is refused', async (body) => {
    const { status, body: problem } = await api.put('/api/v1/retention', body);
    expect([status, problem.code]).toEqual([400, 'request-invalid']);
  });
});

describe('a pass', () => {
  it('archives what is too old by day, and only then removes it', async () => {
    const { addRun, keep, run, runs, project, post } = await createProject();
    const old = [await addRun(40), await addRun(40), await addRun(41)];
    const kept = [await addRun(5), await addRun()];
    await keep({ kind: 'runs', days: 30 });
    expect((await post('/dry-run')).body.kinds).toMatchObject([
      { kind: 'runs', days: 30, items: 3, held: 0 },
    ]);
    const pass = await run();
    expect(pass).toMatchObject({
      status: 'succeeded',
      trigger: 'request',
      results: [{ kind: 'runs', removed: 3, held: 0 }],
    });
    expect(await runs()).toEqual(kept.sort());
    const { files } = pass.results[0];
    expect(files).toHaveLength(2);
    const archives = await Promise.all(files.map(readArchive));
    const lines = archives.flatMap((archive) => archive.lines);
    const archived = lines.filter(({ table }) => table === 'runs').map(({ row }) => row.id);
    expect(archived.sort()).toEqual(old.sort());
    expect(lines.filter(({ table }) => table === 'step_logs')).toHaveLength(9);
    expect(lines.find(({ table }) => table === 'step_logs').row.lines).toEqual(['a line\0']);
    expect(archives[0]!.manifest).toMatchObject({
      version: 1,
      project,
      kind: 'runs',
      items: 1,
      rows: { runs: 1, run_steps: 1, step_logs: 3, outbox: 1 },
      removedAt: expect.any(String),
    });
    const [{ left }] = await query('SELECT count(*)::int AS left FROM step_logs WHERE run_id = ANY ($1)', [
      old,
    ]);
    expect(left).toBe(0);
    expect((await run()).results).toMatchObject([{ removed: 0, files: [] }]);
  });

  it('keeps what lives, and what others that are kept need', async () => {
    const { addRun, keep, run, runs, post } = await createProject();
    const origin = await addRun(100);
    const rerun = await addRun(5, { rerun_of: origin });
    const parent = await addRun(100);
    const child = await addRun(undefined, { parent_run: parent });
    const undelivered = await addRun(100);
    await query(
      "UPDATE outbox SET delivered_at = NULL, next_attempt_at = now() + interval '1 day' WHERE run_id = $1",
      [undelivered],
    );
    const workspace = await addRun(100);
    await query(`INSERT INTO workers (queue, identity) VALUES ('q', 'w') ON CONFLICT DO NOTHING`);
    await query(`INSERT INTO workspaces (run_id, queue, held) VALUES ($1, 'q', true)`, [workspace]);
    const old = await addRun(100);
    const oldRerun = await addRun(90, { rerun_of: old });
    await keep({ kind: 'runs', days: 30, archive: false });
    expect((await post('/dry-run')).body.kinds).toMatchObject([{ items: 2, held: 4 }]);
    const pass = await run();
    expect(pass.results).toMatchObject([{ removed: 2, held: 4, files: [] }]);
    expect(await runs()).toEqual([origin, rerun, parent, child, undelivered, workspace].sort());
    expect([old, oldRerun]).toHaveLength(2);
  });

  it.each([
    ['logs', 'step_logs', 3],
    ['outbox', 'outbox', 1],
  ] as const)('removes %s of runs that are kept', async (kind, table, count) => {
    const { addRun, keep, run, runs } = await createProject();
    const old = await addRun(40);
    await query(`UPDATE outbox SET delivered_at = now() - interval '40 days' WHERE run_id = $1`, [old]);
    const recent = await addRun(1);
    await keep({ kind, days: 30 });
    expect((await run()).results).toMatchObject([{ kind, removed: count }]);
    expect(await runs()).toEqual([old, recent].sort());
    const rows = await query(`SELECT run_id FROM ${table} WHERE run_id = ANY ($1)`, [[old, recent]]);
    expect(rows.every((row: { run_id: string }) => row.run_id === recent)).toBe(true);
  });

  it('reads and removes each kind by SQL that Postgres takes', async () => {
    const { project } = await createProject();
    for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
      const order = { project, kind, cutoff: new Date(), archive: new ArchiveFolder(folder) };
      const { signal } = new AbortController();
      expect(await removeOld(api.database.dataSource, { ...order, signal })).toEqual({
        kind,
        removed: 0,
        held: 0,
        files: [],
      });
    }
  });

  it('removes first what an earlier one had archived when it was killed', async () => {
    const { addRun, keep, run, runs, project } = await createProject();
    const ids = [await addRun(40), await addRun(40)];
    await keep({ kind: 'runs', days: 30 });
    // As if it had been killed between the file and the removal.
    const archive = new ArchiveFolder(folder);
    const rows = async function* () {
      yield ids.map((id) => ['runs', JSON.stringify({ id })] as const);
    };
    await archive.write({ project, kind: 'runs', day: '2020-01-01' }, 2, rows());
    // And as if another had been killed within a file.
    await writeFile(join(folder, project, 'runs', '2020-01-02.jsonl.gz.unfinished'), 'half');
    expect((await run()).results).toMatchObject([{ removed: 2, files: [] }]);
    expect(await runs()).toEqual([]);
    expect((await archive.list(project, 'runs')).map(({ removedAt }) => removedAt !== undefined)).toEqual([
      true,
    ]);
  });

  it('removes nothing that could not be archived', async () => {
    const { addRun, keep, run, runs, project } = await createProject();
    const old = await addRun(40);
    await keep({ kind: 'runs', days: 30 });
    await writeFile(join(folder, project), 'a file where a folder must be');
    expect(await run()).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/cannot be written: E/),
    });
    expect(await runs()).toEqual([old]);
  });

  it('is one at a time, of all processes', async () => {
    const { post } = await createProject();
    const release = await takeRetentionLock(api.database.dataSource);
    expect(await post('/run')).toMatchObject({ status: 409, body: { code: 'retention-busy' } });
    await release();
    await eventually(
      () => post('/run'),
      ({ status }) => status === 202,
    );
    await eventually(tryLock, (free) => free);
  });

  it('is found by its id in its project only', async () => {
    const { run, get } = await createProject();
    const { id } = await run();
    expect((await get('/passes')).items).toContainEqual(expect.objectContaining({ id, status: 'succeeded' }));
    for (const unknown of [id, 'x']) {
      const answer = await api.get(`/api/v1/retention/passes/${unknown}`, {
        'x-sluice-project': 'elsewhere',
      });
      expect(answer).toMatchObject({ status: 404, body: { code: 'retention-pass-not-found' } });
    }
  });

  it('comes each night to the projects that have periods, once', async () => {
    const { addRun, keep, runs, get } = await createProject();
    await addRun(40);
    await keep({ kind: 'runs', days: 30 });
    const retain = api.app.get(RetainData);
    const tomorrow = new Date(Date.now() + 86_400_000);
    await retain.lookForNight(tomorrow);
    expect(await runs()).toEqual([]);
    const nights = (await get('/passes')).items.filter(({ results }: { results: [] }) => results.length > 0);
    expect(nights).toMatchObject([{ trigger: 'nightly', status: 'succeeded', results: [{ removed: 1 }] }]);
    await query(`UPDATE retention_passes SET started_at = started_at + interval '2 days'`);
    expect(await retain.lookForNight(tomorrow)).toBe(0);
  });
});

describe('the audit log', () => {
  const verify = async (headers: Record<string, string>) =>
    (await api.get('/api/v1/audit-logs/verify', headers)).body;

  async function age(project: string, days: number): Promise<void> {
    // As it was written then: before it was chained.
    await amendAuditLog(
      api.database.dataSource,
      `UPDATE audit_log SET at = at - ${days} * interval '1 day' WHERE project = '${project}' AND sequence IS NULL`,
    );
  }

  it('is archived from its beginning on, and the rest stays valid', async () => {
    const { project, headers, keep, run } = await createProject();
    const holder = api.database.dataSource.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock(7582464)');
    for (let at = 0; at < 5; at++) await api.put(`/api/v1/pools/p${at}`, { capacity: { slots: 1 } }, headers);
    await age(project, 400);
    await holder.query('SELECT pg_advisory_unlock(7582464)');
    await holder.release();
    await eventually(
      async () => {
        await sealAuditLog(api.database.dataSource);
        return verify(headers);
      },
      ({ unsealed }) => unsealed === 0,
    );
    await keep({ kind: 'audit', days: 365 });
    const pass = await run();
    expect(pass.results).toMatchObject([{ kind: 'audit', removed: 5 }]);
    const [file] = pass.results[0].files;
    const { lines, manifest } = await readArchive(file);
    expect(lines.map(({ row }) => row.chain.sequence)).toEqual([1, 2, 3, 4, 5]);
    const verdict = await eventually(
      () => verify(headers),
      ({ unsealed }) => unsealed === 0,
    );
    expect(verdict).toMatchObject({ valid: true, archived: 5 });
    const { items } = (await api.get('/api/v1/audit-logs?action=audit.archive', headers)).body;
    expect(items).toMatchObject([
      { after: { from: 1, to: 5, hash: lines[4].row.chain.hash, sha256: manifest.sha256 } },
    ]);

    await amendAuditLog(
      api.database.dataSource,
      `UPDATE audit_chains SET archived_sequence = 6, archived_hash = (SELECT hash FROM audit_log
         WHERE project = '${project}' AND sequence = 6) WHERE project = '${project}'`,
      `DELETE FROM audit_log WHERE project = '${project}' AND sequence = 6`,
    );
    expect(await verify(headers)).toMatchObject({ valid: false, fault: { kind: 'altered', sequence: 6 } });
  });

  it('stays where it is when somebody tampered with it', async () => {
    const { project, headers, keep, run } = await createProject();
    await api.put('/api/v1/pools/a', { capacity: { slots: 1 } }, headers);
    await keep({ kind: 'audit', days: 1 });
    await eventually(
      () => verify(headers),
      ({ unsealed, checked }) => unsealed === 0 && checked === 2,
    );
    await amendAuditLog(
      api.database.dataSource,
      `UPDATE audit_log SET actor = 'eve', at = at - interval '2 days' WHERE project = '${project}' AND sequence = 1`,
    );
    expect(await run()).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('stays where it is'),
    });
    expect((await readdir(join(folder, project)).catch(() => [])).length).toBeLessThan(2);
    expect(await verify(headers)).toMatchObject({ valid: false, fault: { kind: 'altered', sequence: 1 } });
  });
});

describe('statistics', () => {
  it('say what is stored, how it grows, and what to change', async () => {
    const { addRun, get } = await createProject();
    for (const days of [400, 200, 100, 2]) await addRun(days);
    await query('ANALYZE');
    const { kinds, recommendations } = await get('/statistics');
    expect(kinds.find(({ kind }: { kind: string }) => kind === 'runs')).toMatchObject({
      items: 4,
      bytes: expect.any(Number),
      oldest: expect.stringMatching(/^\d{4}-/),
      tables: expect.arrayContaining([expect.objectContaining({ table: 'run_steps' })]),
    });
    expect(recommendations.filter(({ kind }: { kind: string }) => kind === 'runs')).toMatchObject([
      {
        code: 'set-period',
        kind: 'runs',
        days: 365,
        frees: { items: 1 },
        text: expect.stringContaining('365 days'),
      },
    ]);
  });
});
