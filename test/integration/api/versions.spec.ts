import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

let api: ApiFixture;
let name: string;
let path: string;
let made = 0;

beforeAll(async () => {
  api = await createApiFixture();
});
afterAll(() => api?.close());
beforeEach(async () => {
  made += 1;
  name = `shop-${made}`;
  path = `/api/v1/workflows/${name}`;
  for (const text of ['hello', 'hi', 'good day'])
    expect((await api.save(greeting(text))).status).toBeLessThan(300);
});

const greeting = (text: string) =>
  HELLO.replace('name: hello', `name: ${name}`).replace('text: "hello', `text: "${text}`);
const publish = (number: number, version: string, headers: Record<string, string> = {}) =>
  api.post(`${path}/versions/${number}/publish`, { version, reason: `Release ${version}.` }, headers);
const setAlias = (alias: string, version: unknown, headers: Record<string, string> = {}) =>
  api.put(`${path}/aliases/${alias}`, { version, reason: 'It went well.' }, headers);
const audit = async (action: string) =>
  api.database.dataSource.query(
    `SELECT a.actor, a.before, a.after, a.reason FROM audit_log a JOIN workflows w ON w.id::text = a.object_id
     WHERE w.name = $1 AND a.action = $2 ORDER BY a.id`,
    [name, action],
  );
/** Requests that wait for their turn to change what is published. */
const waiting = async () =>
  (
    await api.database.dataSource.query(
      `SELECT count(*)::int AS count FROM pg_locks JOIN pg_database d ON d.oid = database
       WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()`,
    )
  )[0].count as number;
/** Nobody publishes or moves an alias of the workflow until the work is done and committed. */
const whileLocked = async <T>(work: () => Promise<T>): Promise<T> =>
  api.database.dataSource.transaction(async (manager) => {
    await manager.query(
      `SELECT pg_advisory_xact_lock(hashtextextended('versions ' || id, 0)) FROM workflows WHERE name = $1`,
      [name],
    );
    return work();
  });

