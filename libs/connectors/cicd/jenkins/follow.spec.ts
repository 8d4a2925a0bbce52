import { afterEach, describe, expect, it } from '@jest/globals';
import { isUnsupported } from '../platform.js';
import { type FakeJenkins, startFakeJenkins } from '../testing/fake-jenkins.js';
import { failureOf, readText, Trial } from '../testing/trial.js';
import { jenkins } from './jenkins.js';

const KEY = 'run-1/build/1';
const KEYED = { key: KEY, keyInput: 'sluice_key' };

const trial = new Trial<FakeJenkins>(jenkins);
const open = (manner = {}, way = {}) => trial.open(startFakeJenkins(manner), way);
const trigger = () => trial.client.trigger({ ...trial.fake.target, ...KEYED, inputs: trial.fake.inputs });
afterEach(() => trial.close());

describe('stages and logs of Jenkins', () => {
  it('are jobs with steps', async () => {
    await open();
    await trigger();
    expect(
      await trial.client.jobs({ project: 'team', pipeline: 'shop', id: 'shop/main#queue-1001' }),
    ).toEqual([]);
    trial.fake.executions.advance('1001', 'failed');
    const reference = trial.fake.referenceOf('1001');
    const jobs = await trial.client.jobs(reference);
    expect(jobs.map(({ name, state, native }) => [name, state, native])).toEqual([
      ['build', 'succeeded', 'SUCCESS'],
      ['test', 'failed', 'FAILED'],
    ]);
    expect(await trial.client.steps(reference, jobs[1]!.id)).toMatchObject([
      { name: 'Set up', state: 'succeeded' },
      { name: 'Run', state: 'failed' },
      { name: 'Tidy up', state: 'skipped' },
    ]);
  });

  it('are one job without the plugin', async () => {
    await open({ withoutStages: true });
    await trigger();
    trial.fake.executions.advance('1001', 'succeeded');
    trial.fake.executions.jobOf('1001', 'build').log.write('all of it\n');
    const reference = trial.fake.referenceOf('1001');
    expect(await trial.client.jobs(reference)).toMatchObject([
      { id: 'build', name: 'main', state: 'succeeded', runner: 'agent-1' },
    ]);
    expect(await trial.readLog(trial.fake.referenceOf('1001'), 'build')).toEqual({
      text: 'all of it\n',
      complete: true,
    });
  });

  it('go on at a byte, though the server counts what it does not send', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'running');
    const job = trial.fake.executions.jobOf('1001', 'build');
    job.log.write('eins\nzwölf\n');
    const first = await trial.readLog(trial.fake.referenceOf('1001'), job.id);
    expect(first).toEqual({ text: 'eins\nzwölf\n', complete: false });
    const size = Buffer.byteLength(first.text);
    const before = trial.fake.requests.length;
    job.log.write('drei\n');
    expect((await trial.readLog(trial.fake.referenceOf('1001'), job.id, size)).text).toBe('drei\n');
    expect(trial.fake.requests.slice(before).at(-1)!.query.get('start')).toBe(String(size + 16));
    trial.fake.executions.advance('1001', 'succeeded');
    expect(await trial.readLog(trial.fake.referenceOf('1001'), job.id, size + 5)).toEqual({
      text: '',
      complete: true,
    });
    // Elsewhere nothing is known of what was read here.
    await trial.elsewhere(async () => {
      expect((await trial.readLog(trial.fake.referenceOf('1001'), job.id, size)).text).toBe('drei\n');
      expect((await trial.readLog(trial.fake.referenceOf('1001'), job.id, 3)).text).toBe('s\nzwölf\ndrei\n');
    });
  });
});

describe('ending a build of Jenkins', () => {
  it('takes what waits out of the queue', async () => {
    await open();
    const queued = await trigger();
    await trial.client.cancel(queued.reference);
    expect(await trial.client.status(queued.reference)).toMatchObject({
      state: 'canceled',
      native: 'CANCELLED',
    });
    const before = trial.fake.requests.length;
    await trial.client.cancel(queued.reference);
    expect(trial.fake.requests.slice(before).every(({ method }) => method === 'GET')).toBe(true);
  });

  it('asks harder when it is asked again later', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'running');
    trial.fake.deaf = 3;
    const reference = trial.fake.referenceOf('1001');
    const later = () => {
      for (const [name, value] of trial.tested.connection.memory)
        if (name.startsWith('jenkins-stop'))
          trial.tested.connection.memory.set(name, { ...(value as object), at: 0 });
    };
    await trial.client.cancel(reference);
    await trial.client.cancel(reference);
    later();
    await trial.client.cancel(reference);
    later();
    await trial.client.cancel(reference);
    expect(trial.fake.stops).toEqual(['stop', 'stop', 'term', 'kill']);
    expect(await trial.client.status(reference)).toMatchObject({ state: 'canceled', native: 'ABORTED' });
  });
});

