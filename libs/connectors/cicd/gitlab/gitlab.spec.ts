import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionReference } from '#contracts/cicd/execution.js';
import { isUnsupported, type LogPart, type OrUnsupported, type PlatformClient } from '../platform.js';
import { connectTo, type TestedConnection } from '../testing/fake-connection.js';
import { type FakeGitLab, startFakeGitLab } from '../testing/fake-gitlab.js';
import { describePlatformContract } from '../testing/platform-contract.js';
import { gitlab } from './gitlab.js';

describePlatformContract(gitlab, startFakeGitLab);

let fake: FakeGitLab;
let tested: TestedConnection;
let client: PlatformClient;

beforeEach(async () => {
  fake = await startFakeGitLab();
  use();
});

afterEach(async () => {
  await tested.close();
  await fake.close();
});

function use(way: Parameters<typeof connectTo>[1] = {}): void {
  tested = connectTo(fake, way);
  client = gitlab.connect(tested.connection);
}

const start = (more: Partial<Parameters<PlatformClient['trigger']>[0]> = {}) =>
  client.trigger({ ...fake.target, inputs: {}, key: 'key-1', keyInput: 'sluice_key', ...more });

const find = (more: Partial<Parameters<PlatformClient['find']>[0]> = {}) =>
  client.find({ ...fake.target, key: 'key-1', keyInput: 'sluice_key', since: Date.now() - 1_000, ...more });

const sentBody = () => JSON.parse(fake.requests.findLast((each) => fake.isTrigger(each))!.body) as unknown;

const require = <T>(answer: OrUnsupported<T>): T => {
  if (isUnsupported(answer)) throw new Error(answer.instead);
  return answer;
};

async function textOf(part: OrUnsupported<LogPart>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const bytes of require(part).bytes) parts.push(bytes);
  return Buffer.concat(parts).toString('utf8');
}