describe('a version', () => {
  it('is a draft until it is published, with digest, who and why', async () => {
    expect((await api.get(`${path}/versions/2`)).body).toMatchObject({ version: 2, aliases: [] });
    expect((await api.get(`${path}/versions/2`)).body).not.toHaveProperty('published');
    const answer = await publish(2, '1.0.0', { 'x-sluice-actor': 'ann' });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        version: 2,
        published: { as: '1.0.0', by: 'ann', reason: 'Release 1.0.0.', at: expect.any(String) },
        aliases: ['latest'],
      },
    });
    expect((await api.get(path)).body).toMatchObject({
      latestVersion: 3,
      published: { version: 2, as: '1.0.0' },
    });
    expect(await audit('workflow.publish')).toEqual([
      {
        actor: 'ann',
        before: null,
        after: { name, version: 2, as: '1.0.0', digest: answer.body.digest },
        reason: 'Release 1.0.0.',
      },
    ]);
    for (const given of ['2', '1.0.0', 'latest', '1.0.0+build']) {
      expect((await api.get(`${path}/versions/${given}`)).body).toMatchObject({ version: 2 });
    }
  });

  it('is listed with the others, or with the published ones only', async () => {
    await publish(1, '1.0.0');
    await publish(3, '1.1.0');
    const all = await api.get(`${path}/versions`);
    expect(all.body.items.map((item: { version: number }) => item.version)).toEqual([3, 2, 1]);
    const first = await api.get(`${path}/versions?published=true&limit=1`);
    expect(first.body.items).toMatchObject([{ version: 3, published: { as: '1.1.0' } }]);
    const rest = await api.get(`${path}/versions?published=true&limit=1&after=${first.body.next}`);
    expect(rest.body).toMatchObject({ items: [{ version: 1 }] });
    expect(rest.body).not.toHaveProperty('next');
  });

  it('is published once: again as the same it is left as it is, as another it is refused', async () => {
    const first = await publish(1, '1.0.0');
    expect(await publish(1, '1.0.0', { 'x-sluice-actor': 'bob' })).toMatchObject({
      status: 200,
      body: first.body,
    });
    expect(await publish(1, '1.0.1')).toMatchObject({
      status: 409,
      body: { code: 'version-already-published', detail: 'Version 1 was published as 1.0.0.' },
    });
    expect(await audit('workflow.publish')).toHaveLength(1);
  });

  it('may mean the same as an earlier one, which is said', async () => {
    await publish(1, '1.0.0');
    await publish(2, '1.1.0');
    await api.save(greeting('hello'));
    expect(await publish(4, '1.1.1')).toMatchObject({
      status: 201,
      body: {
        published: { as: '1.1.1', sameAs: ['1.0.0'] },
        digest: (await api.get(`${path}/versions/1`)).body.digest,
      },
    });
    await api.save(greeting('hello').replace('default: world', 'default: moon'));
    expect((await publish(5, '1.2.0')).body.published).not.toHaveProperty('sameAs');
  });

  it('must be greater than what was published before on its line', async () => {
    await publish(1, '1.3.0');
    await publish(2, '2.0.0');
    expect(await publish(3, '1.3.0')).toMatchObject({ status: 409, body: { code: 'semver-taken' } });
    expect(await publish(3, '1.3.0+again')).toMatchObject({ status: 409, body: { code: 'semver-taken' } });
    expect(await publish(3, '1.2.9')).toMatchObject({
      status: 409,
      body: {
        code: 'semver-not-greater',
        detail: '1.2.9 is not greater than 1.3.0, which was published before on its line.',
      },
    });
    expect(await publish(3, '1.3.1')).toMatchObject({ status: 201, body: { aliases: [] } });
    expect((await api.get(`${path}/versions/latest`)).body).toMatchObject({ version: 2 });
  });

  it('that is a pre-release is `latest` only while there is no release', async () => {
    await publish(1, '1.0.0-rc.1');
    expect((await api.get(`${path}/versions/latest`)).body).toMatchObject({ version: 1 });
    await publish(2, '1.0.0');
    await publish(3, '1.1.0-rc.1');
    expect((await api.get(`${path}/versions/latest`)).body).toMatchObject({ version: 2 });
  });

  it.each([
    ['no version', { reason: 'x' }],
    ['no reason', { version: '1.0.0' }],
    ['a blank reason', { version: '1.0.0', reason: ' \n' }],
    ['a reason with an escape', { version: '1.0.0', reason: 'a\u001b[2J' }],
    ['half a version', { version: '1.0', reason: 'x' }],
    ['a v before it', { version: 'v1.0.0', reason: 'x' }],
    ['a number', { version: 1, reason: 'x' }],
    ['a leading zero', { version: '1.00.0', reason: 'x' }],
    ['a long one', { version: `1.0.0-${'a'.repeat(100)}`, reason: 'x' }],
    ['a key too many', { version: '1.0.0', reason: 'x', force: true }],
  ])('is not published with %s', async (_, body) => {
    expect(await api.post(`${path}/versions/1/publish`, body)).toMatchObject({
      status: 400,
      body: { code: 'request-invalid', errors: expect.any(Array) },
    });
  });

  it.each([
    ['9', 404, 'workflow-version-not-found'],
    ['0', 400, 'request-invalid'],
    ['x.y', 400, 'request-invalid'],
    ['99999999999999', 400, 'request-invalid'],
    ['stable', 404, 'workflow-version-not-found'],
    ['latest', 404, 'workflow-version-not-found'],
    ['1.0.0', 404, 'workflow-version-not-found'],
    ['%00', 400, 'request-invalid'],
  ])('%s is not there', async (version, status, code) => {
    expect(await api.get(`${path}/versions/${version}`)).toMatchObject({ status, body: { code } });
    expect(
      await api.post(`${path}/versions/${version}/publish`, { version: '1.0.0', reason: 'x' }),
    ).toMatchObject({
      status,
      body: { code },
    });
  });

  it('is published by exactly one of those who publish two versions as the same at once', async () => {
    const answers = await whileLocked(async () => {
      const asked = [publish(1, '1.0.0'), publish(2, '1.0.0'), publish(3, '1.0.0')];
      await eventually(waiting, (count) => count === asked.length);
      return { settled: Promise.all(asked) };
    }).then(({ settled }) => settled);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(answers.filter(({ status }) => status === 409)).toMatchObject([
      { body: { code: 'semver-taken', hint: expect.stringContaining('greater') } },
      { body: { code: 'semver-taken' } },
    ]);
    expect(await audit('workflow.publish')).toHaveLength(1);
  });

  it('keeps what it was published as, whoever tries to change it', async () => {
    await publish(1, '1.0.0');
    const { dataSource } = api.database;
    for (const table of ['workflow_publications', 'workflow_alias_moves']) {
      await expect(dataSource.query(`UPDATE ${table} SET reason = ''`)).rejects.toThrow(/immutable/);
      await expect(dataSource.query(`DELETE FROM ${table}`)).rejects.toThrow(/immutable/);
      await expect(dataSource.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/immutable/);
    }
  });
});

