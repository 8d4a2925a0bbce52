import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture } from './api-fixture.js';
import { createSamplePlatforms } from './sample-platform.js';

const PATH = '/api/v1/integrations';
const INTEGRATION = {
  name: 'builds',
  platform: 'sample',
  auth: { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' },
};

describe('integrations', () => {
  let api: ApiFixture;

  beforeAll(async () => {
    api = await createApiFixture({}, {}, undefined, createSamplePlatforms());
  });
  afterAll(() => api?.close());

  it('are created, found, listed, changed and removed, each change audited and counted', async () => {
    const created = await api.post(PATH, { ...INTEGRATION, description: 'Of the team.', reason: 'new team' });
    expect(created).toMatchObject({
      status: 201,
      body: {
        ...INTEGRATION,
        description: 'Of the team.',
        baseUrl: 'https://sample.example/api',
        options: {},
        sync: [],
        status: 'active',
        revision: 1,
      },
    });
    const { id } = created.body;
    expect((await api.get(`${PATH}/builds`)).body).toEqual(created.body);
    expect((await api.get(`${PATH}/${id}`)).body).toEqual(created.body);
    expect((await api.get(`${PATH}?total=true&status=active&platform=sample`)).body).toMatchObject({
      items: [{ id }],
      total: 1,
    });
    expect((await api.get(`${PATH}?platform=sample-own`)).body.items).toEqual([]);
    const changes = {
      baseUrl: 'https://ci.example/api/v4/',
      options: { organization: 'acme' },
      authorities: rootCertificates[0]!,
      proxy: 'http://proxy.example:3128',
      sync: [{ project: 'acme/app' }, { project: 'acme/site', pipeline: 'build.yml' }],
    };
    const changed = await api.patch(`${PATH}/${id}`, { ...changes, description: null });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        id,
        revision: 2,
        auth: INTEGRATION.auth,
        ...changes,
        baseUrl: 'https://ci.example/api/v4',
      },
    });
    expect(changed.body).not.toHaveProperty('description');
    const plain = await api.patch(`${PATH}/builds`, { authorities: null, proxy: null, status: 'disabled' });
    expect(plain.body).toMatchObject({ revision: 3, status: 'disabled' });
    expect(plain.body).not.toHaveProperty('authorities');
    expect(plain.body).not.toHaveProperty('proxy');
    expect((await api.remove(`${PATH}/builds`)).status).toBe(204);
    expect((await api.get(`${PATH}/${id}`)).status).toBe(404);
    expect((await api.post(PATH, INTEGRATION)).status).toBe(201);
    const audited = await api.database.dataSource.query(
      'SELECT action, reason, before IS NULL AS new FROM audit_log WHERE object_id = $1 ORDER BY id',
      [id],
    );
    expect(audited).toEqual([
      { action: 'integration.create', reason: 'new team', new: true },
      { action: 'integration.change', reason: null, new: false },
      { action: 'integration.change', reason: null, new: false },
      { action: 'integration.delete', reason: null, new: false },
    ]);
  });

  it('have names of their own, each in its project', async () => {
    await api.post(PATH, { ...INTEGRATION, name: 'one' });
    await api.post(PATH, { ...INTEGRATION, name: 'two' });
    expect(await api.post(PATH, { ...INTEGRATION, name: 'one' })).toMatchObject({
      status: 409,
      body: { code: 'integration-name-taken' },
    });
    expect(await api.patch(`${PATH}/two`, { name: 'one' })).toMatchObject({ status: 409 });
    expect(await api.patch(`${PATH}/two`, { name: 'two' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['an unknown platform', { platform: 'nowhere' }, 'platform'],
    ['what JavaScript knows by a name', { platform: 'constructor' }, 'platform'],
    ['no base URL where there is no cloud', { platform: 'sample-own' }, 'baseUrl'],
    [
      'a way that the platform does not take',
      {
        platform: 'sample-own',
        baseUrl: 'https://ci.example',
        auth: { type: 'basic', username: 'ann', secret: 'env:A' },
      },
      'auth.type',
    ],
    ['no secret', { auth: { type: 'token' } }, 'auth.secret'],
    ['a secret in place of a reference', { auth: { type: 'token', secret: 'hunter2' } }, 'auth.secret'],
    ['no username', { auth: { type: 'basic', secret: 'env:A' } }, 'auth.username'],
    ['a field of another way', { auth: { type: 'token', secret: 'env:A', appId: '1' } }, 'auth.appId'],
    [
      'an app without installation',
      { auth: { type: 'github-app', secret: 'env:A', appId: '1' } },
      'auth.installationId',
    ],
    ['credentials in the base URL', { baseUrl: 'https://ann:secret@ci.example/' }, 'baseUrl'],
    ['a query in the base URL', { baseUrl: 'https://ci.example/?token=x' }, 'baseUrl'],
    ['another protocol', { baseUrl: 'file:///etc/passwd' }, 'baseUrl'],
    ['an option that there is not', { options: { organisation: 'x' } }, 'options.organisation'],
    ['an option of another type', { options: { organization: 1 } }, 'options.organization'],
    ['options without end', { options: { organization: 'x'.repeat(40_000) } }, 'options'],
    ['no certificates', { authorities: 'hello' }, 'authorities'],
    [
      'a certificate that is none',
      { authorities: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      'authorities',
    ],
    [
      'a private key among certificates',
      { authorities: `${rootCertificates[0]}\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----` },
      'authorities',
    ],
    ['too many certificates', { authorities: rootCertificates.slice(0, 51).join('\n') }, 'authorities'],
    ['a proxy with credentials', { proxy: 'http://ann:secret@proxy.example:3128' }, 'proxy'],
    ['a proxy of another protocol', { proxy: 'socks5://proxy.example' }, 'proxy'],
    ['a watched pipeline without project', { sync: [{ pipeline: 'x' }] }, 'sync.0.project'],
    ['a watched project with a line break', { sync: [{ project: 'a\nb' }] }, 'sync.0.project'],
    ['an unknown field', { admin: true }, 'admin'],
  ])('refuses %s', async (_, change, path) => {
    const answer = await api.post(PATH, { ...INTEGRATION, name: 'refused', ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  it('keep their platform', async () => {
    await api.post(PATH, { ...INTEGRATION, name: 'steady' });
    expect(await api.patch(`${PATH}/steady`, { platform: 'sample-own' })).toMatchObject({ status: 400 });
    expect(await api.patch(`${PATH}/steady`, { options: { wrong: 1 } })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'options.wrong' }] },
    });
  });

  it.each(['name', 'baseUrl', 'auth', 'options', 'status', 'sync'])('cannot be without %s', async (field) => {
    await api.post(PATH, { ...INTEGRATION, name: 'whole' });
    expect(await api.patch(`${PATH}/whole`, { [field]: null })).toMatchObject({
      status: 400,
      body: { errors: expect.arrayContaining([expect.objectContaining({ path: field })]) },
    });
  });

  it('are not known by a name that Postgres would refuse, nor from another project', async () => {
    const answers = [
      await api.get(`${PATH}/x%00`),
      await api.patch(`${PATH}/x%00`, {}),
      await api.remove(`${PATH}/x%00`),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      answers.map(() => [404, 'integration-not-found']),
    );
    await api.post('/api/v1/projects', { name: 'other' });
    const other = { 'x-sluice-project': 'other' };
    expect((await api.get(`${PATH}/steady`, other)).status).toBe(404);
    expect((await api.post(PATH, { ...INTEGRATION, name: 'steady' }, other)).status).toBe(201);
  });

  it('say which platforms there are, and what to do instead of what one cannot', async () => {
    const { status, body } = await api.get('/api/v1/platforms');
    expect(status).toBe(200);
    const sample = body.items.find(({ name }: { name: string }) => name === 'sample');
    expect(sample).toMatchObject({
      title: 'Sample',
      cloudUrl: 'https://sample.example/api',
      auth: ['token', 'basic', 'github-app', 'oauth2'],
      capabilities: expect.arrayContaining([
        { name: 'projects', supported: true },
        { name: 'branches', supported: false, instead: 'Name the branch yourself.' },
      ]),
    });
  });
});
