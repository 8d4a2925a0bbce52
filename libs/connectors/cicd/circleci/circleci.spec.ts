import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionReference } from '#contracts/cicd/execution.js';
import type { Connection } from '../connection.js';
import { isUnsupported, type LogPart, type OrUnsupported, type PlatformClient } from '../platform.js';
import { uuidOf } from '../testing/circleci-shapes.js';
import { DEFINITION, type FakeCircleCi, startFakeCircleCi } from '../testing/fake-circleci.js';
import { connectTo, type TestedConnection } from '../testing/fake-connection.js';
import { type FakeRequest, startFakeServer } from '../testing/fake-server.js';
import { describePlatformContract } from '../testing/platform-contract.js';
import { circleci } from './circleci.js';

describePlatformContract(circleci, startFakeCircleCi);

let fake: FakeCircleCi;
let tested: TestedConnection;
let client: PlatformClient;

beforeEach(async () => {
  fake = await startFakeCircleCi();
  use();
});

afterEach(async () => {
  await tested.close();
  await fake.close();
});

function use(way: Parameters<typeof connectTo>[1] = {}): void {
  tested = connectTo(fake, way);
  client = circleci.connect(tested.connection);
}

const start = (more: Partial<Parameters<PlatformClient['trigger']>[0]> = {}) =>
  client.trigger({ ...fake.target, inputs: {}, key: 'key-1', keyInput: 'sluice_key', ...more });

const asks = (end: string) => ({ when: ({ path }: FakeRequest) => path.endsWith(end) });

const require = <T>(answer: OrUnsupported<T>): T => {
  if (isUnsupported(answer)) throw new Error(answer.instead);
  return answer;
};

async function textOf(part: OrUnsupported<LogPart>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const bytes of require(part).bytes) parts.push(bytes);
  return Buffer.concat(parts).toString('utf8');
}

describe('the state of a pipeline is that of all its workflows', () => {
  let reference: ExecutionReference;

  beforeEach(async () => {
    ({ reference } = await start());
    fake.executions.advance(fake.executions.list[0]!.id, 'running');
    await client.status(reference);
  });

  type Told = readonly [name: string, status: string, createdAt: string, tag?: string];

  async function statusOf(...workflows: readonly Told[]) {
    const items = workflows.map(([name, status, created_at, tag], index) => {
      const stopped_at = ['running', 'on_hold', 'failing'].includes(status)
        ? null
        : `2026-01-01T01:0${index}:00Z`;
      return {
        id: `w-${index}`,
        name,
        status,
        created_at: `2026-01-01T00:0${created_at}:00Z`,
        stopped_at,
        tag,
      };
    });
    fake.faults.plan({ kind: 'answer', status: 200, json: { items, next_page_token: null } });
    return client.status(reference);
  }

  it.each([
    [['success', 'success'], 'succeeded', 'success'],
    [['success', 'failed'], 'failed', 'success, failed'],
    [['failed', 'running'], 'running', 'failed, running'],
    [['success', 'failing'], 'running', 'success, failing'],
    [['failed', 'on_hold'], 'blocked', 'failed, on_hold'],
    [['canceled', 'success'], 'canceled', 'canceled, success'],
    [['error', 'success'], 'failed', 'error, success'],
    [['unauthorized', 'success'], 'failed', 'unauthorized, success'],
    [['not_run', 'not_run'], 'skipped', 'not_run'],
    [['not_run', 'success'], 'succeeded', 'not_run, success'],
    [['napping', 'success'], 'running', 'napping, success'],
  ])('%j: %s', async ([first, second], state, native) => {
    expect(await statusOf(['a', first!, '1'], ['b', second!, '2'])).toMatchObject({ state, native });
  });

  it('counts the last of those with one name', async () => {
    const execution = await statusOf(['a', 'success', '3'], ['b', 'success', '2'], ['a', 'failed', '1']);
    expect(execution).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(execution.endedAt).toBe(Date.UTC(2026, 0, 1, 1, 1));
  });

  it('takes one request', async () => {
    const before = fake.requests.length;
    await client.status(reference);
    expect(fake.requests.length - before).toBe(1);
  });

  it('is running behind a setup that went well, and failed behind one that did not', async () => {
    const json = { id: reference.id, number: 1, project_slug: 'gh/acme/app', state: 'setup', errors: [] };
    use();
    for (const [status, state] of [
      ['success', 'running'],
      ['failed', 'failed'],
    ] as const) {
      fake.faults.plan({ kind: 'answer', status: 200, json }, asks(reference.id));
      const items = [{ id: 'w', name: 'setup', status, created_at: '2026-01-01T00:00:00Z', tag: 'setup' }];
      fake.faults.plan({ kind: 'answer', status: 200, json: { items } }, asks('/workflow'));
      expect(await client.status(reference)).toMatchObject({ state });
    }
  });

  it.each([
    ['errored', 1, 'failed', 'errored: Config is wrong'],
    ['pending', 90, 'queued', 'pending'],
    ['created', 1, 'queued', 'created'],
    ['created', 90, 'skipped', 'created'],
  ])('%s for %d minutes without a workflow: %s', async (told, minutes, state, native) => {
    const created_at = new Date(Date.now() - minutes * 60_000).toISOString();
    const errors = told === 'errored' ? [{ type: 'config', message: 'Config is wrong' }] : [];
    const json = {
      id: reference.id,
      number: 1,
      project_slug: 'gh/acme/app',
      state: told,
      errors,
      created_at,
    };
    use();
    fake.faults.plan({ kind: 'answer', status: 200, json }, asks(reference.id));
    fake.faults.plan({ kind: 'answer', status: 200, json: { items: [] } }, asks('/workflow'));
    expect(await client.status(reference)).toMatchObject({ state, native });
  });

  it('is queued again while the workflow of a rerun is not listed yet', async () => {
    fake.executions.advance(fake.executions.list[0]!.id, 'failed');
    const before = await client.status(reference);
    const items = [
      { id: uuidOf('workflow', 1), name: 'ci', status: 'failed', created_at: '2026-01-01T00:00:00Z' },
    ];
    const old = { kind: 'answer', status: 200, json: { items } } as const;
    fake.faults.plan(old, { ...asks('/workflow'), times: 3 });
    expect(before).toMatchObject({ state: 'failed', attempt: 1 });
    expect(await client.retry(reference, 'failed')).toMatchObject({ state: 'queued', attempt: 2 });
    expect(await client.status(reference)).toMatchObject({ state: 'queued', attempt: 2 });
    expect(await client.status(reference)).toMatchObject({ state: 'running', attempt: 2 });
  });

  it('reruns what failed from there, and all of everything', async () => {
    fake.executions.advance(fake.executions.list[0]!.id, 'failed');
    await client.retry(reference, 'failed');
    fake.executions.advance(fake.executions.list[0]!.id, 'succeeded');
    await client.retry(reference, 'all');
    const reruns = fake.requests.filter(({ path }) => path.endsWith('/rerun'));
    expect(reruns.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ from_failed: true }, {}]);
    const jobs = await client.jobs(reference);
    expect(jobs.map(({ name, attempt, stage }) => [name, attempt, stage])).toEqual([
      ['build', 3, 'ci'],
      ['test', 3, 'ci'],
    ]);
  });
});