describe('an alias', () => {
  beforeEach(async () => {
    await publish(1, '1.0.0');
    await publish(2, '1.1.0');
  });

  it('is set, moved, listed and removed, and keeps its history', async () => {
    expect(await setAlias('stable', '1.0.0', { 'x-sluice-actor': 'ann' })).toMatchObject({
      status: 201,
      body: { name: 'stable', version: 1, as: '1.0.0', movedBy: 'ann', reason: 'It went well.' },
    });
    expect(await setAlias('stable', 2)).toMatchObject({ status: 200, body: { version: 2, as: '1.1.0' } });
    expect(await setAlias('canary', 'stable')).toMatchObject({ status: 201, body: { version: 2 } });
    // Where it stands already.
    expect(await setAlias('stable', 'latest')).toMatchObject({ status: 200, body: { version: 2 } });
    expect((await api.get(`${path}/aliases`)).body.items).toMatchObject([
      { name: 'canary', as: '1.1.0' },
      { name: 'latest', as: '1.1.0', reason: 'Published as 1.1.0.' },
      { name: 'stable', as: '1.1.0' },
    ]);
    expect((await api.get(`${path}/versions/2`)).body.aliases).toEqual(['canary', 'latest', 'stable']);
    expect(await api.remove(`${path}/aliases/stable?reason=not%20any%20more`)).toMatchObject({ status: 204 });
    expect(await api.get(`${path}/aliases/stable`)).toMatchObject({
      status: 404,
      body: { code: 'alias-not-found' },
    });
    const first = await api.get(`${path}/aliases/stable/history?limit=2`);
    expect(first.body.items).toEqual([
      { by: 'local', at: expect.any(String), reason: 'not any more' },
      { version: 2, as: '1.1.0', by: 'local', at: expect.any(String), reason: 'It went well.' },
    ]);
    expect(
      (await api.get(`${path}/aliases/stable/history?limit=2&after=${first.body.next}`)).body,
    ).toMatchObject({
      items: [{ version: 1, by: 'ann' }],
    });
    expect(await audit('workflow.alias')).toMatchObject([
      { before: null, after: { alias: 'stable', version: 1, as: '1.0.0' }, reason: 'It went well.' },
      { before: { alias: 'stable', version: 1 }, after: { alias: 'stable', version: 2 } },
      { before: null, after: { alias: 'canary', version: 2 } },
    ]);
    expect(await audit('workflow.unalias')).toMatchObject([
      { before: { alias: 'stable', version: 2 }, after: null },
    ]);
  });

  it('is moved by one of two who both saw where it stood', async () => {
    await setAlias('stable', 1);
    const seen = (await api.get(`${path}/aliases/stable`)).headers.get('etag')!;
    await publish(3, '1.2.0');
    const answers = await whileLocked(async () => {
      const asked = [2, 3].map((version) => setAlias('stable', version, { 'if-match': seen }));
      await eventually(waiting, (count) => count === asked.length);
      return { settled: Promise.all(asked) };
    }).then(({ settled }) => settled);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const moved = answers.find(({ status }) => status === 200)!;
    const refused = answers.find(({ status }) => status === 412)!;
    expect(refused.body).toMatchObject({
      code: 'alias-moved',
      detail: expect.stringContaining(moved.body.as),
    });
    expect((await api.get(`${path}/aliases/stable`)).headers.get('etag')).toBe(moved.headers.get('etag'));
    expect(await api.remove(`${path}/aliases/stable?reason=x`, { 'if-match': seen })).toMatchObject({
      status: 412,
    });
    expect(await setAlias('stable', 1, { 'if-none-match': '*' })).toMatchObject({ status: 412 });
    expect(await setAlias('canary', 1, { 'if-match': '*' })).toMatchObject({ status: 412 });
    expect(await setAlias('canary', 1, { 'if-none-match': '*' })).toMatchObject({ status: 201 });
  });

  it.each<[string, unknown, number, string]>([
    ['stable', 3, 409, 'version-not-published'],
    ['stable', 9, 404, 'workflow-version-not-found'],
    ['stable', '9.0.0', 404, 'workflow-version-not-found'],
    ['stable', 'nothing', 404, 'workflow-version-not-found'],
    ['stable', '1', 400, 'request-invalid'],
    ['stable', null, 400, 'request-invalid'],
    ['stable', { $gt: 0 }, 400, 'request-invalid'],
    ['stable', 1.5, 400, 'request-invalid'],
    ['latest', 1, 409, 'alias-reserved'],
    ['Stable', 1, 400, 'request-invalid'],
    ['1.0.0', 1, 400, 'request-invalid'],
    ['7', 1, 400, 'request-invalid'],
    ['%00', 1, 400, 'request-invalid'],
    ['a'.repeat(64), 1, 400, 'request-invalid'],
  ])('%s is not set to %j', async (alias, version, status, code) => {
    expect(await setAlias(alias, version)).toMatchObject({ status, body: { code } });
  });

  it.each([
    ['aliases/latest?reason=x', 409, 'alias-reserved'],
    ['aliases/nothing?reason=x', 404, 'alias-not-found'],
    ['aliases/%00?reason=x', 404, 'alias-not-found'],
    ['aliases/nothing', 400, 'request-invalid'],
    ['aliases/nothing?reason=%20', 400, 'request-invalid'],
  ])('%s is not removed', async (alias, status, code) => {
    expect(await api.remove(`${path}/${alias}`)).toMatchObject({ status, body: { code } });
  });

  it('is one of a hundred at most', async () => {
    for (let at = 0; at < 100; at++) expect((await setAlias(`a${at}`, 1)).status).toBe(201);
    expect(await setAlias('one-more', 1)).toMatchObject({
      status: 409,
      body: { code: 'alias-limit-reached' },
    });
    expect(await setAlias('a7', 2)).toMatchObject({ status: 200 });
  });

  it('that never was has no history', async () => {
    for (const alias of ['nothing', '%00']) {
      expect(await api.get(`${path}/aliases/${alias}/history`)).toMatchObject({
        status: 404,
        body: { code: 'alias-not-found' },
      });
    }
    expect(await api.get(`${path}/aliases/latest/history?after=x`)).toMatchObject({ status: 400 });
  });
});

