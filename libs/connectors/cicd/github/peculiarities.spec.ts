import { afterEach, describe, expect, it } from '@jest/globals';
import { type Connections, createConnections } from '../connections.js';
import { isUnsupported, type PlatformClient, type TriggerRequest } from '../platform.js';
import { connectTo } from '../testing/fake-connection.js';
import { type FakeGitHub, startFakeGitHub } from '../testing/fake-github.js';
import { github } from './github.js';

let fake: FakeGitHub;
let connections: Connections;

afterEach(async () => {
  await connections.close();
  await fake.close();
});

async function start(...manner: Parameters<typeof startFakeGitHub>): Promise<PlatformClient> {
  fake = await startFakeGitHub(...manner);
  connections = createConnections({ allow: ['127.0.0.1'] });
  return connect();
}

function connect(way: Parameters<typeof connectTo>[1] = {}): PlatformClient {
  return github.connect(connectTo(fake, { connections, ...way }).connection);
}

const request = (more: Partial<TriggerRequest> = {}): TriggerRequest => ({
  ...fake.target,
  inputs: fake.inputs,
  key: 'key-7',
  keyInput: 'sluice_key',
  ...more,
});

const dispatches = () => fake.requests.filter((each) => fake.isTrigger(each));

describe('GitHub: starting', () => {
  it('asks for the number of the run in both ways, and takes it from the answer', async () => {
    const client = await start();
    const { reference, url } = await client.trigger(request());
    expect(reference.id).toBe('1001');
    expect(url).toContain('1001');
    expect(dispatches()).toHaveLength(1);
    expect(dispatches()[0]?.query.get('return_run_details')).toBe('true');
    expect(JSON.parse(dispatches()[0]!.body)).toEqual({
      ref: 'main',
      return_run_details: true,
      inputs: { environment: 'production', dry: 'true', sluice_key: 'key-7' },
    });
  });

  it('takes the usual branch where none is named', async () => {
    const client = await start();
    const { ref: _, ...rest } = request();
    await client.trigger(rest);
    expect(JSON.parse(dispatches()[0]!.body)).toMatchObject({ ref: 'main' });
  });

  it.each([
    ['that does not know the field', { refusesAsking: true, tellsRun: false }, 2],
    ['that tells no number', { tellsRun: false }, 1],
  ])('finds the run by its name on a server %s', async (_, manner, requests) => {
    const client = await start(manner);
    await client.trigger(request({ key: 'another' }));
    const { reference, key } = await client.trigger(request());
    expect([reference.id, key]).toEqual(['1002', 'key-7']);
    expect(dispatches()).toHaveLength(2 * requests);
    expect(fake.executions.list).toHaveLength(2);
  });

  it('looks on where a look for what was taken is refused: that refuses no start', async () => {
    const client = await start({ tellsRun: false });
    const isLook = ({ method, path }: { readonly method: string; readonly path: string }) =>
      method === 'GET' && path.endsWith('/runs') && fake.executions.list.length > 0;
    fake.faults.plan(
      { kind: 'answer', status: 403, body: '{"message":"Resource not accessible"}' },
      { when: isLook },
    );
    expect((await client.trigger(request())).reference.id).toBe('1001');
    expect(dispatches()).toHaveLength(1);
  });

  it('takes the only run that was started meanwhile for it, where names carry nothing', async () => {
    const client = await start({ tellsRun: false });
    const { reference } = await client.trigger(request({ ...fake.unkeyed, inputs: {} }));
    expect(reference.id).toBe('1001');
  });

  it('names all that does not fit at once', async () => {
    const client = await start();
    const asked = client.trigger(request({ pipeline: 'demanding.yml', inputs: { count: 'many', more: 1 } }));
    await expect(asked).rejects.toMatchObject({
      code: 'pipeline-inputs-refused',
      message: expect.stringMatching(
        /"count" must be a number; "more" is not known: it takes environment, count; "environment" is required \(one of staging, production\)/,
      ),
    });
    expect(dispatches()).toEqual([]);
  });

  it('says that a workflow cannot be started by hand, or cannot be read', async () => {
    const client = await start();
    fake.workflows.set('broken.yml', '- not: a workflow');
    for (const [pipeline, words] of [
      ['never.yml', '`workflow_dispatch`'],
      ['broken.yml', 'cannot be read'],
    ] as const) {
      await expect(client.trigger(request({ pipeline, inputs: {} }))).rejects.toMatchObject({
        code: 'pipeline-not-started',
        message: expect.stringContaining(words),
      });
    }
    expect(dispatches()).toEqual([]);
  });

  it('is absent for sure where runs would show their keys', async () => {
    const client = await start();
    fake.executions.start({ ...fake.target, inputs: { sluice_key: 'of-others' } });
    const find = (pipeline: string) =>
      client.find({
        ...fake.target,
        pipeline,
        key: 'key-7',
        keyInput: 'sluice_key',
        since: Date.now() - 1_000,
      });
    expect(await find('build.yml')).toEqual({ outcome: 'absent' });
    fake.executions.start({ ...fake.target, pipeline: 'plain.yml', inputs: {}, trigger: 'push' });
    expect(await find('plain.yml')).toEqual({ outcome: 'absent' });
    fake.executions.start({ ...fake.target, pipeline: 'plain.yml', ref: 'next', inputs: {} });
    expect(await find('plain.yml')).toEqual({ outcome: 'absent' });
    fake.executions.start({ ...fake.target, pipeline: 'plain.yml', inputs: {} });
    expect(await find('plain.yml')).toMatchObject({
      outcome: 'uncertain',
      candidates: [{ reference: { id: '1004' } }],
    });
  });
});