describe('cancel', () => {
  it('waits for a pipeline that has no workflow yet', async () => {
    const { reference } = await start();
    await client.cancel(reference);
    expect(fake.executions.list[0]!.state).toBe('canceled');
  });

  it('cancels every workflow that goes on', async () => {
    const { reference } = await start();
    const items = ['running', 'success', 'on_hold'].map((status, at) => ({
      id: `w${at}`,
      name: `n${at}`,
      status,
    }));
    fake.faults.plan({ kind: 'answer', status: 200, json: { items } }, asks('/workflow'));
    fake.faults.plan({ kind: 'answer', status: 202, json: {} }, { ...asks('/cancel'), times: 2 });
    await client.cancel(reference);
    const canceled = fake.requests.filter(({ path }) => path.endsWith('/cancel'));
    expect(canceled.map(({ path }) => path).sort()).toEqual([
      '/api/v2/workflow/w0/cancel',
      '/api/v2/workflow/w2/cancel',
    ]);
  });
});

describe('jobs and their logs', () => {
  let reference: ExecutionReference;
  let id: string;

  beforeEach(async () => {
    ({ reference } = await start());
    ({ id } = fake.executions.list[0]!);
    fake.executions.advance(id, 'running');
  });

  const firstJob = async () => (await client.jobs(reference))[0]!.id;

  it('what waited for a job that failed was not to be done', async () => {
    const workflows = [{ id: 'w', name: 'ci', status: 'failed', created_at: '2026-01-01T00:00:00Z' }];
    const jobs = ['failed', 'blocked', 'success'].map((status) => ({ id: status, name: status, status }));
    fake.faults.plan({ kind: 'answer', status: 200, json: { items: workflows } }, asks('/workflow'));
    fake.faults.plan({ kind: 'answer', status: 200, json: { items: jobs } }, asks('/job'));
    expect((await client.jobs(reference)).map(({ state }) => state)).toEqual([
      'failed',
      'skipped',
      'succeeded',
    ]);
  });

  it('an approval holds the pipeline up, and has no log', async () => {
    const items = [{ id: 'approval', name: 'release?', type: 'approval', status: 'on_hold' }];
    fake.faults.plan({ kind: 'answer', status: 200, json: { items } }, { ...asks('/job'), times: 2 });
    expect(await client.jobs(reference)).toMatchObject([{ state: 'blocked', native: 'on_hold' }]);
    const part = require(await client.logs(reference, 'approval', 0));
    expect([await textOf(part), part.complete]).toEqual(['', false]);
  });

  it('what was written before is asked for no more', async () => {
    const job = await firstJob();
    const { log } = fake.executions.jobOf(id, 'build');
    log.write('first ✓\n');
    expect(await textOf(await client.logs(reference, job, 0))).toBe('first ✓\n');
    log.write('second\n');
    const before = fake.requests.length;
    expect(await textOf(await client.logs(reference, job, 10))).toBe('second\n');
    const outputs = fake.requests.slice(before).filter(({ path }) => path.startsWith('/output/'));
    expect(outputs.map(({ path }) => path.slice(-2))).toEqual(['/1']);
  });

  it('the address of an output is asked without the token', async () => {
    fake.executions.jobOf(id, 'build').log.write('x');
    await textOf(await client.logs(reference, await firstJob(), 0));
    const output = fake.requests.find(({ path }) => path.startsWith('/output/'))!;
    expect(output.headers['circle-token']).toBeUndefined();
    expect(output.status).toBe(200);
  });

  it.each([
    ['no list', '{}'],
    ['half a list', '[{"message":"a'],
    ['a page', '<html>'],
    ['nothing', ''],
  ])('an output that is %s is an error of the platform', async (_what, body) => {
    fake.executions.jobOf(id, 'build').log.write('x');
    const when = ({ path }: FakeRequest) => path.startsWith('/output/');
    fake.faults.plan({ kind: 'answer', status: 200, body }, { when });
    const job = await firstJob();
    await expect(client.logs(reference, job, 0).then(textOf)).rejects.toMatchObject({
      code: 'platform-answer-invalid',
    });
  });

  it('an output that has expired is told of by its job', async () => {
    fake.executions.jobOf(id, 'build').log.write('x');
    const when = ({ path }: FakeRequest) => path.startsWith('/output/');
    fake.faults.plan({ kind: 'answer', status: 403, body: 'AccessDenied' }, { when });
    const job = await firstJob();
    await expect(client.logs(reference, job, 0).then(textOf)).rejects.toMatchObject({
      message: expect.stringContaining('output of a step'),
    });
  });

  it('a job of no such name is not found', async () => {
    await expect(client.steps(reference, 'none')).rejects.toMatchObject({ code: 'platform-not-found' });
  });
});

