import { afterEach, describe, expect, it } from '@jest/globals';
import { type FakeJenkins, startFakeJenkins } from '../testing/fake-jenkins.js';
import { describePlatformContract } from '../testing/platform-contract.js';
import { failureOf, Trial } from '../testing/trial.js';
import { jenkins } from './jenkins.js';

describePlatformContract(jenkins, () => startFakeJenkins());

const KEY = 'run-1/build/1';
const KEYED = { key: KEY, keyInput: 'sluice_key' };

const trial = new Trial<FakeJenkins>(jenkins);
const open = (manner = {}, way = {}) => trial.open(startFakeJenkins(manner), way);
const trigger = () => trial.client.trigger({ ...trial.fake.target, ...KEYED, inputs: trial.fake.inputs });
afterEach(() => trial.close());

describe('a build of Jenkins', () => {
  it('is a place in the queue first, and the build once it has left it', async () => {
    await open();
    const queued = await trigger();
    expect(queued).toMatchObject({
      reference: { project: 'team', pipeline: 'shop', id: 'shop/main#queue-1001' },
      state: 'queued',
      key: KEY,
    });
    expect((await trial.client.status(queued.reference)).reference.id).toBe('shop/main#queue-1001');
    trial.fake.executions.advance('1001', 'running');
    const built = await trial.client.status(queued.reference);
    expect(built).toMatchObject({
      reference: { project: 'team', pipeline: 'shop', id: 'shop/main#1' },
      state: 'running',
      native: 'BUILDING',
      ref: 'main',
      actor: 'robot',
      trigger: 'UserIdCause',
      key: KEY,
    });
    trial.fake.executions.advance('1001', 'unstable');
    expect(await trial.client.status(built.reference)).toMatchObject({
      state: 'unstable',
      native: 'UNSTABLE',
    });
  });

  it('is found again when the server has forgotten the place in its queue', async () => {
    await open();
    const queued = await trigger();
    trial.fake.forgetQueue();
    trial.fake.executions.advance('1001', 'running');
    expect((await trial.client.status(queued.reference)).reference.id).toBe('shop/main#1');
  });

  it('is asked for in one request, small by its tree', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'running');
    const before = trial.fake.requests.length;
    await trial.client.status(trial.fake.referenceOf('1001'));
    expect(trial.fake.requests.slice(before).map(({ path }) => path)).toEqual([
      '/job/team/job/shop/job/main/1/api/json',
    ]);
    expect(
      trial.fake.requests.filter(({ path, query }) => path.endsWith('/api/json') && !query.has('tree')),
    ).toEqual([]);
  });

  it('waits for a person where its pipeline asks for input', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'blocked');
    expect(await trial.client.status(trial.fake.referenceOf('1001'))).toMatchObject({ state: 'blocked' });
  });

  it.each([
    ['a folder and a job', { project: 'team', pipeline: 'shop', ref: 'main' }],
    ['a multibranch job as the project', { project: 'team/shop', pipeline: 'main' }],
    ['a path from the top', { project: '/', pipeline: 'team/shop/main' }],
    ['slashes too many', { project: '/team/', pipeline: '/shop/', ref: 'main' }],
  ])('is the same by %s', async (_, target) => {
    await open();
    const { reference } = await trial.client.trigger({ ...target, ...KEYED, inputs: {} });
    expect(reference).toMatchObject({ project: 'team', id: 'shop/main#queue-1001' });
    trial.fake.executions.advance('1001', 'running');
    expect(await trial.client.find({ ...target, ...KEYED, since: 0 })).toMatchObject({
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
      trial.fake.setBranches([name]);
      const { reference } = await trial.client.trigger({ ...trial.fake.target, ref, ...KEYED, inputs: {} });
      expect(reference).toMatchObject({ pipeline: 'shop', id: `shop/${name}#queue-1001` });
      expect(await trial.client.status(reference)).toMatchObject({ state: 'queued' });
      expect(await trial.client.branches('team/shop', {})).toEqual({ items: [{ name: ref }] });
    },
  );

  it.each([
    ['..', 'shop'],
    ['team', '../crumbIssuer'],
    ['team', '.'],
  ])('asks for nothing by names that lead elsewhere: %s %s', async (project, pipeline) => {
    await open();
    const error = await failureOf(trial.client.trigger({ project, pipeline, ...KEYED, inputs: {} }));
    expect(error.code).toBe('platform-not-found');
    expect(trial.fake.requests).toHaveLength(0);
  });
});

