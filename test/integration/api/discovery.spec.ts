import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PlatformHttp } from '#connectors/cicd/http/platform-http.js';
import type { FakeAnswer } from '#connectors/cicd/testing/fake-server.js';
import { startFakeServer } from '#connectors/cicd/testing/fake-server.js';
import { type ApiFixture, createApiFixture, eventually } from './api-fixture.js';
import { createSamplePlatforms } from './sample-platform.js';

const PATH = '/api/v1/integrations';
const CANARY = 'canary-of-integrations';

/** Asks for `/health`, `/projects` and so on, and takes the answers as they are. */
const platforms = createSamplePlatforms((connection) => {
  const http = new PlatformHttp(connection, {
    title: 'Sample',
    async authorize({ auth }) {
      const secret = await connection.resolve(auth.secret);
      connection.mask(secret);
      return { authorization: `Bearer ${secret}` };
    },
  });
  const get = async (path: string, query: Record<string, string | undefined> = {}) =>
    // What comes back is what the test answers with.
    (await http.send({ path, query, subject: `the list ${path}` })).value as never;
  return {
    health: () => get('/health'),
    projects: ({ text, cursor }) => get('/projects', { text, cursor }),
    pipelines: (project, { text }) => get('/pipelines', { project, text }),
    branches: async () => ({ unsupported: 'branches', instead: 'Name the branch yourself.' }),
    inputs: ({ project, pipeline, ref }) => get('/inputs', { project, pipeline, ref }),
  };
});