describe('artifacts', () => {
  let reference: ExecutionReference;

  beforeEach(async () => {
    ({ reference } = await start());
    const { id } = fake.executions.list[0]!;
    fake.executions.advance(id, 'succeeded');
    fake.executions.addArtifact(id, '../out/report.html', Buffer.from('<p>'));
  });

  it('are files with the path that the job gave them', async () => {
    const [artifact] = require(await client.artifacts(reference));
    expect(artifact).toMatchObject({ name: '../out/report.html', form: 'file', expired: false });
  });

  it('at another host are asked for without the token where the way is open to all', async () => {
    const other = await startFakeServer(() => ({ status: 200, body: 'bytes' }));
    try {
      const [artifact] = require(await client.artifacts(reference));
      const items = [{ path: '../out/report.html', node_index: 0, url: `${other.url}/x` }];
      use({ options: { artifactHosts: ['127.0.0.1'] } });
      fake.faults.plan({ kind: 'answer', status: 200, json: { items } }, asks('/artifacts'));
      await client.download(reference, artifact!);
      // Named or not, what is not encrypted gets no token.
      expect(other.requests[0]!.headers['circle-token']).toBeUndefined();
    } finally {
      await other.close();
    }
  });

  it.each([
    ['https://circleci.com', 'https://output.circle-artifacts.com/a', true],
    ['https://circleci.com', 'https://circleci.com/a', true],
    ['https://circleci.com', 'http://output.circle-artifacts.com/a', false],
    ['https://circleci.com', 'https://circle-artifacts.com.evil.example/a', false],
    ['https://circleci.com', 'https://evilcircle-artifacts.com/a', false],
    ['https://circleci.com', 'https://user@output.circle-artifacts.com.evil.example/a', false],
    ['https://circleci.com', 'https://kept.example/a', true],
    ['https://circleci.com', 'http://kept.example/a', false],
    ['https://ci.example', 'https://output.circle-artifacts.com/a', false],
    ['https://ci.example', 'https://ci.example:8443/a', false],
    ['https://ci.example', 'not an address', false],
  ])('of %s at %s: whether the token goes there', async (baseUrl, url, goes) => {
    const items = [{ path: 'f', node_index: 0, url }];
    const body = Buffer.from(JSON.stringify({ items }));
    const sentThere: Readonly<Record<string, string>>[] = [];
    const connection: Connection = {
      ...tested.connection,
      baseUrl,
      options: { artifactHosts: ['kept.example'] },
      send: async () => ({ status: 200, headers: { 'content-type': 'application/json' }, body }),
      async stream({ headers }) {
        sentThere.push(headers);
        return { status: 200, headers: {}, body: (async function* () {})() };
      },
    };
    const artifact = { id: '7/0/f', name: 'f', form: 'file', expired: false } as const;
    await circleci.connect(connection).download(reference, artifact);
    expect(sentThere.map((headers) => 'circle-token' in headers)).toEqual([goes]);
  });

  it.each(['', 'x', '1/0/none', '../../me'])('one called %j is gone', async (id) => {
    const artifact = { id, name: 'n', form: 'file', expired: false } as const;
    await expect(client.download(reference, artifact)).rejects.toMatchObject({ code: 'artifact-expired' });
  });
});