describe('a diff', () => {
  const diff = (query = '') => api.get(`${path}/diff${query}`);

  it('is of the newest version and the newest published one, with the version that may come next', async () => {
    await publish(1, '1.0.0');
    const said = (before: string, after: string) => [
      {
        id: 'say',
        kind: 'set',
        change: 'changed',
        bump: 'patch',
        values: [{ path: '/set/text', before, after }],
      },
    ];
    const [hello, hi, day] = ['hello', 'hi', 'good day'].map((text) => `${text} \${{ inputs.who }}`);
    expect(await diff()).toMatchObject({
      status: 200,
      body: {
        workflow: name,
        from: { version: 1, publishedAs: '1.0.0' },
        to: { version: 3 },
        bump: 'patch',
        next: '1.0.1',
        inputs: [],
        keys: [],
        steps: said(hello!, day!),
      },
    });
    expect((await diff('?from=2&to=latest')).body).toMatchObject({ steps: said(hi!, hello!) });
    expect((await diff('?from=2&to=latest')).body).not.toHaveProperty('next');
    expect((await diff('?from=2&to=3')).body).not.toHaveProperty('next');
    expect((await diff('?from=1.0.0&to=1')).body).toMatchObject({ bump: 'none', steps: [] });
  });

  it('suggests the first version where nothing was published, and what is free where something was', async () => {
    expect((await diff()).body).toMatchObject({ from: { version: 2 }, to: { version: 3 }, next: '1.0.0' });
    expect((await diff('?to=1')).body).toMatchObject({
      from: { version: 1 },
      to: { version: 1 },
      bump: 'none',
    });
    await publish(1, '1.0.0');
    await publish(2, '1.0.1');
    expect((await diff('?from=1.0.0')).body).toMatchObject({ bump: 'patch', next: '1.0.2' });
    await api.save(greeting('hi').replace('who: { type: string, default: world }', 'who: { type: string }'));
    const { body } = await diff();
    expect(body).toMatchObject({
      bump: 'major',
      next: '2.0.0',
      inputs: [{ name: 'who', change: 'changed', bump: 'major', why: 'a start without it is refused' }],
    });
    expect(await publish(4, body.next)).toMatchObject({ status: 201 });
  });

  it.each([
    ['?from=9', 404, 'workflow-version-not-found'],
    ['?to=stable', 404, 'workflow-version-not-found'],
    ['?to=v1', 404, 'workflow-version-not-found'],
    ['?to=1.0', 400, 'request-invalid'],
    ['?from=', 400, 'request-invalid'],
    ['?from=1&from=2', 400, 'request-invalid'],
    ['?before=1', 400, 'request-invalid'],
  ])('%s is refused', async (query, status, code) => {
    expect(await diff(query)).toMatchObject({ status, body: { code } });
  });
});

describe('a version in another language', () => {
  it('is a document, or findings say why it is none', async () => {
    const address = `${path}/versions/3/export`;
    const { status, body } = await api.get(`${address}?format=steps`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        workflow: name,
        version: 3,
        from: 'sluice',
        format: 'steps',
        exported: true,
        findings: [],
        notes: [],
      },
    });
    expect(body.document).toContain(`name: ${name}\n`);
    await api.save(greeting('hi').replace('as: n }', 'as: n, quorum: 1 }'));
    expect((await api.get(`${path}/versions/4/export?format=steps`)).body).toMatchObject({
      exported: false,
      findings: [{ code: 'export-unsupported' }],
    });
  });

  it.each([
    ['9/export?format=steps', 404, 'workflow-version-not-found'],
    ['1/export', 400, 'request-invalid'],
    ['1/export?format=argo', 400, 'request-invalid'],
    ['1.0/export?format=steps', 400, 'request-invalid'],
  ])('%s is refused', async (rest, status, code) => {
    expect(await api.get(`${path}/versions/${rest}`)).toMatchObject({ status, body: { code } });
  });
});
