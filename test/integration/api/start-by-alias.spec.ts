import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SEARCH_ATTRIBUTES } from '#contracts/names.js';
import { labelRun } from '#contracts/run-labels.js';
import { GroupRepository } from '#persistence/repositories/group-repository.js';
import { VersionRepository } from '#persistence/repositories/version-repository.js';
import { type ApiFixture, createApiFixture, eventually } from './api-fixture.js';

let api: ApiFixture;
let name: string;
let path: string;
let made = 0;

const definition = (text: string) => `
sluice: 1
name: ${name}
concurrency: { group: ${name}, policy: queue }
stages: { say: { steps: { it: { set: { text: ${text} } } } } }
`;

beforeAll(async () => {
  api = await createApiFixture();
});
afterAll(() => api?.close());
beforeEach(async () => {
  made += 1;
  name = `aliased-${made}`;
  path = `/api/v1/workflows/${name}`;
  for (const [at, version] of ['1.0.0', '1.1.0'].entries()) {
    await api.save(definition(`t${at}`));
    expect(
      await api.post(`${path}/versions/${at + 1}/publish`, { version, reason: 'Release.' }),
    ).toMatchObject({ status: 201 });
  }
  await setStable(1);
  await api.save(definition('draft'));
});

const setStable = async (version: number) =>
  expect((await api.put(`${path}/aliases/stable`, { version, reason: 'Chosen.' })).status).toBeLessThan(300);
const execute = (version?: unknown, headers: Record<string, string> = {}) =>
  api.post(`${path}/execute`, version === undefined ? {} : { version }, headers);

/** All that remembers the version of a run; each run before it has ended, so that it is handed over. */
async function expectVersion(run: string, number: number): Promise<void> {
  await eventually(
    async () => api.gateway.started.get(run),
    (input) => input !== undefined,
  );
  const input = api.gateway.started.get(run)!;
  const { digest } = (await api.get(`${path}/versions/${number}`)).body;
  const [row] = await api.database.dataSource.query('SELECT version FROM runs WHERE id = $1', [run]);
  const [audited] = await api.database.dataSource.query(
    `SELECT after FROM audit_log WHERE object_id = $1 AND action = 'run.start'`,
    [run],
  );
  const labels = labelRun(input);
  expect({
    row: row.version,
    audited: audited.after.version,
    facts: input.run.version,
    plan: input.plan.digest,
    memo: labels.memo['digest'],
    attribute: labels.attributes[SEARCH_ATTRIBUTES.version],
  }).toEqual({
    row: number,
    audited: number,
    facts: number,
    plan: digest,
    memo: digest,
    attribute: String(number),
  });
}

const endRuns = () => api.database.dataSource.query(`UPDATE runs SET status = 'canceled', ended_at = now()`);

