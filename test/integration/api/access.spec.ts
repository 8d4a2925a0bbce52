import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provideAdminKey } from '../../../apps/api/auth/admin-key.js';
import { createTestKey } from '../../access.js';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture();
});
afterAll(() => api?.close());

const audit = (action: string, objectId: string) =>
  api.database.dataSource.query(
    'SELECT project, actor, before, after, reason FROM audit_log WHERE action = $1 AND object_id = $2 ORDER BY id',
    [action, objectId],
  );
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('projects', () => {
  it('are made, described, and removed once they hold nothing', async () => {
    const made = await api.post('/api/v1/projects', { name: 'web', description: 'The site.', reason: 'so' });
    expect(made).toMatchObject({ status: 201, body: { name: 'web', description: 'The site.' } });
    expect(await api.post('/api/v1/projects', { name: 'web' })).toMatchObject({
      status: 409,
      body: { code: 'project-taken' },
    });
    const changed = await ask('PATCH', '/api/v1/projects/web', { description: null });
    expect(changed.body).not.toHaveProperty('description');

    const inWeb = { 'x-sluice-project': 'web', 'content-type': 'application/yaml' };
    expect((await api.post('/api/v1/workflows', HELLO, inWeb)).status).toBe(201);
    expect(await api.remove('/api/v1/projects/web')).toMatchObject({
      status: 409,
      body: { code: 'project-not-empty', detail: expect.stringContaining('workflows') },
    });
    await api.post('/api/v1/projects', { name: 'empty' });
    expect((await api.remove('/api/v1/projects/empty')).status).toBe(204);
    expect((await api.get('/api/v1/projects/empty')).status).toBe(404);
    expect(await audit('project.delete', 'empty')).toMatchObject([{ project: 'empty', actor: 'local' }]);
    expect(await audit('project.create', 'web')).toMatchObject([{ project: 'web', reason: 'so' }]);
  });

  it('hold a key that lives', async () => {
    await api.post('/api/v1/projects', { name: 'keyed' });
    const { body } = await api.post('/api/v1/api-keys', {
      name: 'one',
      roles: ['viewer'],
      projects: ['keyed'],
    });
    expect((await api.remove('/api/v1/projects/keyed')).body.detail).toContain('api_keys');
    await api.remove(`/api/v1/api-keys/${body.id}`);
    expect((await api.remove('/api/v1/projects/keyed')).status).toBe(204);
  });

  it('are seen by those who are in them', async () => {
    for (const name of ['seen', 'unseen']) await api.post('/api/v1/projects', { name });
    const { dataSource } = api.database;
    const key = bearer(await createTestKey(dataSource, { roles: ['viewer'], projects: ['seen', 'default'] }));
    const names = async (headers = {}) =>
      (await api.get('/api/v1/projects', headers)).body.items.map(({ name }: { name: string }) => name);
    expect(await names(key)).toEqual(['default', 'seen']);
    expect(await names()).toEqual(expect.arrayContaining(['default', 'seen', 'unseen']));
    expect((await api.get('/api/v1/projects/unseen', key)).status).toBe(404);
    expect((await api.get('/api/v1/projects/seen', key)).status).toBe(200);
  });

  it.each(['', 'Web', '-x', 'a'.repeat(64), '*', 'a/b', 'a b'])('are not named %j', async (name) => {
    expect(await api.post('/api/v1/projects', { name })).toMatchObject({ status: 400 });
    if (name === '') return;
    const path = `/api/v1/projects/${encodeURIComponent(name)}`;
    expect([404]).toContain((await api.get(path)).status);
    expect([404]).toContain((await api.remove(path)).status);
  });
});

