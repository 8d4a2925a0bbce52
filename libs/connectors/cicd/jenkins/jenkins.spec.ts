import { afterEach, describe, expect, it } from '@jest/globals';
import { isUnsupported, type PlatformClient } from '../platform.js';
import { connectTo, type TestedConnection } from '../testing/fake-connection.js';
import { type FakeJenkins, startFakeJenkins } from '../testing/fake-jenkins.js';
import { describePlatformContract } from '../testing/platform-contract.js';
import { jenkins } from './jenkins.js';

describePlatformContract(jenkins, () => startFakeJenkins());

const KEY = 'run-1/build/1';
const KEYED = { key: KEY, keyInput: 'sluice_key' };

let fake: FakeJenkins;
let tested: TestedConnection;
let client: PlatformClient;

async function open(
  manner: Parameters<typeof startFakeJenkins>[0] = {},
  way: Parameters<typeof connectTo>[1] = {},
): Promise<void> {
  fake = await startFakeJenkins(manner);
  tested = connectTo(fake, way);
  client = jenkins.connect(tested.connection);
}

afterEach(async () => {
  await tested?.close();
  await fake?.close();
});

const trigger = () => client.trigger({ ...fake.target, ...KEYED, inputs: fake.inputs });

async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await promise.then(
    () => new Error('it went through'),
    (caught: unknown) => caught,
  );
  return error as unknown as { code: string; message: string };
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

async function readLog(id: string, job: string, offset = 0): Promise<{ text: string; complete: boolean }> {
  const part = await client.logs(fake.referenceOf(id), job, offset);
  if (isUnsupported(part)) throw new Error(part.instead);
  return { text: await read(part.bytes), complete: part.complete };
}