describe('GitHub: pages, limits and permissions', () => {
  it('turns pages', async () => {
    const client = await start({ pageSize: 1 });
    await client.trigger(request());
    expect(await client.jobs(fake.referenceOf('1001'))).toHaveLength(2);
    const first = await client.branches(fake.target.project, {});
    expect(first).toEqual({ items: [{ name: 'main', commit: 'a'.repeat(40) }], next: '2' });
    const second = await client.branches(fake.target.project, { cursor: '2' });
    expect(second).toEqual({ items: [{ name: 'next', commit: 'a'.repeat(40) }] });
    expect(await client.branches(fake.target.project, { cursor: '../..' })).toEqual(first);
  });

  it.each([
    ['Retry-After', 403, { 'retry-after': '0' }, 'You have exceeded a secondary rate limit'],
    ['the reset', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }, 'API rate limit exceeded'],
    ['the reset', 429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }, 'API rate limit exceeded'],
  ])('waits by %s of %i', async (_, status, headers, message) => {
    const client = await start();
    fake.faults.plan({ kind: 'answer', status, headers, json: { message } });
    expect(await client.health()).toMatchObject({ account: 'octocat' });
    expect(client.rateLimit()).toMatchObject({ limit: 5000, remaining: 4999 });
  });

  it('waits a minute where a secondary limit does not say how long', async () => {
    await start();
    fake.faults.plan({
      kind: 'answer',
      status: 403,
      json: { message: 'You have exceeded a secondary rate limit.' },
    });
    await expect(connect().health()).rejects.toMatchObject({
      code: 'platform-rate-limited',
      details: { retryAfterMs: expect.any(Number) },
    });
  });

  it.each([
    [
      { 'x-accepted-github-permissions': 'actions=write,contents=read; administration=write' },
      '',
      'the permission actions=write and contents=read or administration=write',
    ],
    [{ 'x-accepted-oauth-scopes': 'repo, admin', 'x-oauth-scopes': 'gist' }, '', 'the scope repo or admin'],
    [
      {},
      'token does not have at least one of required scope(s), required=[write:repository], token scope=read:user',
      'the scope write:repository',
    ],
  ])('names what is missing: %j', async (headers, message, words) => {
    const client = await start();
    fake.faults.plan({ kind: 'answer', status: 403, headers, json: { message } });
    await expect(client.health()).rejects.toMatchObject({
      code: 'platform-permission-missing',
      message: expect.stringContaining(words),
    });
  });

  it('sees that a classic token lacks its scope', async () => {
    const client = await start();
    const headers = { 'x-oauth-scopes': 'gist' };
    fake.faults.plan({ kind: 'answer', status: 200, headers, json: { login: 'octocat' } });
    expect(await client.health()).toEqual({ account: 'octocat', missing: ['the scope repo'] });
  });
});

describe('GitHub: apps', () => {
  const tokenRequests = () => fake.requests.filter(({ path }) => path.endsWith('/access_tokens'));

  it('gets a token for the installation once, and shows it nowhere', async () => {
    await start({ app: { tokenLifeMs: 3_600_000 } });
    const tested = connectTo(fake, { connections });
    const client = github.connect(tested.connection);
    expect(await client.health()).toEqual({ account: 'app 77', missing: [] });
    await client.trigger(request());
    await connect().status(fake.referenceOf('1001'));
    expect(tokenRequests()).toHaveLength(1);
    expect(tested.hide(`x ${fake.granted[0]}`)).toBe('x ***');
  });

  it('gets another one before its end, and when it is refused', async () => {
    const client = await start({ app: { tokenLifeMs: 30_000 } });
    await client.health();
    await client.health();
    // What lives for less than a minute is not kept.
    expect(tokenRequests().length).toBeGreaterThan(1);
    fake.revokeTokens();
    expect(await connect().health()).toMatchObject({ account: 'app 77' });
  });

  it('goes on in the same call when the token was revoked', async () => {
    const client = await start({ app: { tokenLifeMs: 3_600_000 } });
    await client.health();
    fake.revokeTokens();
    await client.trigger(request());
    expect([tokenRequests().length, fake.executions.list.length]).toEqual([2, 1]);
  });

  it.each(['no key', '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----'])(
    'refuses the key %j without showing it',
    async (secret) => {
      await start({ app: { tokenLifeMs: 3_600_000 } });
      const client = connect({ secrets: { 'env:GITHUB': secret } });
      await expect(client.health()).rejects.toMatchObject({
        code: 'platform-app-key-invalid',
        message: expect.not.stringContaining(secret),
      });
      expect(fake.requests).toEqual([]);
    },
  );

  it('takes no credentials that GitHub does not know', async () => {
    await start();
    const auth = { type: 'basic', username: 'u', secret: 'env:GITHUB' } as const;
    await expect(connect({ auth }).health()).rejects.toMatchObject({ code: 'platform-auth-unfit' });
  });
});