describe('doing a build of Jenkins again', () => {
  it('starts a new one with the same inputs and a key of its own, once though an answer is lost', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'failed');
    const reference = trial.fake.referenceOf('1001');
    trial.fake.faults.plan({ kind: 'lost' }, { when: trial.fake.isTrigger });
    expect((await failureOf(trial.client.retry(reference, 'all'))).code).toBe('http-connection-failed');
    expect(await trial.client.retry(reference, 'all')).toMatchObject({ state: 'queued', key: `${KEY}~1` });
    expect(trial.fake.executions.list).toHaveLength(2);
    expect(trial.fake.executions.list[1]!.inputs).toEqual({ ...trial.fake.inputs, sluice_key: `${KEY}~1` });
    expect(trial.fake.executions.startedByKey(KEY)).toBe(1);
  });

  it('says what to do instead of retrying what failed', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'failed');
    expect(await trial.client.retry(trial.fake.referenceOf('1001'), 'failed')).toMatchObject({
      unsupported: 'retry-failed',
    });
  });
});

describe('a server like Hudson', () => {
  it('names no place in its queue: the build is the first with the key', async () => {
    await open({ hudson: true });
    const other = trial.fake.executions.start({
      pipeline: 'shop',
      ref: 'main',
      inputs: { sluice_key: 'other' },
    });
    trial.fake.executions.advance(other.id, 'running');
    const queued = await trigger();
    expect(queued).toMatchObject({ state: 'queued', reference: { id: `shop/main#from-2/${KEY}` } });
    expect(await trial.client.status(queued.reference)).toMatchObject({
      state: 'queued',
      reference: queued.reference,
    });
    trial.fake.executions.advance('1002', 'running');
    expect(await trial.client.status(queued.reference)).toMatchObject({
      state: 'running',
      reference: { id: 'shop/main#2' },
    });
    expect(await trial.client.executions({ project: 'team', pipeline: 'shop' }, {})).toMatchObject({
      items: [{ reference: { id: 'shop/main#2' } }, { reference: { id: 'shop/main#1' } }],
    });
  });

  it('takes it out of the queue', async () => {
    await open({ hudson: true });
    const queued = await trigger();
    await trial.client.cancel(queued.reference);
    expect(trial.fake.executions.require('1001').state).toBe('canceled');
  });
});

describe('discovering jobs of Jenkins', () => {
  it('lists folders, jobs, branches and parameters', async () => {
    await open();
    expect((await trial.client.projects({})) as object).toMatchObject({
      items: [{ name: '/' }, { name: 'team', title: 'The team' }],
    });
    expect((await trial.client.projects({ text: 'TEAM' })) as object).toMatchObject({
      items: [{ name: 'team' }],
    });
    expect((await trial.client.pipelines('team', {})) as object).toMatchObject({
      items: [
        { name: 'shop', enabled: true },
        { name: 'plain', enabled: true },
      ],
    });
    expect(await trial.client.branches('team', {})).toEqual({ items: [{ name: 'main' }, { name: 'next' }] });
    expect(await trial.client.inputs(trial.fake.target)).toEqual([
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
    expect(await trial.client.health()).toEqual({ account: 'robot', version: '2.516.1', missing: [] });
  });

  it('lists builds of a branch, a multibranch job and a folder, in pages', async () => {
    await open();
    for (let n = 0; n < 60; n += 1)
      trial.fake.executions.advance(
        trial.fake.executions.start({ pipeline: 'shop', ref: 'main', inputs: {} }).id,
        'succeeded',
      );
    const target = { project: 'team/shop', pipeline: 'main' };
    const first = await trial.client.executions(target, {});
    expect(first.items).toHaveLength(50);
    const second = await trial.client.executions(target, { cursor: first.next! });
    expect(second.items).toHaveLength(10);
    expect(second.next).toBeUndefined();
    expect((await trial.client.executions({ project: 'team', pipeline: 'shop' }, {})).items).toHaveLength(20);
    expect((await trial.client.executions({ project: 'team', pipeline: '' }, {})).items).toHaveLength(20);
    expect((await trial.client.executions(target, { since: Date.now() + 1_000 })).items).toHaveLength(0);
  });
});

describe('artifacts of Jenkins', () => {
  it('are files with paths', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'succeeded');
    trial.fake.executions.addArtifact('1001', 'out/my file.txt', Buffer.from('made'));
    const reference = trial.fake.referenceOf('1001');
    const artifacts = await trial.client.artifacts(reference);
    expect(artifacts).toEqual([
      { id: 'out/my file.txt', name: 'out/my file.txt', form: 'file', expired: false },
    ]);
    if (isUnsupported(artifacts)) throw new Error();
    const bytes = await trial.client.download(reference, artifacts[0]!);
    if (isUnsupported(bytes)) throw new Error();
    expect(await readText(bytes)).toBe('made');
    trial.fake.executions.require('1001').artifacts[0]!.expired = true;
    expect((await failureOf(trial.client.download(reference, artifacts[0]!))).code).toBe('artifact-expired');
  });

  it('are refused where their paths lead out of the build', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'succeeded');
    trial.fake.executions.addArtifact('1001', '../../etc/passwd', Buffer.from('x'));
    expect(
      (await failureOf(trial.client.artifacts(trial.fake.referenceOf('1001')) as Promise<unknown>)).code,
    ).toBe('platform-answer-invalid');
  });
});