describe('a run', () => {
  it.each<[unknown, number, string | undefined]>([
    [undefined, 3, undefined],
    [3, 3, undefined],
    [1, 1, '1.0.0'],
    ['1.1.0', 2, '1.1.0'],
    ['latest', 2, '1.1.0'],
    ['stable', 1, '1.0.0'],
  ])('of the version %j is of number %i, published as %s', async (version, number, as) => {
    const { status, body } = await execute(version);
    expect([status, body.version, body.publishedAs]).toEqual([202, number, as]);
    await expectVersion(body.id, number);
    await endRuns();
    const [audited] = await api.database.dataSource.query(
      'SELECT after FROM audit_log WHERE object_id = $1',
      [body.id],
    );
    expect(audited.after.asked).toBe(typeof version === 'string' ? version : undefined);
  });

  it.each<[unknown, number, string]>([
    ['1.2.0', 404, 'workflow-version-not-found'],
    ['nothing', 404, 'workflow-version-not-found'],
    [99, 404, 'workflow-version-not-found'],
    ['1', 400, 'request-invalid'],
    ['v1.0.0', 400, 'request-invalid'],
    ['1.0', 400, 'request-invalid'],
    ['', 400, 'request-invalid'],
    [0, 400, 'request-invalid'],
    [1.5, 400, 'request-invalid'],
    [null, 400, 'request-invalid'],
    [['stable'], 400, 'request-invalid'],
    ['x'.repeat(10_000), 400, 'request-invalid'],
    ["stable'; --", 400, 'request-invalid'],
  ])('of %j does not begin', async (version, status, code) => {
    expect(await execute(version)).toMatchObject({ status, body: { code } });
  });

  it('of a workflow that has published nothing has no latest', async () => {
    await api.save(definition('x').replace(`name: ${name}`, 'name: unpublished'));
    expect(await api.post('/api/v1/workflows/unpublished/execute', { version: 'latest' })).toMatchObject({
      status: 404,
      body: {
        code: 'workflow-version-not-found',
        detail: 'unpublished has published no version; its newest draft is 1.',
      },
    });
  });

  it('has the version from before a move of its alias that is not committed yet, and the next run the new one', async () => {
    const { dataSource } = api.database;
    const before = await dataSource.transaction(async (manager) => {
      const { id } = (await api.get(path)).body;
      const versions = new VersionRepository(manager);
      await versions.lock(id);
      await versions.moveAlias({
        project: 'default',
        workflowId: id,
        name: 'stable',
        version: 2,
        reason: 'Moved.',
        by: 'test',
      });
      return (await execute('stable')).body;
    });
    const after = (await execute('stable')).body;
    expect([before.version, after.version]).toEqual([1, 2]);
    await expectVersion(before.id, 1);
    await endRuns();
    await expectVersion(after.id, 2);
    await endRuns();
  });

  it('keeps the version that its alias named, where that is moved in the middle of its start', async () => {
    const starting = await api.database.dataSource.transaction(async (manager) => {
      await new GroupRepository(manager).lock('default', name);
      const start = execute('stable');
      // It knows its plan, or it would not ask for the group that the plan names.
      await eventually(
        async () =>
          (
            await manager.query(
              `SELECT count(*)::int AS count FROM pg_locks JOIN pg_database d ON d.oid = database
               WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()`,
            )
          )[0].count as number,
        (count) => count === 1,
      );
      await setStable(2);
      return { start };
    });
    const { body } = await starting.start;
    expect(body).toMatchObject({ version: 1, publishedAs: '1.0.0' });
    await expectVersion(body.id, 1);
    expect((await api.get(`/api/v1/runs/${body.id}`)).body.version).toBe(1);
    await endRuns();
  });

  it('is the same run for the same key, wherever its alias stands by then', async () => {
    const headers = { 'idempotency-key': `key-${name}` };
    const first = await execute('stable', headers);
    await setStable(2);
    expect(await execute('stable', headers)).toMatchObject({
      status: 202,
      body: { id: first.body.id, version: 1 },
    });
    expect(await execute(1, headers)).toMatchObject({
      status: 409,
      body: { code: 'idempotency-key-reused' },
    });
    await endRuns();
  });

  it('stays with its version when that version is published', async () => {
    const { body } = await execute();
    expect(body).not.toHaveProperty('publishedAs');
    await api.post(`${path}/versions/3/publish`, { version: '2.0.0', reason: 'Release.' });
    expect((await api.get(`/api/v1/runs/${body.id}`)).body).toMatchObject({
      version: 3,
      publishedAs: '2.0.0',
    });
    await expectVersion(body.id, 3);
    await endRuns();
  });

  it('can be repeated with the version that an alias names', async () => {
    const first = await execute('stable');
    await eventually(
      async () => api.gateway.started.get(first.body.id),
      (input) => input !== undefined,
    );
    await endRuns();
    const rerun = (version: unknown, key: string) =>
      api.post(`/api/v1/runs/${first.body.id}/rerun`, { version }, { 'idempotency-key': `${name}-${key}` });
    const again = await rerun('latest', 'a');
    expect(again).toMatchObject({ status: 202, body: { version: 2, publishedAs: '1.1.0' } });
    await api.post(`${path}/versions/3/publish`, { version: '2.0.0', reason: 'Release.' });
    expect(await rerun('latest', 'a')).toMatchObject({ status: 202, body: { id: again.body.id } });
    expect(await rerun('nothing', 'b')).toMatchObject({
      status: 404,
      body: { code: 'workflow-version-not-found' },
    });
    expect(await rerun('1', 'b')).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    await endRuns();
  });
});