describe('starting a job of Jenkins', () => {
  it('says which branch is not there, and which job', async () => {
    await open();
    trial.fake.renameBranch();
    expect((await failureOf(trigger())).code).toBe('pipeline-ref-not-found');
    trial.fake.removePipeline();
    expect((await failureOf(trigger())).code).toBe('platform-not-found');
    expect(trial.fake.executions.list).toHaveLength(0);
  });

  it('wants a branch of a multibranch job', async () => {
    await open();
    const error = await failureOf(
      trial.client.trigger({ project: 'team', pipeline: 'shop', ...KEYED, inputs: {} }),
    );
    expect(error.code).toBe('pipeline-ref-not-found');
  });

  it('sends no inputs that the job would drop or refuse', async () => {
    await open();
    for (const [inputs, part] of trial.fake.wrongInputs ?? []) {
      const error = await failureOf(trial.client.trigger({ ...trial.fake.target, ...KEYED, inputs }));
      expect(error.code).toBe('pipeline-inputs-refused');
      expect(error.message).toContain(part);
    }
    expect(trial.fake.requests.filter(trial.fake.isTrigger)).toHaveLength(0);
  });

  it('leaves the key out where the job does not declare it, and says then that it cannot know', async () => {
    await open();
    const since = Date.now();
    const target = trial.fake.unkeyed!;
    const find = () => trial.client.find({ ...target, ...KEYED, since });
    expect(await find()).toEqual({ outcome: 'absent' });
    await trial.client.trigger({ ...target, ...KEYED, inputs: {} });
    expect(await find()).toMatchObject({
      outcome: 'uncertain',
      candidates: [{ reference: { id: 'plain/main#queue-1001' } }],
    });
    trial.fake.executions.advance('1001', 'running');
    expect(await find()).toMatchObject({
      outcome: 'uncertain',
      candidates: [{ reference: { id: 'plain/main#1' } }],
    });
  });

  it('does not suspect what a push started, nor what was started long before', async () => {
    await open();
    const { pipeline, ref } = trial.fake.unkeyed!;
    trial.fake.executions.advance(
      trial.fake.executions.start({ pipeline, ref, inputs: {}, trigger: 'push' }).id,
      'running',
    );
    expect(await trial.client.find({ ...trial.fake.unkeyed!, ...KEYED, since: 0 })).toEqual({
      outcome: 'absent',
    });
    trial.fake.executions.advance(trial.fake.executions.start({ pipeline, ref, inputs: {} }).id, 'running');
    const since = Date.now() + 60_000;
    expect(await trial.client.find({ ...trial.fake.unkeyed!, ...KEYED, since })).toEqual({
      outcome: 'absent',
    });
  });

  it('finds what was started though the answer was lost', async () => {
    await open();
    trial.fake.faults.plan({ kind: 'lost' }, { when: trial.fake.isTrigger });
    expect((await failureOf(trigger())).code).toBe('http-connection-failed');
    expect(await trial.client.find({ ...trial.fake.target, ...KEYED, since: Date.now() })).toMatchObject({
      outcome: 'found',
      execution: { key: KEY, reference: { id: 'shop/main#queue-1001' } },
    });
    expect(trial.fake.executions.startedByKey(KEY)).toBe(1);
  });

  it('finds it beyond the first page of builds', async () => {
    await open();
    const since = Date.now();
    await trigger();
    trial.fake.executions.advance('1001', 'running');
    for (let n = 0; n < 120; n += 1) {
      const other = trial.fake.executions.start({
        pipeline: 'shop',
        ref: 'main',
        inputs: { sluice_key: `other-${n}` },
      });
      trial.fake.executions.advance(other.id, 'succeeded');
    }
    expect(await trial.client.find({ ...trial.fake.target, ...KEYED, since })).toMatchObject({
      outcome: 'found',
    });
  });

  it('starts two though their inputs are the same, because their keys are not', async () => {
    await open();
    await trigger();
    await trial.client.trigger({
      ...trial.fake.target,
      key: 'run-2/build/1',
      keyInput: 'sluice_key',
      inputs: trial.fake.inputs,
    });
    expect(trial.fake.executions.list).toHaveLength(2);
  });

  it('names the permission that lacks', async () => {
    await open();
    const missing = trial.fake.withdrawPermission();
    const error = await failureOf(trigger());
    expect(error.code).toBe('platform-permission-missing');
    expect(error.message).toContain(missing);
  });
});

describe('credentials of Jenkins', () => {
  it('gets a crumb with its session where a password needs one, and another one when it ends', async () => {
    await open({ password: true });
    await trigger();
    trial.fake.executions.advance('1001', 'succeeded');
    trial.fake.endSessions();
    await trigger();
    expect(trial.fake.executions.list).toHaveLength(2);
    expect(trial.fake.requests.filter(({ path }) => path === '/crumbIssuer/api/json')).toHaveLength(2);
    for (const granted of trial.fake.granted) expect(trial.tested.hide(granted)).not.toContain(granted);
  });

  it('asks for no crumb with an API token', async () => {
    await open();
    await trigger();
    expect(trial.fake.requests.some(({ path }) => path.startsWith('/crumbIssuer'))).toBe(false);
  });

  it('are refused by name', async () => {
    await open({}, { secrets: { 'vault:jenkins/token': 'wrong' } });
    expect((await failureOf(trial.client.health())).code).toBe('platform-auth-refused');
  });

  it('are refused where anybody may read, and nobody is seen in them', async () => {
    await open();
    const when = ({ path }: { readonly path: string }) => path === '/me/api/json';
    trial.fake.faults.plan(
      { kind: 'answer', status: 403, body: 'not available when not logged in' },
      { when },
    );
    expect((await failureOf(trial.client.health())).code).toBe('platform-auth-refused');
  });

  it('are refused where a page for signing in answers', async () => {
    await open();
    const target = { ...trial.fake.target, ...KEYED, inputs: {} };
    trial.fake.faults.plan(
      { kind: 'answer', status: 302, headers: { location: `${trial.fake.url}/securityRealm/commenceLogin` } },
      { when: trial.fake.isTrigger },
    );
    expect((await failureOf(trial.client.trigger(target))).code).toBe('platform-auth-refused');
  });
});