describe('a build of Jenkins', () => {
  it('is a place in the queue first, and the build once it has left it', async () => {
    await open();
    const queued = await trigger();
    expect(queued).toMatchObject({
      reference: { project: 'team', pipeline: 'shop', id: 'shop/main#queue-1001' },
      state: 'queued',
      key: KEY,
    });
    expect((await client.status(queued.reference)).reference.id).toBe('shop/main#queue-1001');
    fake.executions.advance('1001', 'running');
    const built = await client.status(queued.reference);
    expect(built).toMatchObject({
      reference: { project: 'team', pipeline: 'shop', id: 'shop/main#1' },
      state: 'running',
      native: 'BUILDING',
      ref: 'main',
      actor: 'robot',
      trigger: 'UserIdCause',
      key: KEY,
    });
    fake.executions.advance('1001', 'unstable');
    expect(await client.status(built.reference)).toMatchObject({ state: 'unstable', native: 'UNSTABLE' });
  });

  it('is found again when the server has forgotten the place in its queue', async () => {
    await open();
    const queued = await trigger();
    fake.forgetQueue();
    fake.executions.advance('1001', 'running');
    expect((await client.status(queued.reference)).reference.id).toBe('shop/main#1');
  });

  it('is asked for in one request, small by its tree', async () => {
    await open();
    await trigger();
    fake.executions.advance('1001', 'running');
    const before = fake.requests.length;
    await client.status(fake.referenceOf('1001'));
    expect(fake.requests.slice(before).map(({ path }) => path)).toEqual([
      '/job/team/job/shop/job/main/1/api/json',
    ]);
    expect(
      fake.requests.filter(({ path, query }) => path.endsWith('/api/json') && !query.has('tree')),
    ).toEqual([]);
  });

  it('waits for a person where its pipeline asks for input', async () => {
    await open();
    await trigger();
    fake.executions.advance('1001', 'blocked');
    expect(await client.status(fake.referenceOf('1001'))).toMatchObject({ state: 'blocked' });
  });

  it.each([
    ['a folder and a job', { project: 'team', pipeline: 'shop', ref: 'main' }],
    ['a multibranch job as the project', { project: 'team/shop', pipeline: 'main' }],
    ['a path from the top', { project: '/', pipeline: 'team/shop/main' }],
    ['slashes too many', { project: '/team/', pipeline: '/shop/', ref: 'main' }],
  ])('is the same by %s', async (_, target) => {
    await open();
    const { reference } = await client.trigger({ ...target, ...KEYED, inputs: {} });
    expect(reference).toMatchObject({ project: 'team', id: 'shop/main#queue-1001' });
    fake.executions.advance('1001', 'running');
    expect(await client.find({ ...target, ...KEYED, since: 0 })).toMatchObject({
      outcome: 'found',
      execution: { reference: { project: 'team', id: 'shop/main#1' } },
    });
  });

  it.each(['feature/a b', 'ünïcode/ä', '100%', 'a?b#c', 'x[1]\\y'])(
    'finds the job of the branch %s',
    async (ref) => {
      await open();
      const name = ref.replaceAll(
        /[#%/?[\]\\]/g,
        (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
      );
      fake.setBranches([name]);
      const { reference } = await client.trigger({ ...fake.target, ref, ...KEYED, inputs: {} });
      expect(reference).toMatchObject({ pipeline: 'shop', id: `shop/${name}#queue-1001` });
      expect(await client.status(reference)).toMatchObject({ state: 'queued' });
      expect(await client.branches('team/shop', {})).toEqual({ items: [{ name: ref }] });
    },
  );

  it.each([
    ['..', 'shop'],
    ['team', '../crumbIssuer'],
    ['team', '.'],
  ])('asks for nothing by names that lead elsewhere: %s %s', async (project, pipeline) => {
    await open();
    const error = await failure(client.trigger({ project, pipeline, ...KEYED, inputs: {} }));
    expect(error.code).toBe('platform-not-found');
    expect(fake.requests).toHaveLength(0);
  });
});

describe('starting a job of Jenkins', () => {
  it('says which branch is not there, and which job', async () => {
    await open();
    fake.renameBranch();
    expect((await failure(trigger())).code).toBe('pipeline-ref-not-found');
    fake.removePipeline();
    expect((await failure(trigger())).code).toBe('platform-not-found');
    expect(fake.executions.list).toHaveLength(0);
  });

  it('wants a branch of a multibranch job', async () => {
    await open();
    const error = await failure(client.trigger({ project: 'team', pipeline: 'shop', ...KEYED, inputs: {} }));
    expect(error.code).toBe('pipeline-ref-not-found');
  });

  it('sends no inputs that the job would drop or refuse', async () => {
    await open();
    for (const [inputs, part] of fake.wrongInputs ?? []) {
      const error = await failure(client.trigger({ ...fake.target, ...KEYED, inputs }));
      expect(error.code).toBe('pipeline-inputs-refused');
      expect(error.message).toContain(part);
    }
    expect(fake.requests.filter(fake.isTrigger)).toHaveLength(0);
  });

  it('leaves the key out where the job does not declare it, and says then that it cannot know', async () => {
    await open();
    const since = Date.now();
    const target = fake.unkeyed!;
    const find = () => client.find({ ...target, ...KEYED, since });
    expect(await find()).toEqual({ outcome: 'absent' });
    await client.trigger({ ...target, ...KEYED, inputs: {} });
    expect(await find()).toMatchObject({
      outcome: 'uncertain',
      candidates: [{ reference: { id: 'plain/main#queue-1001' } }],
    });
    fake.executions.advance('1001', 'running');
    expect(await find()).toMatchObject({
      outcome: 'uncertain',
      candidates: [{ reference: { id: 'plain/main#1' } }],
    });
  });

  it('does not suspect what a push started, nor what was started long before', async () => {
    await open();
    const { pipeline, ref } = fake.unkeyed!;
    fake.executions.advance(
      fake.executions.start({ pipeline, ref, inputs: {}, trigger: 'push' }).id,
      'running',
    );
    expect(await client.find({ ...fake.unkeyed!, ...KEYED, since: 0 })).toEqual({ outcome: 'absent' });
    fake.executions.advance(fake.executions.start({ pipeline, ref, inputs: {} }).id, 'running');
    const since = Date.now() + 60_000;
    expect(await client.find({ ...fake.unkeyed!, ...KEYED, since })).toEqual({ outcome: 'absent' });
  });

  it('finds what was started though the answer was lost', async () => {
    await open();
    fake.faults.plan({ kind: 'lost' }, { when: fake.isTrigger });
    expect((await failure(trigger())).code).toBe('http-connection-failed');
    expect(await client.find({ ...fake.target, ...KEYED, since: Date.now() })).toMatchObject({
      outcome: 'found',
      execution: { key: KEY, reference: { id: 'shop/main#queue-1001' } },
    });
    expect(fake.executions.startedByKey(KEY)).toBe(1);
  });

  it('finds it beyond the first page of builds', async () => {
    await open();
    const since = Date.now();
    await trigger();
    fake.executions.advance('1001', 'running');
    for (let n = 0; n < 120; n += 1) {
      const other = fake.executions.start({
        pipeline: 'shop',
        ref: 'main',
        inputs: { sluice_key: `other-${n}` },
      });
      fake.executions.advance(other.id, 'succeeded');
    }
    expect(await client.find({ ...fake.target, ...KEYED, since })).toMatchObject({ outcome: 'found' });
  });

  it('starts two though their inputs are the same, because their keys are not', async () => {
    await open();
    await trigger();
    await client.trigger({
      ...fake.target,
      key: 'run-2/build/1',
      keyInput: 'sluice_key',
      inputs: fake.inputs,
    });
    expect(fake.executions.list).toHaveLength(2);
  });

  it('names the permission that lacks', async () => {
    await open();
    const missing = fake.withdrawPermission();
    const error = await failure(trigger());
    expect(error.code).toBe('platform-permission-missing');
    expect(error.message).toContain(missing);
  });
});

describe('credentials of Jenkins', () => {
  it('gets a crumb with its session where a password needs one, and another one when it ends', async () => {
    await open({ password: true });
    await trigger();
    fake.executions.advance('1001', 'succeeded');
    fake.endSessions();
    await trigger();
    expect(fake.executions.list).toHaveLength(2);
    expect(fake.requests.filter(({ path }) => path === '/crumbIssuer/api/json')).toHaveLength(2);
    for (const granted of fake.granted) expect(tested.hide(granted)).not.toContain(granted);
  });

  it('asks for no crumb with an API token', async () => {
    await open();
    await trigger();
    expect(fake.requests.some(({ path }) => path.startsWith('/crumbIssuer'))).toBe(false);
  });

  it('are refused by name', async () => {
    await open({}, { secrets: { 'vault:jenkins/token': 'wrong' } });
    expect((await failure(client.health())).code).toBe('platform-auth-refused');
  });

  it('are refused where anybody may read, and nobody is seen in them', async () => {
    await open();
    const when = ({ path }: { readonly path: string }) => path === '/me/api/json';
    fake.faults.plan({ kind: 'answer', status: 403, body: 'not available when not logged in' }, { when });
    expect((await failure(client.health())).code).toBe('platform-auth-refused');
  });

  it('are refused where a page for signing in answers', async () => {
    await open();
    const target = { ...fake.target, ...KEYED, inputs: {} };
    fake.faults.plan(
      { kind: 'answer', status: 302, headers: { location: `${fake.url}/securityRealm/commenceLogin` } },
      { when: fake.isTrigger },
    );
    expect((await failure(client.trigger(target))).code).toBe('platform-auth-refused');
  });
});

describe('stages and logs of Jenkins', () => {
  it('are jobs with steps', async () => {
    await open();
    await trigger();
    expect(await client.jobs({ project: 'team', pipeline: 'shop', id: 'shop/main#queue-1001' })).toEqual([]);
    fake.executions.advance('1001', 'failed');
    const reference = fake.referenceOf('1001');
    const jobs = await client.jobs(reference);
    expect(jobs.map(({ name, state, native }) => [name, state, native])).toEqual([
      ['build', 'succeeded', 'SUCCESS'],
      ['test', 'failed', 'FAILED'],
    ]);
    expect(await client.steps(reference, jobs[1]!.id)).toMatchObject([
      { name: 'Set up', state: 'succeeded' },
      { name: 'Run', state: 'failed' },
      { name: 'Tidy up', state: 'skipped' },
    ]);
  });

  it('are one job without the plugin', async () => {
    await open({ withoutStages: true });
    await trigger();
    fake.executions.advance('1001', 'succeeded');
    fake.executions.jobOf('1001', 'build').log.write('all of it\n');
    const reference = fake.referenceOf('1001');
    expect(await client.jobs(reference)).toMatchObject([
      { id: 'build', name: 'main', state: 'succeeded', runner: 'agent-1' },
    ]);
    expect(await readLog('1001', 'build')).toEqual({ text: 'all of it\n', complete: true });
  });

  it('go on at a byte, though the server counts what it does not send', async () => {
    await open();
    await trigger();
    fake.executions.advance('1001', 'running');
    const job = fake.executions.jobOf('1001', 'build');
    job.log.write('eins\nzwölf\n');
    const first = await readLog('1001', job.id);
    expect(first).toEqual({ text: 'eins\nzwölf\n', complete: false });
    const size = Buffer.byteLength(first.text);
    const before = fake.requests.length;
    job.log.write('drei\n');
    expect((await readLog('1001', job.id, size)).text).toBe('drei\n');
    expect(fake.requests.slice(before).at(-1)!.query.get('start')).toBe(String(size + 16));
    fake.executions.advance('1001', 'succeeded');
    expect(await readLog('1001', job.id, size + 5)).toEqual({ text: '', complete: true });
    // Elsewhere nothing is known of what was read here.
    const elsewhere = connectTo(fake);
    client = jenkins.connect(elsewhere.connection);
    expect((await readLog('1001', job.id, size)).text).toBe('drei\n');
    expect((await readLog('1001', job.id, 3)).text).toBe('s\nzwölf\ndrei\n');
    await elsewhere.close();
  });
});

describe('ending a build of Jenkins', () => {
  it('takes what waits out of the queue', async () => {
    await open();
    const queued = await trigger();
    await client.cancel(queued.reference);
    expect(await client.status(queued.reference)).toMatchObject({ state: 'canceled', native: 'CANCELLED' });
    const before = fake.requests.length;
    await client.cancel(queued.reference);
    expect(fake.requests.slice(before).every(({ method }) => method === 'GET')).toBe(true);
  });

  it('asks harder when it is asked again later', async () => {
    await open();
    await trigger();
    fake.executions.advance('1001', 'running');
    fake.deaf = 3;
    const reference = fake.referenceOf('1001');
    const later = () => {
      for (const [name, value] of tested.connection.memory)
        if (name.startsWith('jenkins-stop'))
          tested.connection.memory.set(name, { ...(value as object), at: 0 });
    };
    await client.cancel(reference);
    await client.cancel(reference);
    later();
    await client.cancel(reference);
    later();
    await client.cancel(reference);
    expect(fake.stops).toEqual(['stop', 'stop', 'term', 'kill']);
    expect(await client.status(reference)).toMatchObject({ state: 'canceled', native: 'ABORTED' });
  });
});

describe('doing a build of Jenkins again', () => {
  it('starts a new one with the same inputs and a key of its own, once though an answer is lost', async () => {
    await open();
    await trigger();
    fake.executions.advance('1001', 'failed');
    const reference = fake.referenceOf('1001');
    fake.faults.plan({ kind: 'lost' }, { when: fake.isTrigger });
    expect((await failure(client.retry(reference, 'all'))).code).toBe('http-connection-failed');
    expect(await client.retry(reference, 'all')).toMatchObject({ state: 'queued', key: `${KEY}~1` });
    expect(fake.executions.list).toHaveLength(2);
    expect(fake.executions.list[1]!.inputs).toEqual({ ...fake.inputs, sluice_key: `${KEY}~1` });
    expect(fake.executions.startedByKey(KEY)).toBe(1);
  });

  it('says what to do instead of retrying what failed', async () => {
    await open();
    await trigger();
    fake.executions.advance('1001', 'failed');
    expect(await client.retry(fake.referenceOf('1001'), 'failed')).toMatchObject({
      unsupported: 'retry-failed',
    });
  });
});

describe('a server like Hudson', () => {
  it('names no place in its queue: the build is the first with the key', async () => {
    await open({ hudson: true });
    const other = fake.executions.start({ pipeline: 'shop', ref: 'main', inputs: { sluice_key: 'other' } });
    fake.executions.advance(other.id, 'running');
    const queued = await trigger();
    expect(queued).toMatchObject({ state: 'queued', reference: { id: `shop/main#from-2/${KEY}` } });
    expect(await client.status(queued.reference)).toMatchObject({
      state: 'queued',
      reference: queued.reference,
    });
    fake.executions.advance('1002', 'running');
    expect(await client.status(queued.reference)).toMatchObject({
      state: 'running',
      reference: { id: 'shop/main#2' },
    });
    expect(await client.executions({ project: 'team', pipeline: 'shop' }, {})).toMatchObject({
      items: [{ reference: { id: 'shop/main#2' } }, { reference: { id: 'shop/main#1' } }],
    });
  });

  it('takes it out of the queue', async () => {
    await open({ hudson: true });
    const queued = await trigger();
    await client.cancel(queued.reference);
    expect(fake.executions.require('1001').state).toBe('canceled');
  });
});

describe('discovering jobs of Jenkins', () => {
  it('lists folders, jobs, branches and parameters', async () => {
    await open();
    expect((await client.projects({})) as object).toMatchObject({
      items: [{ name: '/' }, { name: 'team', title: 'The team' }],
    });
    expect((await client.projects({ text: 'TEAM' })) as object).toMatchObject({ items: [{ name: 'team' }] });
    expect((await client.pipelines('team', {})) as object).toMatchObject({
      items: [
        { name: 'shop', enabled: true },
        { name: 'plain', enabled: true },
      ],
    });
    expect(await client.branches('team', {})).toEqual({ items: [{ name: 'main' }, { name: 'next' }] });
    expect(await client.inputs(fake.target)).toEqual([
      {
        name: 'environment',
        type: 'choice',
        required: false,
        default: 'staging',
        choices: ['staging', 'production'],
        description: 'Where to',
      },
      { name: 'dry', type: 'boolean', required: false, default: false },
    ]);
    expect(await client.health()).toEqual({ account: 'robot', version: '2.516.1', missing: [] });
  });

  it('lists builds of a branch, a multibranch job and a folder, in pages', async () => {
    await open();
    for (let n = 0; n < 60; n += 1)
      fake.executions.advance(
        fake.executions.start({ pipeline: 'shop', ref: 'main', inputs: {} }).id,
        'succeeded',
      );
    const target = { project: 'team/shop', pipeline: 'main' };
    const first = await client.executions(target, {});
    expect(first.items).toHaveLength(50);
    const second = await client.executions(target, { cursor: first.next! });
    expect(second.items).toHaveLength(10);
    expect(second.next).toBeUndefined();
    expect((await client.executions({ project: 'team', pipeline: 'shop' }, {})).items).toHaveLength(20);
    expect((await client.executions({ project: 'team', pipeline: '' }, {})).items).toHaveLength(20);
    expect((await client.executions(target, { since: Date.now() + 1_000 })).items).toHaveLength(0);
  });
});

describe('artifacts of Jenkins', () => {
  it('are files with paths', async () => {
    await open();
    await trigger();
    fake.executions.advance('1001', 'succeeded');
    fake.executions.addArtifact('1001', 'out/my file.txt', Buffer.from('made'));
    const reference = fake.referenceOf('1001');
    const artifacts = await client.artifacts(reference);
    expect(artifacts).toEqual([
      { id: 'out/my file.txt', name: 'out/my file.txt', form: 'file', expired: false },
    ]);
    if (isUnsupported(artifacts)) throw new Error();
    const bytes = await client.download(reference, artifacts[0]!);
    if (isUnsupported(bytes)) throw new Error();
    expect(await read(bytes)).toBe('made');
    fake.executions.require('1001').artifacts[0]!.expired = true;
    expect((await failure(client.download(reference, artifacts[0]!))).code).toBe('artifact-expired');
  });

  it('are refused where their paths lead out of the build', async () => {
    await open();
    await trigger();
    fake.executions.advance('1001', 'succeeded');
    fake.executions.addArtifact('1001', '../../etc/passwd', Buffer.from('x'));
    expect((await failure(client.artifacts(fake.referenceOf('1001')) as Promise<unknown>)).code).toBe(
      'platform-answer-invalid',
    );
  });
});
