import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

const AGENT = { name: 'scanner', url: 'https://scanner.example/jobs' };

describe('agents', () => {
  let api: ApiFixture;
  let server: Server;
  let origin = '';
  let seen: string[] = [];

  beforeAll(async () => {
    process.env['SLUICE_SECRET_CHECK'] = 'canary-of-checks';
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
      const status = Number(/\d{3}/.exec(request.url ?? '')?.[0] ?? 200);
      response.writeHead(status, status === 302 ? { location: 'http://169.254.169.254/' } : {}).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    api = await createApiFixture({ SLUICE_HTTP_ALLOW: '127.0.0.1' });
  });

  afterAll(async () => {
    await api?.close();
    server?.close();
    delete process.env['SLUICE_SECRET_CHECK'];
  });

  it('are created, found, listed, changed and removed, each change audited', async () => {
    const created = await api.post('/api/v1/agents', { ...AGENT, description: 'Scans.', reason: 'new team' });
    expect(created).toMatchObject({
      status: 201,
      body: {
        ...AGENT,
        description: 'Scans.',
        auth: { type: 'none' },
        timeoutMs: 30_000,
        retry: { attempts: 3, pauseMs: 1_000 },
        status: 'active',
      },
    });
    const { id } = created.body;
    expect((await api.get('/api/v1/agents/scanner')).body).toEqual(created.body);
    expect((await api.get(`/api/v1/agents/${id}`)).body).toEqual(created.body);
    expect((await api.get('/api/v1/agents?total=true&status=active')).body).toMatchObject({
      items: [{ id }],
      total: 1,
    });
    const changed = await api.patch(`/api/v1/agents/${id}`, { status: 'disabled', description: null });
    expect(changed).toMatchObject({ status: 200, body: { id, status: 'disabled', url: AGENT.url } });
    expect(changed.body).not.toHaveProperty('description');
    expect((await api.get('/api/v1/agents?status=active')).body.items).toEqual([]);
    expect((await api.remove(`/api/v1/agents/scanner`)).status).toBe(204);
    expect((await api.get(`/api/v1/agents/${id}`)).status).toBe(404);
    expect((await api.post('/api/v1/agents', AGENT)).status).toBe(201);
    const audited = await api.database.dataSource.query(
      'SELECT action, reason, before IS NULL AS new FROM audit_log WHERE object_id = $1 ORDER BY id',
      [id],
    );
    expect(audited).toEqual([
      { action: 'agent.create', reason: 'new team', new: true },
      { action: 'agent.change', reason: null, new: false },
      { action: 'agent.delete', reason: null, new: false },
    ]);
    await api.remove('/api/v1/agents/scanner');
  });

  it('have names of their own, each in its project', async () => {
    await api.post('/api/v1/agents', { ...AGENT, name: 'one' });
    await api.post('/api/v1/agents', { ...AGENT, name: 'two' });
    expect(await api.post('/api/v1/agents', { ...AGENT, name: 'one' })).toMatchObject({
      status: 409,
      body: { code: 'agent-name-taken' },
    });
    expect(await api.patch('/api/v1/agents/two', { name: 'one' })).toMatchObject({ status: 409 });
    expect(await api.patch('/api/v1/agents/two', { name: 'two' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['no url', { name: 'x' }],
    ['credentials in the url', { name: 'x', url: 'https://ann:secret@agent.example/' }],
    ['another protocol', { name: 'x', url: 'file:///etc/passwd' }],
    ['a bad name', { ...AGENT, name: 'X Y' }],
    ['a secret in place of a reference', { ...AGENT, auth: { type: 'bearer', secret: 'hunter2' } }],
    ['no secret', { ...AGENT, auth: { type: 'bearer' } }],
    ['a field of another way', { ...AGENT, auth: { type: 'none', secret: 'env:SLUICE_SECRET_A' } }],
    ['oauth2 without a client', { ...AGENT, auth: { type: 'oauth2', secret: 'env:SLUICE_SECRET_A' } }],
    [
      'a header with a line break',
      { ...AGENT, auth: { type: 'api_key', secret: 'env:A', header: 'a\r\nb' } },
    ],
    ['too many calls', { ...AGENT, retry: { attempts: 11, pauseMs: 0 } }],
    ['null for auth', { ...AGENT, auth: null, timeoutMs: 'x' }],
    ['nothing for auth', { ...AGENT, auth: null }],
    ['nothing for the time limit', { ...AGENT, timeoutMs: null }],
    ['a description that controls a terminal', { ...AGENT, description: 'x\u001b[2J' }],
    ['an unknown field', { ...AGENT, admin: true }],
  ])('refuses %s', async (_, body) => {
    expect(await api.post('/api/v1/agents', body)).toMatchObject({
      status: 400,
      body: { code: 'request-invalid' },
    });
  });

  it('knows none by a name that Postgres would refuse', async () => {
    const path = '/api/v1/agents/x%00';
    const answers = [
      await api.get(path),
      await api.patch(path, { status: 'active' }),
      await api.remove(path),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      answers.map(() => [404, 'agent-not-found']),
    );
  });

  it.each([['url'], ['name'], ['auth'], ['retry'], ['status']])('cannot be without %s', async (field) => {
    await api.post('/api/v1/agents', { ...AGENT, name: 'whole' });
    expect(await api.patch('/api/v1/agents/whole', { [field]: null })).toMatchObject({
      status: 400,
      body: {
        code: 'request-invalid',
        errors: expect.arrayContaining([expect.objectContaining({ path: field })]),
      },
    });
  });

  it.each([
    ['/health/200', 'healthy', { httpStatus: 200 }],
    ['/health/503', 'unhealthy', { httpStatus: 503 }],
    ['/health/302', 'unhealthy', { message: expect.stringContaining('address') }],
  ])('are asked at %s: %s', async (path, status, more) => {
    seen = [];
    const name = `well${path.slice(-3)}`;
    await api.post('/api/v1/agents', {
      ...AGENT,
      name,
      healthUrl: `${origin}${path}`,
      auth: { type: 'bearer', secret: 'env:SLUICE_SECRET_CHECK' },
    });
    const checked = await api.get(`/api/v1/agents/${name}/health`);
    expect(checked).toMatchObject({ status: 200, body: { status, ...more } });
    expect(seen).toEqual([`GET ${path} Bearer canary-of-checks`]);
    expect((await api.get(`/api/v1/agents/${name}`)).body.health).toEqual(checked.body);
    expect(JSON.stringify(checked.body)).not.toContain('canary');
  });

  it('asks beside the url where no health address is given', async () => {
    seen = [];
    await api.post('/api/v1/agents', { name: 'beside', url: `${origin}/jobs/?x=1` });
    expect((await api.get('/api/v1/agents/beside/health')).body.status).toBe('healthy');
    expect(seen).toEqual(['GET /jobs/health -']);
  });
});