describe('people', () => {
  it('are added, given roles in a project and in all, and shut out', async () => {
    const made = await api.post('/api/v1/users', { name: 'Bo@Example.org', displayName: 'Bo' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'bo@example.org', displayName: 'Bo', roles: [] },
    });
    expect(await api.post('/api/v1/users', { name: 'bo@example.org' })).toMatchObject({ status: 409 });
    const { body } = await api.post('/api/v1/api-keys', { name: 'bo', user: 'BO@example.org' });
    const me = async () => (await api.get('/api/v1/users/me', bearer(body.key))).body;
    expect(await me()).toMatchObject({ actor: 'bo@example.org', user: 'bo@example.org', roles: [] });
    expect((await api.get('/api/v1/runs', bearer(body.key))).status).toBe(404);

    const path = '/api/v1/members/bo@example.org';
    const set = (roles: string[]) => api.put(path, { roles, reason: 'so' });
    expect(await set(['viewer', 'release-lead'])).toMatchObject({
      status: 201,
      body: { user: 'bo@example.org', roles: ['viewer', 'release-lead'] },
    });
    expect((await set(['operator'])).status).toBe(200);
    expect(await me()).toMatchObject({ roles: ['operator'] });
    expect(await audit('member.set', 'bo@example.org')).toMatchObject([
      { before: null, after: { roles: ['viewer', 'release-lead'] }, reason: 'so' },
      { before: { roles: ['viewer', 'release-lead'] }, after: { roles: ['operator'] } },
    ]);
    expect((await api.get('/api/v1/members')).body.items).toMatchObject([{ user: 'bo@example.org' }]);
    expect((await api.remove(path)).status).toBe(204);
    expect(await api.remove(path)).toMatchObject({ status: 404, body: { code: 'member-not-found' } });

    // The key is of this project only, though the person is administrator of all.
    await ask('PATCH', '/api/v1/users/bo@example.org', { roles: ['admin'] });
    expect(await me()).toMatchObject({ roles: ['admin'], everywhere: [] });
    await ask('PATCH', '/api/v1/users/bo@example.org', { disabled: true });
    expect(await me()).toMatchObject({ code: 'credentials-invalid' });
    await ask('PATCH', '/api/v1/users/bo@example.org', { disabled: false });
    expect(await me()).toMatchObject({ roles: ['admin'] });
  });

  it.each([
    [{ name: 'local' }],
    [{ name: 'ME' }],
    [{ name: 'key:ci' }],
    [{ name: 'a b' }],
    [{ name: 'x', issuer: 'https://id.example' }],
    [{ name: 'x', subject: '1' }],
    [{ name: 'x', roles: ['Boss'] }],
    [{ name: 'x', roles: ['a', 'a'] }],
    [{ name: 'x', displayName: 'a\u0000b' }],
    [{ name: 'x', issuer: '', subject: '' }],
  ])('are refused as %j', async (body) => {
    expect(await api.post('/api/v1/users', body)).toMatchObject({
      status: 400,
      body: { code: 'request-invalid' },
    });
  });

  it('are listed in pages', async () => {
    for (const name of ['p1', 'p2', 'p3']) await api.post('/api/v1/users', { name });
    const first = (await api.get('/api/v1/users?limit=2&sort=-name&total=true')).body;
    expect(first).toMatchObject({ items: [{ name: 'p3' }, { name: 'p2' }], total: expect.any(Number) });
    const second = (await api.get(`/api/v1/users?limit=2&sort=-name&after=${first.next}`)).body;
    expect(second.items[0]).toMatchObject({ name: 'p1' });
    expect((await api.get('/api/v1/users?sort=displayName')).status).toBe(400);
  });
});