describe('asking a platform', () => {
  let api: ApiFixture;
  let server: Awaited<ReturnType<typeof startFakeServer>>;
  let answer: FakeAnswer = { status: 200, json: {} };

  beforeAll(async () => {
    process.env['SLUICE_SECRET_BUILDS'] = CANARY;
    server = await startFakeServer(() => answer);
    api = await createApiFixture({ SLUICE_HTTP_ALLOW: '127.0.0.1' }, {}, undefined, platforms);
    await add('builds', {});
  });
  afterEach(() => server.faults.clear());
  afterAll(async () => {
    await api?.close();
    await server?.close();
    delete process.env['SLUICE_SECRET_BUILDS'];
  });

  const add = (name: string, more: object) =>
    api.post(PATH, {
      name,
      platform: 'sample',
      baseUrl: server.url,
      auth: { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' },
      ...more,
    });

  it('tells who asks, and what the credentials lack', async () => {
    answer = { status: 200, json: { account: 'sluice-bot', version: '1.2', missing: [] } };
    const tested = await api.post(`${PATH}/builds/test`);
    expect(tested).toMatchObject({
      status: 200,
      body: { state: 'healthy', account: 'sluice-bot', version: '1.2', missing: [] },
    });
    expect(server.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${CANARY}`);
    expect((await api.get(`${PATH}/builds`)).body.health).toEqual(tested.body);
    answer = { status: 200, json: { missing: ['builds:write'] } };
    expect((await api.post(`${PATH}/builds/test`)).body).toMatchObject({
      state: 'lacking',
      missing: ['builds:write'],
    });
  });

  it.each<[string, FakeAnswer, string]>([
    ['a wrong token', { status: 401, json: { message: `No ${CANARY}.` } }, 'platform-auth-refused'],
    ['a missing permission', { status: 403, json: { message: 'No.' } }, 'platform-permission-missing'],
    [
      'a sign-in page',
      { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } },
      'platform-answer-invalid',
    ],
    [
      'a redirect inwards',
      { status: 302, headers: { location: 'http://169.254.169.254/' } },
      'platform-unreachable',
    ],
  ])('is unhealthy with %s, and says why without the secret', async (_, given, code) => {
    answer = given;
    const { status, body } = await api.post(`${PATH}/builds/test`);
    expect({ status, body }).toMatchObject({ status: 200, body: { state: 'unhealthy', code, missing: [] } });
    expect(body.message).toMatch(/\w/);
    expect(JSON.stringify(body)).not.toContain(CANARY);
  });

  it('is unhealthy where its secret is not there, and where nobody listens', async () => {
    await add('secretless', { auth: { type: 'token', secret: 'env:SLUICE_SECRET_NOT_THERE' } });
    await add('nowhere', { baseUrl: 'http://127.0.0.1:1' });
    await add('inside', { baseUrl: 'http://10.1.2.3' });
    const codes = [];
    for (const name of ['secretless', 'nowhere', 'inside'])
      codes.push((await api.post(`${PATH}/${name}/test`)).body.code);
    expect(codes).toEqual(['integration-secret-unavailable', 'platform-unreachable', 'platform-unreachable']);
  });

  it('lists what it finds, page by page', async () => {
    const project = { name: 'acme/app', title: 'App', url: 'https://x.example/', defaultBranch: 'main' };
    answer = { status: 200, json: { items: [project], next: 'p2' } };
    expect(await api.get(`${PATH}/builds/discover/projects?text=ac`)).toMatchObject({
      status: 200,
      body: { items: [project], next: 'p2' },
    });
    expect(server.requests.at(-1)?.target).toBe('/projects?text=ac');
    const pipeline = { name: 'build.yml', title: 'Build', enabled: true };
    answer = { status: 200, json: { items: [pipeline] } };
    expect((await api.get(`${PATH}/builds/discover/pipelines?project=acme%2Fapp`)).body).toEqual({
      items: [pipeline],
    });
    const input = { name: 'level', type: 'choice', required: true, choices: ['a', 'b'] };
    answer = { status: 200, json: [input] };
    const path = `${PATH}/builds/discover/inputs?project=acme%2Fapp&pipeline=build.yml&ref=main`;
    expect((await api.get(path)).body).toEqual({ items: [input] });
    expect(server.requests.at(-1)?.target).toBe('/inputs?project=acme%2Fapp&pipeline=build.yml&ref=main');
  });

  it('says what to do instead of what the platform cannot', async () => {
    expect(await api.get(`${PATH}/builds/discover/branches?project=acme`)).toMatchObject({
      status: 422,
      body: { code: 'capability-unsupported', hint: 'Name the branch yourself.' },
    });
  });

  it.each<[FakeAnswer, number, string]>([
    [{ status: 401 }, 424, 'platform-auth-refused'],
    [{ status: 403 }, 424, 'platform-permission-missing'],
    [{ status: 404 }, 404, 'platform-not-found'],
    [{ status: 422, json: { message: CANARY } }, 422, 'platform-refused'],
    [
      { status: 200, body: 'x', headers: { 'content-type': 'application/json' } },
      424,
      'platform-answer-invalid',
    ],
    [{ status: 501 }, 422, 'platform-refused'],
  ])('answers %j of the platform with %i %s', async (given, status, code) => {
    answer = given;
    const refused = await api.get(`${PATH}/builds/discover/projects`);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(refused.body.hint).toMatch(/\w/);
    expect(JSON.stringify(refused.body)).not.toContain(CANARY);
  });

  it('asks nothing of one that is disabled, but tries it', async () => {
    await add('resting', { status: 'disabled' });
    const before = server.requests.length;
    expect(await api.get(`${PATH}/resting/discover/projects`)).toMatchObject({
      status: 409,
      body: { code: 'integration-disabled' },
    });
    expect(server.requests).toHaveLength(before);
    answer = { status: 200, json: { missing: [] } };
    expect((await api.post(`${PATH}/resting/test`)).body.state).toBe('healthy');
  });

  it.each([
    'projects?text=',
    `projects?text=${'x'.repeat(201)}`,
    'projects?after=%0a',
    'pipelines',
    'pipelines?project=a%0db',
    `branches?project=${'x'.repeat(301)}`,
    'inputs?pipeline=x',
    'projects?unknown=1',
  ])('refuses discover/%s', async (query) => {
    expect(await api.get(`${PATH}/builds/discover/${query}`)).toMatchObject({
      status: 400,
      body: { code: 'request-invalid' },
    });
  });
});

describe('the health of integrations', () => {
  it('is looked at now and then, once in all processes, and noted', async () => {
    process.env['SLUICE_SECRET_BUILDS'] = CANARY;
    const server = await startFakeServer(() => ({ status: 200, json: { missing: [] } }));
    const settings = { SLUICE_HTTP_ALLOW: '127.0.0.1', SLUICE_PLATFORM_CHECK_MS: '60000' };
    const api = await createApiFixture(settings, {}, 2, platforms);
    try {
      const auth = { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' };
      const one = { name: 'one', platform: 'sample', baseUrl: server.url, auth };
      await api.post(PATH, one);
      await api.post(PATH, { ...one, name: 'off', status: 'disabled' });
      const known = await eventually(
        () => api.get(`${PATH}/one`),
        ({ body }) => body.health !== undefined,
      );
      expect(known.body.health.state).toBe('healthy');
      // Not before its next time, whichever process asks.
      expect(server.requests).toHaveLength(1);
      expect((await api.get(`${PATH}/off`)).body).not.toHaveProperty('health');
    } finally {
      await api.close();
      await server.close();
      delete process.env['SLUICE_SECRET_BUILDS'];
    }
  });
});