describe('what a start takes', () => {
  it('sends inputs as inputs, by their types, and everything else as variables', async () => {
    await start({ inputs: { environment: 'production', replicas: '3', GREETING: 'hi', LEVEL: 7 } });
    expect(sentBody()).toEqual({
      ref: 'main',
      inputs: { environment: 'production', replicas: 3 },
      variables: [
        { key: 'GREETING', value: 'hi' },
        { key: 'LEVEL', value: '7' },
        { key: 'sluice_key', value: 'key-1' },
      ],
    });
  });

  it('sends a declared key by both ways: an input cannot be read again', async () => {
    fake.manner.ciFile = 'spec: { inputs: { sluice_key: { default: "" } } }\n---\nbuild: { script: make }\n';
    await start();
    expect(sentBody()).toEqual({
      ref: 'main',
      inputs: { sluice_key: 'key-1' },
      variables: [{ key: 'sluice_key', value: 'key-1' }],
    });
  });

  it.each(['{ type: number, default: 1 }', '{ type: array, default: [] }', '{ options: [a], default: a }'])(
    'keeps the key out of an input that takes something else: %s',
    async (spec) => {
      fake.manner.ciFile = `spec: { inputs: { sluice_key: ${spec} } }\n---\nbuild: { script: make }\n`;
      await start();
      expect(sentBody()).toEqual({ ref: 'main', variables: [{ key: 'sluice_key', value: 'key-1' }] });
    },
  );

  it('starts at the default branch where none is named', async () => {
    const { ref: _ref, ...target } = fake.target;
    const execution = await client.trigger({ ...target, inputs: {}, key: 'k', keyInput: 'sluice_key' });
    expect(execution).toMatchObject({ ref: 'main', state: 'queued', native: 'created', key: 'k' });
  });

  it.each([
    ['what is required', 'spec: { inputs: { zone: {} } }\n---\nb: { script: x }', {}, 'zone is missing'],
    ['a truth', 'spec: { inputs: { dry: { type: boolean } } }\n---\nb: { script: x }', { dry: 'no' }, 'dry'],
    ['a list', 'spec: { inputs: { on: { type: array } } }\n---\nb: { script: x }', { on: '{}' }, 'on is not'],
    ['a choice', 'variables: { A: { description: d, options: [x, y] } }', { A: 'z' }, 'A is none of x, y'],
  ])('checks %s before it sends anything', async (_what, ciFile, inputs, words) => {
    fake.manner.ciFile = ciFile;
    await expect(start({ inputs })).rejects.toMatchObject({
      code: 'pipeline-inputs-refused',
      message: expect.stringContaining(words),
    });
    expect(fake.requests.some((each) => fake.isTrigger(each))).toBe(false);
  });

  it.each([
    ['is not there', undefined],
    ['is no YAML', 'a: [b'],
    ['is far too large', `a: ${'x'.repeat(600 * 1024)}`],
  ])('leaves the judgement to GitLab where the CI file %s', async (_why, ciFile) => {
    fake.manner.ciFile = ciFile;
    await start({ inputs: { A: 'x' } });
    expect(sentBody()).toMatchObject({ variables: [{ key: 'A', value: 'x' }, { key: 'sluice_key' }] });
    await expect(start({ inputs: { 'not-there': 'x' } })).rejects.toMatchObject({
      code: 'pipeline-inputs-refused',
      message: expect.stringContaining('not-there'),
    });
  });

  it('does not look for a CI file at another host', async () => {
    fake.manner.ciPath = 'https://elsewhere.example/ci.yml';
    expect(isUnsupported(await client.inputs(fake.target))).toBe(true);
    expect(fake.requests.some(({ path }) => path.includes('/files/'))).toBe(false);
  });

  it('names what may be given', async () => {
    expect(await client.inputs(fake.target)).toEqual([
      {
        name: 'environment',
        type: 'choice',
        required: false,
        default: 'staging',
        choices: ['staging', 'production'],
        description: 'Where to',
      },
      { name: 'replicas', type: 'number', required: false, default: 1 },
      { name: 'GREETING', type: 'text', required: false, default: 'hello', description: 'What it says' },
    ]);
  });

  it('starts without the key where nobody may set variables, and is then found as uncertain', async () => {
    fake.manner.refusesVariables = true;
    const execution = await start({ inputs: { environment: 'production' } });
    expect(execution.key).toBeUndefined();
    expect(sentBody()).toEqual({ ref: 'main', inputs: { environment: 'production' } });
    expect(await find()).toMatchObject({
      outcome: 'uncertain',
      candidates: [{ reference: execution.reference }],
    });
    await expect(start({ inputs: { GREETING: 'hi' } })).rejects.toMatchObject({
      code: 'pipeline-inputs-refused',
    });
    expect(fake.executions.list).toHaveLength(1);
  });

  it.each([
    ['Pipeline will not run for the selected trigger. The rules prevented any jobs.', 'pipeline-not-started'],
    ['Pipeline filtered out by workflow rules.', 'pipeline-not-started'],
    ['jobs:build config should implement a script', 'platform-refused'],
  ])('tells why nothing was started: %s', async (words, code) => {
    const json = { message: { base: [words] } };
    fake.faults.plan({ kind: 'answer', status: 400, json }, { when: (each) => fake.isTrigger(each) });
    await expect(start()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('knows no pipeline but the one, which its file names too', async () => {
    await expect(start({ pipeline: 'deploy.yml' })).rejects.toMatchObject({
      code: 'platform-not-found',
      message: expect.stringContaining('.gitlab-ci.yml'),
    });
    expect((await start({ pipeline: '.gitlab-ci.yml' })).state).toBe('queued');
  });
});

describe('what was started is found again', () => {
  it('by its variable, past others that came later', async () => {
    const { reference } = await start();
    await start({ key: 'key-2' });
    fake.executions.start({ pipeline: '', ref: 'main', inputs: {}, trigger: 'push' });
    expect(await find()).toMatchObject({ outcome: 'found', execution: { reference, key: 'key-1' } });
    expect(await find({ key: 'key-3' })).toEqual({ outcome: 'absent' });
  });

  it('by the name of the pipeline, without a look at its variables', async () => {
    const created_at = new Date().toISOString();
    const json = [
      { id: 5, status: 'running', source: 'api', name: 'Release key-1', created_at, web_url: '' },
    ];
    fake.faults.plan({ kind: 'answer', status: 200, json });
    expect(await find()).toMatchObject({ outcome: 'found', execution: { title: 'Release key-1' } });
    expect(fake.requests).toHaveLength(1);
  });

  it('is uncertain where variables are not shown', async () => {
    await start();
    const when = ({ path }: { path: string }) => path.endsWith('/variables');
    fake.faults.plan({ kind: 'answer', status: 403, json: { message: '403 Forbidden' } }, { when });
    expect((await find()).outcome).toBe('uncertain');
  });

  it('does not take for it what came long before, though an old server filters nothing', async () => {
    const json = [
      { id: 9, status: 'success', created_at: '2001-01-01T00:00:00Z', web_url: '' },
      { id: 8, status: 'success', created_at: '2001-01-01T00:00:00Z', web_url: '' },
    ];
    fake.faults.plan({ kind: 'answer', status: 200, json });
    expect(await find()).toEqual({ outcome: 'absent' });
  });
});

describe('jobs', () => {
  it('are those of the last attempt, each with the count of its tries', async () => {
    const { reference } = await start();
    fake.executions.advance(reference.id, 'failed');
    const before = await client.jobs(reference);
    expect(before.map(({ name, state, attempt }) => [name, state, attempt])).toEqual([
      ['build', 'succeeded', 1],
      ['test', 'failed', 1],
    ]);
    expect(require(await client.retry(reference, 'failed'))).toMatchObject({ reference, state: 'queued' });
    const after = await client.jobs(reference);
    expect(after.map(({ name, state, attempt }) => [name, state, attempt])).toEqual([
      ['build', 'succeeded', 1],
      ['test', 'queued', 2],
    ]);
    expect(after[1]!.id).not.toBe(before[1]!.id);
  });

  it('hold those of child pipelines, and name the child', async () => {
    const { reference } = await start();
    const child = fake.addChild(reference.id);
    const jobs = await client.jobs(reference);
    expect(jobs.map(({ name }) => name)).toEqual(['build', 'test', 'child-0', 'build', 'test']);
    expect(jobs[2]!.child).toEqual({ ...reference, id: child.id });
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(jobs.length);
    expect(await textOf(await client.logs(reference, jobs[2]!.id, 0))).toBe('');
    await client.cancel(reference);
    expect((await client.jobs(reference)).every(({ state }) => state === 'canceled')).toBe(true);
  });

  it('of another project stand by themselves', async () => {
    const { reference } = await start();
    const bridge = {
      id: 9_000,
      name: 'deploy',
      status: 'success',
      pipeline: { id: Number(reference.id), project_id: 71 },
      downstream_pipeline: { id: 4, project_id: 72, status: 'running' },
    };
    const when = ({ path }: { path: string }) => path.endsWith('/bridges');
    fake.faults.plan({ kind: 'answer', status: 200, json: [bridge] }, { when });
    const jobs = await client.jobs(reference);
    expect(jobs.at(-1)).toMatchObject({ name: 'deploy', child: { project: '72', pipeline: '', id: '4' } });
    expect(fake.requests.some(({ path }) => path.includes('/projects/72'))).toBe(false);
  });

  it('end where a child claims to be its own parent', async () => {
    const { reference } = await start();
    const bridge = (id: number) => ({
      id,
      name: 'round',
      status: 'success',
      downstream_pipeline: { id: Number(reference.id), status: 'running' },
    });
    const when = ({ path }: { path: string }) => path.endsWith('/bridges');
    fake.faults.plan({ kind: 'answer', status: 200, json: [bridge(1)] }, { when, times: 50 });
    expect(await client.jobs(reference)).toHaveLength(3);
  });

  it('that are manual hold the pipeline up, unless they may fail', async () => {
    const { reference } = await start();
    fake.executions.advance(reference.id, 'blocked');
    expect(await client.status(reference)).toMatchObject({ state: 'blocked', native: 'manual' });
    const job = { id: 1, name: 'by hand', status: 'manual', allow_failure: true };
    const when = ({ path }: { path: string }) => path.endsWith('/jobs');
    fake.faults.plan({ kind: 'answer', status: 200, json: [job] }, { when });
    expect(await client.jobs(reference)).toMatchObject([
      { state: 'skipped', native: 'manual', mayFail: true },
    ]);
  });

  it('have no steps, and no retry of all', async () => {
    const reference = fake.referenceOf('1');
    expect(await client.steps(reference, '1')).toMatchObject({ unsupported: 'steps' });
    expect(await client.retry(reference, 'all')).toMatchObject({ unsupported: 'retry-all' });
    expect(fake.requests).toHaveLength(0);
  });
});

describe('logs', () => {
  let reference: ExecutionReference;
  let job: string;

  beforeEach(async () => {
    ({ reference } = await start());
    const log = fake.executions.jobOf(reference.id, 'build');
    job = log.id;
    log.log.write('one\ntwo ✓\n');
  });

  it('go on from an offset, though GitLab sends the whole', async () => {
    fake.executions.advance(reference.id, 'running');
    expect(await textOf(await client.logs(reference, job, 0))).toBe('one\ntwo ✓\n');
    const part = await client.logs(reference, job, 4);
    expect(require(part).complete).toBe(false);
    expect(await textOf(part)).toBe('two ✓\n');
    expect(await textOf(await client.logs(reference, job, 1_000))).toBe('');
    expect(fake.requests.findLast(({ path }) => path.endsWith('/trace'))!.headers).toMatchObject({
      'accept-encoding': 'identity',
      range: 'bytes=1000-',
    });
  });

  it('take a part where a server sends one, and nothing where there is none', async () => {
    const when = ({ path }: { path: string }) => path.endsWith('/trace');
    fake.faults.plan({ kind: 'answer', status: 206, body: 'two' }, { when });
    expect(await textOf(await client.logs(reference, job, 4))).toBe('two');
    fake.faults.plan({ kind: 'answer', status: 416, body: 'no' }, { when });
    expect(await textOf(await client.logs(reference, job, 400))).toBe('');
  });

  it('are complete once the job was over before they were asked for', async () => {
    fake.executions.advance(reference.id, 'succeeded');
    expect(require(await client.logs(reference, job, 0)).complete).toBe(true);
  });

  it('of a job that is nowhere are not found', async () => {
    await expect(client.logs(reference, '77', 0)).rejects.toMatchObject({ code: 'platform-not-found' });
  });
});

describe('artifacts', () => {
  it('carry the name of the job where they have none of their own', async () => {
    const { reference } = await start();
    fake.executions.addArtifact(reference.id, 'artifacts', Buffer.from('PK1'));
    fake.executions.addArtifact(reference.id, 'site', Buffer.from('PK22')).expired = true;
    const jobs = await client.jobs(reference);
    const artifacts = require(await client.artifacts(reference));
    expect(artifacts).toEqual([
      { id: jobs[0]!.id, name: 'build', form: 'archive', job: jobs[0]!.id, expired: false, size: 3 },
      { id: jobs[1]!.id, name: 'test', form: 'archive', job: jobs[1]!.id, expired: true },
    ]);
    await expect(client.download(reference, artifacts[1]!)).rejects.toMatchObject({
      code: 'artifact-expired',
    });
  });
});

describe('artifacts of a child pipeline', () => {
  it('are listed with those of its parent', async () => {
    const { reference } = await start();
    const child = fake.addChild(reference.id);
    fake.executions.addArtifact(child.id, 'report', Buffer.from('PK'));
    const [artifact, ...others] = require(await client.artifacts(reference));
    expect([artifact!.name, artifact!.job, others]).toEqual(['report', child.jobs[0]!.id, []]);
    const parts: Uint8Array[] = [];
    for await (const part of require(await client.download(reference, artifact!))) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('PK');
  });
});

describe('addresses', () => {
  it.each(['/api/v4', ''])('a base URL may end in %j', async (ending) => {
    use({ baseUrl: `${fake.url}${ending}` });
    expect(await client.health()).toEqual({ account: 'robot', version: '18.5.1-ee', missing: [] });
  });

  it('a project by its number becomes its path, as events name it', async () => {
    expect((await start({ project: '71' })).reference.project).toBe('acme/tools/app');
    const { reference } = await start({ key: 'key-9' });
    expect((await client.status({ ...reference, project: '71' })).reference).toEqual(reference);
  });

  it.each([
    ['acme/a b/ö✓', '/api/v4/projects/acme%2Fa%20b%2F%C3%B6%E2%9C%93'],
    ['acme/../app', '/api/v4/projects/acme%2F..%2Fapp'],
    ['a?b#c%2F', '/api/v4/projects/a%3Fb%23c%252F'],
  ])('%s is one part of the path', async (project, path) => {
    await expect(client.pipelines(project, {})).rejects.toMatchObject({ code: 'platform-not-found' });
    expect(fake.requests.map((each) => each.path)).toEqual([path]);
  });

  it.each(['', '.', '..', '\ud800', 'x'.repeat(1_001)])('%j is asked for nowhere', async (project) => {
    await expect(client.pipelines(project, {})).rejects.toMatchObject({ code: 'platform-not-found' });
    await expect(client.status({ project: 'a', pipeline: '', id: project })).rejects.toMatchObject({
      code: 'platform-not-found',
    });
    expect(fake.requests).toHaveLength(0);
  });

  it('branches and files with slashes are encoded', async () => {
    fake.manner.ciPath = 'ci/my file.yml';
    await client.inputs({ ...fake.target, ref: 'feature/a b' });
    expect(fake.requests.at(-1)!.target).toBe(
      '/api/v4/projects/acme%2Ftools%2Fapp/repository/files/ci%2Fmy%20file.yml/raw?ref=feature%2Fa+b',
    );
  });

  it('a token that only reads is told so', async () => {
    fake.withdrawPermission();
    expect((await client.health()).missing).toEqual(['api']);
  });

  it('a bearer token goes into Authorization', async () => {
    use({ auth: { type: 'bearer', secret: 'vault:gitlab/token' } });
    await expect(client.health()).rejects.toMatchObject({ code: 'platform-auth-refused' });
    expect(fake.requests[0]!.headers['authorization']).toMatch(/^Bearer glpat-/);
    expect(fake.requests[0]!.headers['private-token']).toBeUndefined();
  });
});

describe('lists', () => {
  it('are followed by what the server links to', async () => {
    for (let count = 0; count < 23; count += 1)
      fake.executions.start({ pipeline: '', ref: 'main', inputs: {}, trigger: 'push' });
    const first = await client.executions(fake.target, {});
    expect(first.items).toHaveLength(20);
    const second = await client.executions(fake.target, { cursor: first.next! });
    expect(second).toMatchObject({ items: [{}, {}, {}] });
    expect(second.next).toBeUndefined();
  });

  it('tell of begin and end of what has begun', async () => {
    const { reference } = await start();
    fake.executions.advance(reference.id, 'succeeded');
    const { items } = await client.executions(fake.target, { since: 0 });
    expect(items).toMatchObject([{ startedAt: expect.any(Number), endedAt: expect.any(Number) }]);
  });

  it('end, though a server links to the same page for ever', async () => {
    const headers = { link: '<https://x.example/?page=2>; rel="next"' };
    fake.faults.plan({ kind: 'answer', status: 200, json: [], headers }, { times: 100 });
    await client.jobs(fake.referenceOf('1'));
    expect(fake.requests.length).toBeLessThanOrEqual(6);
  });

  it('take no more of a cursor than where the page begins', async () => {
    await client.projects({ cursor: 'page=2&private_token=x&per_page=9999' });
    const { query } = fake.requests[0]!;
    expect([...query.keys()]).not.toContain('private_token');
    expect(query.get('per_page')).toBe('50');
    expect(query.get('page')).toBe('2');
    expect(query.get('pagination')).toBe('keyset');
  });
});

describe('answers that fit nothing', () => {
  it.each([
    ['a list', []],
    ['a text', 'x'],
    ['no status', { id: 1 }],
    ['a status of another type', { id: 1, status: 7 }],
    ['an id of another type', { id: {}, status: 'running' }],
    ['a user of another type', { id: 1, status: 'running', user: 'me' }],
  ])('%s is an error that names the place', async (_what, json) => {
    fake.faults.plan({ kind: 'answer', status: 200, json });
    await expect(client.status(fake.referenceOf('1'))).rejects.toMatchObject({
      code: 'platform-answer-invalid',
    });
  });

  it('a state that is not known yet is not over', async () => {
    fake.faults.plan({ kind: 'answer', status: 200, json: { id: 1, status: 'napping', web_url: 'no url' } });
    expect(await client.status(fake.referenceOf('1'))).toMatchObject({
      state: 'running',
      native: 'napping',
      reference: fake.referenceOf('1'),
    });
  });
});