describe('API keys', () => {
  const create = (body: object, headers: Record<string, string> = {}) =>
    api.post('/api/v1/api-keys', body, headers);

  it('are shown once, and kept as a hash', async () => {
    const made = await create({ name: 'ci', roles: ['operator'], reason: 'so' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'ci', projects: ['default'], createdBy: 'local' },
    });
    const { id, key } = made.body;
    expect(key.split('_')[1]).toBe(id);
    for (const path of [`/api/v1/api-keys/${id}`, '/api/v1/api-keys']) {
      const text = JSON.stringify((await api.get(path)).body);
      expect([text.includes(id), text.includes('hash'), text.includes(key.slice(-59))]).toEqual([
        true,
        false,
        false,
      ]);
    }
    const stored = JSON.stringify(await api.database.dataSource.query('SELECT * FROM api_keys'));
    const log = JSON.stringify([await audit('key.create', id), api.log]);
    for (const text of [stored, log]) expect(text).not.toContain(key.slice(-59, -7));
    expect((await api.get('/api/v1/users/me', bearer(key))).body).toMatchObject({
      actor: 'key:ci',
      means: 'key',
      project: 'default',
      roles: ['operator'],
      permissions: expect.not.arrayContaining(['keys:write']),
    });
  });

  it('note when they were used last, once a minute', async () => {
    const { id, key } = (await create({ name: 'noted', roles: ['viewer'] })).body;
    const used = async () => (await api.get(`/api/v1/api-keys/${id}`)).body.lastUsedAt;
    expect(await used()).toBeUndefined();
    await api.get('/api/v1/runs', bearer(key));
    const first = await eventually(used, (at) => at !== undefined);
    await api.get('/api/v1/runs', bearer(key));
    await api.get('/api/v1/runs', bearer(key));
    expect(await used()).toBe(first);
  });

  it('let nobody in after their time, nor once they are revoked', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const { id, key } = (await create({ name: 'brief', roles: ['viewer'], expiresAt: soon })).body;
    const status = async () => (await api.get('/api/v1/runs', bearer(key))).status;
    expect(await status()).toBe(200);
    await api.database.dataSource.query(
      `UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [id],
    );
    expect(await status()).toBe(401);
    const other = (await create({ name: 'brief', roles: ['viewer'] })).body;
    expect((await api.remove(`/api/v1/api-keys/${other.id}`)).status).toBe(204);
    expect((await api.remove(`/api/v1/api-keys/${other.id}`)).status).toBe(204);
    expect((await api.get('/api/v1/runs', bearer(other.key))).status).toBe(401);
    expect(await audit('key.revoke', other.id)).toHaveLength(1);
  });

  it('are the affair of the administrators of their project, and of those of all', async () => {
    await api.post('/api/v1/projects', { name: 'elsewhere' });
    const { dataSource } = api.database;
    const admin = bearer(await createTestKey(dataSource, { name: 'boss', projects: ['elsewhere'] }));
    const far = (await create({ name: 'far', roles: ['viewer'] })).body;
    expect((await api.get(`/api/v1/api-keys/${far.id}`, admin)).status).toBe(404);
    expect((await api.remove(`/api/v1/api-keys/${far.id}`, admin)).status).toBe(404);
    expect((await create({ name: 'near', roles: ['admin'] }, admin)).body.projects).toEqual(['elsewhere']);
    const names = (await api.get('/api/v1/api-keys', admin)).body.items.map(
      (key: { name: string }) => key.name,
    );
    expect(names.sort()).toEqual(['boss', 'near']);
    await api.post('/api/v1/users', { name: 'target' });
    for (const body of [
      { name: 'x', roles: ['admin'], projects: ['default'] },
      { name: 'x', roles: ['admin'], projects: ['*'] },
      { name: 'x', roles: ['admin'], projects: ['elsewhere', 'default'] },
      { name: 'x', user: 'target' },
    ]) {
      expect(await create(body, admin)).toMatchObject({ status: 403, body: { code: 'permission-missing' } });
    }
  });

  it.each([
    [{ name: 'x' }, 400],
    [{ name: 'x', roles: [] }, 400],
    [{ name: 'x', roles: ['viewer'], user: 'target' }, 400],
    [{ name: 'a b', roles: ['viewer'] }, 400],
    [{ name: 'x', roles: ['viewer'], projects: [] }, 400],
    [{ name: 'x', roles: ['viewer'], projects: ['nowhere'] }, 404],
    [{ name: 'x', user: 'stranger' }, 404],
    [{ name: 'x', roles: ['viewer'], expiresAt: '2020-01-01T00:00:00Z' }, 400],
    [{ name: 'x', roles: ['viewer'], expiresAt: 'soon' }, 400],
    [{ name: 'x', roles: ['viewer'], expiresAt: '+275760-09-13T00:00:00Z' }, 400],
    [{ name: 'ci', roles: ['viewer'] }, 409],
  ])('are refused as %j with %i', async (body, status) => {
    expect((await create(body)).status).toBe(status);
  });

  it('live no longer than the settings of their project say', async () => {
    const inWeb = { 'x-sluice-project': 'settled' };
    await api.post('/api/v1/projects', { name: 'settled' });
    expect((await api.get('/api/v1/settings', inWeb)).body).toEqual({});
    expect((await ask('PATCH', '/api/v1/settings', { keyLifetime: '1d' }, inWeb)).body).toEqual({
      keyLifetime: '1d',
    });
    for (const wrong of ['soon', '0s', '', 7]) {
      expect((await ask('PATCH', '/api/v1/settings', { keyLifetime: wrong }, inWeb)).status).toBe(400);
    }
    const within = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const key = { name: 'x', roles: ['viewer'] };
    expect((await create(key, inWeb)).status).toBe(400);
    expect((await create({ ...key, expiresAt: within(48) }, inWeb)).status).toBe(400);
    expect((await create({ ...key, expiresAt: within(1) }, inWeb)).status).toBe(201);
    expect((await ask('PATCH', '/api/v1/settings', { keyLifetime: null }, inWeb)).body).toEqual({});
    expect((await create({ ...key, name: 'y' }, inWeb)).status).toBe(201);
    expect(await audit('settings.change', 'settled')).toMatchObject([
      { before: {}, after: { keyLifetime: '1d' } },
      { before: { keyLifetime: '1d' }, after: {} },
    ]);
  });
});

describe("the administrator's key of the machine", () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'sluice-key-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('is made once, by whoever is first, for its owner only, and again when it is lost', async () => {
    const { dataSource } = api.database;
    const request = { dataSource, home: join(home, 'deep', 'home'), loopback: true };
    const made = await Promise.all([1, 2, 3].map(() => provideAdminKey(request)));
    expect(made.filter((key) => key?.created)).toHaveLength(1);
    expect(new Set(made.map((key) => key?.text)).size).toBe(1);
    const { file, text } = made[0]!;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe(`${text}\n`);
    expect((await api.get('/api/v1/users/me', bearer(text))).body).toMatchObject({
      actor: 'local',
      everywhere: ['admin'],
    });
    expect(await provideAdminKey(request)).toEqual({ file, text, created: false });
    for (const lost of ['', 'nonsense', `${text.slice(0, -1)}${text.at(-1) === '0' ? '1' : '0'}`]) {
      writeFileSync(file, lost);
      expect(await provideAdminKey(request)).toMatchObject({ created: true });
    }
  });

  it('is made elsewhere only as long as nobody is administrator', async () => {
    const { dataSource } = api.database;
    const request = { dataSource, home: join(home, 'elsewhere'), loopback: false };
    expect(await provideAdminKey(request)).toBeUndefined();
    const empty = await createApiFixture();
    await empty.database.dataSource.query('DELETE FROM api_keys');
    const made = await provideAdminKey({ ...request, dataSource: empty.database.dataSource });
    expect(made?.created).toBe(true);
    // It speaks for nobody else there.
    const answer = await empty.get('/api/v1/users/me', { ...bearer(made!.text), 'x-sluice-actor': 'ann' });
    expect(answer.status).toBe(403);
    await empty.close();
  });

  it('cannot be kept where nobody may write', async () => {
    const { dataSource } = api.database;
    writeFileSync(join(home, 'file'), '');
    await expect(
      provideAdminKey({ dataSource, home: join(home, 'file'), loopback: true }),
    ).rejects.toMatchObject({ code: 'home-not-writable' });
  });
});

async function ask(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(api.url + path, {
    method,
    headers: { ...api.authorization, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as ReturnType<typeof JSON.parse> };
}