describe('addresses', () => {
  it.each(['', '/api/v2'])('a base URL may end in %j', async (ending) => {
    use({ baseUrl: `${fake.url}${ending}` });
    expect(await client.health()).toEqual({ account: 'robot', missing: [] });
    expect(require(await client.projects({ text: 'APP' })).items).toMatchObject([
      { name: 'gh/acme/app', title: 'acme/app', defaultBranch: 'main' },
    ]);
    expect(fake.requests.map(({ path }) => path)).toEqual(['/api/v2/me', '/api/v1.1/projects']);
  });

  it('people look at a pipeline in the web app', async () => {
    const { url } = await start();
    expect(url).toBe(`${fake.url}/pipelines/github/acme/app/1`);
  });

  it.each(['acme/app', 'gh/../app', 'gh//app', 'gh/a/b/c', '.', 'gh/a/\ud800'])(
    '%j is no slug, and asked for nowhere',
    async (project) => {
      await expect(client.branches(project, {})).rejects.toMatchObject({ code: 'platform-not-found' });
      await expect(start({ project, pipeline: DEFINITION })).rejects.toMatchObject({
        code: 'platform-not-found',
      });
      expect(fake.requests).toEqual([]);
    },
  );

  it('names with spaces and letters of all kinds are encoded', async () => {
    await expect(client.branches('gh/a b/ö?#%', {})).rejects.toMatchObject({ code: 'platform-not-found' });
    expect(fake.requests[0]!.path).toBe('/api/v2/project/gh%2Fa%20b%2F%C3%B6%3F%23%25/pipeline');
  });
});

describe('lists', () => {
  it('of executions ask for none that was over before', async () => {
    for (const ref of ['main', 'next']) fake.executions.start({ pipeline: '', ref, inputs: {} });
    const [first] = fake.executions.list;
    fake.executions.advance(first!.id, 'succeeded');
    expect((await client.executions(fake.target, { since: 0 })).items).toHaveLength(2);
    const before = fake.requests.length;
    const since = Date.now() + 60_000;
    expect((await client.executions(fake.target, { since })).items).toEqual([]);
    // The list, and the one that goes on.
    expect(fake.requests.length - before).toBe(2);
  });

  it('go on from where a page ended', async () => {
    for (let count = 0; count < 23; count += 1)
      fake.executions.start({ pipeline: '', ref: `b${count}`, inputs: {}, trigger: 'push' });
    const first = require(await client.branches('gh/acme/app', {}));
    expect(first.items).toHaveLength(21);
    const second = require(await client.branches('gh/acme/app', { cursor: first.next! }));
    expect(second.items.map(({ name }) => name)).toEqual(['b2', 'b1', 'b0']);
    expect(second.next).toBeUndefined();
  });

  it('end, though a server gives the same page for ever', async () => {
    const json = { items: [], next_page_token: 'again' };
    fake.faults.plan({ kind: 'answer', status: 200, json }, { times: 100 });
    await client.jobs({ project: 'gh/acme/app', pipeline: '', id: 'p' });
    expect(fake.requests.length).toBeLessThanOrEqual(2);
  });
});