describe('GitHub: logs and runs', () => {
  it('sends no credentials to the store of logs and artifacts', async () => {
    const client = await start();
    const { reference } = await client.trigger(request());
    fake.executions.jobOf('1001', 'build').log.write('hello');
    fake.executions.advance('1001', 'succeeded');
    const [job] = await client.jobs(reference);
    const part = await client.logs(reference, job!.id, 2);
    if (isUnsupported(part)) throw new Error('no log');
    let text = '';
    for await (const bytes of part.bytes) text += Buffer.from(bytes).toString();
    expect(text).toBe('llo');
    const [stored] = fake.storeRequests;
    expect(stored?.headers).toMatchObject({ range: 'bytes=2-' });
    expect(stored?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    [{ status: 'waiting' }, 'blocked'],
    [{ status: 'pending' }, 'queued'],
    [{ status: 'requested' }, 'queued'],
    [{ status: 'completed', conclusion: 'timed_out' }, 'failed'],
    [{ status: 'completed', conclusion: 'startup_failure' }, 'failed'],
    [{ status: 'completed', conclusion: 'action_required' }, 'blocked'],
    [{ status: 'completed', conclusion: 'neutral' }, 'unstable'],
    [{ status: 'completed', conclusion: 'skipped' }, 'skipped'],
    [{ status: 'completed', conclusion: 'unheard-of' }, 'unstable'],
    [{ status: 'completed', conclusion: null }, 'running'],
    [{ status: 'unheard-of' }, 'running'],
  ])('reads %j as %s', async (told, state) => {
    const client = await start();
    fake.faults.plan({ kind: 'answer', status: 200, json: { id: 7, ...told } });
    expect(await client.status({ project: 'acme/app', pipeline: 'build.yml', id: '7' })).toMatchObject({
      state,
    });
  });
});

describe('GitHub: Gitea', () => {
  it('is told by its address, and does what it can', async () => {
    const client = await start({ gitea: true });
    expect(await client.health()).toMatchObject({ version: '1.26.0' });
    const { reference } = await client.trigger(request());
    expect((await client.executions(fake.target, {})).items).toHaveLength(1);
    expect(await client.cancel(reference)).toMatchObject({ unsupported: 'cancel' });
    const since = Date.now() - 1_000;
    const found = await client.find({ ...fake.target, key: 'key-7', keyInput: 'sluice_key', since });
    expect(found).toMatchObject({ outcome: 'found' });
    expect(fake.requests.every(({ path }) => path.startsWith('/api/v1/'))).toBe(true);
  });

  it('looks no further back than it has to, whatever else was started', async () => {
    const client = await start({ gitea: true, pageSize: 1 });
    for (let index = 0; index < 8; index += 1) fake.executions.start({ ...fake.unkeyed, inputs: {} });
    const since = Date.now() + 120_000;
    const found = await client.find({ ...fake.target, key: 'key-7', keyInput: 'sluice_key', since });
    expect(found).toEqual({ outcome: 'absent' });
    expect(fake.requests).toHaveLength(1);
  });

  it('reads runs of which little is told', async () => {
    const client = await start({ gitea: true });
    const json = {
      id: 3,
      path: 'build.yml@refs/heads/main',
      display_title: 'Build',
      status: 'queued',
      run_attempt: 0,
      started_at: '0001-01-01T00:00:00Z',
      completed_at: '1970-01-01T00:00:00Z',
    };
    fake.faults.plan({ kind: 'answer', status: 200, json });
    const run = await client.status({ project: 'acme/app', pipeline: 'build.yml', id: '3' });
    expect(run).toEqual({
      reference: { project: 'acme/app', pipeline: 'build.yml', id: '3' },
      attempt: 1,
      state: 'queued',
      native: 'queued',
      title: 'Build',
      url: '',
    });
  });
});
