import { afterEach, describe, expect, it } from '@jest/globals';
import { isUnsupported } from '../platform.js';
import { type FakeAzureDevOps, startFakeAzureDevOps } from '../testing/fake-azure-devops.js';
import type { FakeRequest } from '../testing/fake-server.js';
import { describePlatformContract } from '../testing/platform-contract.js';
import { failureOf, Trial } from '../testing/trial.js';
import { azureDevOps } from './azure-devops.js';

describePlatformContract(azureDevOps, () => startFakeAzureDevOps());

const KEYED = { key: 'run-1/build/1', keyInput: 'sluice_key' };

const trial = new Trial<FakeAzureDevOps>(azureDevOps);
const open = (manner = {}) => trial.open(startFakeAzureDevOps(manner));
const trigger = (target = trial.fake.target, inputs = {}) =>
  trial.client.trigger({ ...target, ...KEYED, inputs });
const triggers = () => trial.fake.requests.filter((request) => trial.fake.isTrigger(request));
const bodyOf = (request: FakeRequest | undefined) => JSON.parse(request!.body) as Record<string, unknown>;
const readLog = (job: string, offset = 0) => trial.readLog(trial.fake.referenceOf('1001'), job, offset);
afterEach(() => trial.close());

describe('starting a run of Azure DevOps', () => {
  it('sends parameters and variables as texts, each where it is declared', async () => {
    await open();
    const execution = await trigger(trial.fake.target, trial.fake.inputs);
    expect(bodyOf(triggers()[0])).toEqual({
      resources: { repositories: { self: { refName: 'refs/heads/main' } } },
      templateParameters: { environment: 'staging', dry: 'true', copies: '2', sluice_key: KEYED.key },
      variables: { LEVEL: { value: 'debug', isSecret: false } },
    });
    expect(execution).toMatchObject({ state: 'queued', ref: 'main', key: KEYED.key });
    expect(trial.fake.requests.every(({ query }) => query.get('api-version')?.startsWith('7.1'))).toBe(true);
  });

  it('gives the key as a variable where the pipeline lets it be set', async () => {
    await open();
    const since = Date.now();
    expect(await trigger(trial.fake.byVariable)).toMatchObject({ key: KEYED.key });
    expect(triggers()).toHaveLength(1);
    expect(await trial.client.find({ ...trial.fake.byVariable, ...KEYED, since })).toMatchObject({
      outcome: 'found',
      execution: { key: KEYED.key },
    });
  });

  it('leaves the key out where nothing takes it, after the platform has refused it', async () => {
    await open();
    const execution = await trigger(trial.fake.unkeyed!);
    expect(execution.key).toBeUndefined();
    expect(triggers().map(({ status }) => status)).toEqual([400, 400, 200]);
    expect(trial.fake.executions.list).toHaveLength(1);
  });

  it('does not suspect what a push started, what runs on another branch, nor what was started before', async () => {
    await open();
    const start = (ref: string, by: 'api' | 'push') =>
      trial.fake.executions.start({ pipeline: 'plain', ref, inputs: {}, trigger: by });
    start('main', 'push');
    start('next', 'api');
    const find = (since: number) => trial.client.find({ ...trial.fake.unkeyed!, ...KEYED, since });
    expect(await find(0)).toEqual({ outcome: 'absent' });
    start('main', 'api');
    expect(await find(Date.now() + 60_000)).toEqual({ outcome: 'absent' });
    expect(await find(Date.now())).toMatchObject({ outcome: 'uncertain', candidates: [{ ref: 'main' }] });
  });

  it('finds the key on a later page', async () => {
    await open({ page: 2 });
    const since = Date.now();
    await trigger();
    for (let n = 0; n < 7; n += 1)
      trial.fake.executions.start({
        pipeline: 'team/release',
        ref: 'main',
        inputs: { sluice_key: `other-${n}` },
      });
    expect(await trial.client.find({ ...trial.fake.target, ...KEYED, since })).toMatchObject({
      outcome: 'found',
    });
  });

  it.each([
    ['an unknown parameter', { colour: 'red' }, 'colour'],
    ['a value that is not one of its values', { environment: 'moon' }, 'environment'],
  ])('tells what the platform says of %s', async (_, inputs, part) => {
    await open();
    const error = await failureOf(trigger(trial.fake.target, inputs));
    expect(error.code).toBe('pipeline-inputs-refused');
    expect(error.message).toContain(part);
    expect(trial.fake.executions.list).toHaveLength(0);
  });

  it.each([
    ['its number', '7'],
    ['its name with folders', 'team/release'],
    ['its name alone', 'release'],
    ['another case', '/Team/RELEASE'],
  ])('takes a pipeline by %s', async (_, pipeline) => {
    await open();
    const { reference } = await trigger({ ...trial.fake.target, pipeline });
    expect(reference).toEqual({ project: 'Web Shop', pipeline: 'team/release', id: '1001' });
  });

  it('takes the default branch without a ref, and tags by their whole name', async () => {
    await open();
    const { project, pipeline } = trial.fake.target;
    await trial.client.trigger({ project, pipeline, ...KEYED, inputs: {} });
    const error = await failureOf(
      trial.client.trigger({ project, pipeline, ref: 'refs/tags/v1', ...KEYED, inputs: {} }),
    );
    const refs = triggers().map((request) => JSON.stringify(bodyOf(request)['resources']));
    expect(refs[0]).toContain('refs/heads/main');
    expect(refs[1]).toContain('refs/tags/v1');
    expect(error.code).toBe('pipeline-ref-not-found');
  });

  it.each(['..', '.', ''])('asks nothing of a project called %j', async (project) => {
    await open();
    expect((await failureOf(trigger({ ...trial.fake.target, project }))).code).toBe('platform-not-found');
    expect(trial.fake.requests).toHaveLength(0);
  });
});

describe('a run of Azure DevOps', () => {
  it('has jobs in stages, with steps in their order', async () => {
    await open();
    await trigger();
    expect(await trial.client.jobs(trial.fake.referenceOf('1001'))).toEqual([]);
    trial.fake.executions.advance('1001', 'running');
    const jobs = await trial.client.jobs(trial.fake.referenceOf('1001'));
    expect(jobs.map(({ name, stage, runner }) => [name, stage, runner])).toEqual([
      ['build', 'Make', 'agent-1'],
      ['test', 'Check', 'agent-1'],
    ]);
    expect(jobs[0]!.steps!.map(({ name }) => name)).toEqual(['Set up', 'Run', 'Tidy up']);
  });

  it('waits for approvals, as its timeline tells', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'running');
    const reference = trial.fake.referenceOf('1001');
    for (const job of trial.fake.executions.require('1001').jobs) job.state = 'succeeded';
    trial.fake.executions.require('1001').state = 'blocked';
    expect(await trial.client.jobs(reference)).toMatchObject([
      { name: 'build', state: 'succeeded' },
      { name: 'Checkpoint.Approval', state: 'blocked', stage: 'Check' },
    ]);
    expect(await trial.client.status(reference)).toMatchObject({ state: 'blocked', native: 'inProgress' });
    trial.fake.executions.require('1001').state = 'running';
    await trial.client.jobs(reference);
    expect(await trial.client.status(reference)).toMatchObject({ state: 'running' });
  });

  it.each([
    ['failed', false],
    ['all', true],
  ] as const)('is done again, %s', async (what, force) => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'failed');
    const again = await trial.client.retry(trial.fake.referenceOf('1001'), what);
    expect(again).toMatchObject({ attempt: 1, state: 'queued', reference: trial.fake.referenceOf('1001') });
    const changes = trial.fake.requests.filter(({ method }) => method === 'PATCH');
    expect(changes[0]!.path).toContain(`/stages/${what === 'all' ? 'Make' : 'Check'}`);
    expect(bodyOf(changes[0])).toEqual({ state: 'retry', forceRetryAllJobs: force });
  });

  it('is not done again where nothing failed', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'succeeded');
    const asked = trial.client.retry(trial.fake.referenceOf('1001'), 'failed');
    expect((await failureOf(asked)).message).toContain('none of its stages has failed');
  });

  it('is listed with those that changed since', async () => {
    await open();
    await trigger();
    await trigger(trial.fake.unkeyed!);
    trial.fake.executions.advance('1001', 'succeeded');
    const list = (pipeline: string, since?: number) =>
      trial.client.executions({ project: 'Web Shop', pipeline }, since === undefined ? {} : { since });
    expect((await list('')).items.map(({ reference }) => reference.pipeline).sort()).toEqual([
      'plain',
      'team/release',
    ]);
    expect((await list('', Date.now() - 60_000)).items).toHaveLength(2);
    expect((await list('plain')).items).toHaveLength(1);
  });
});

describe('logs of Azure DevOps', () => {
  it.each([0, 1] as const)('go on at a byte, lines being counted from %i', async (lineBase) => {
    await open({ lineBase });
    await trigger();
    trial.fake.executions.advance('1001', 'running');
    const { log } = trial.fake.executions.jobOf('1001', 'build');
    const [job] = await trial.client.jobs(trial.fake.referenceOf('1001'));
    const written: string[] = [];
    let offset = 0;
    for (const text of ['eins\n', 'zwölf\ndrei\n', 'vier\nvier\n', 'vier\n', '', 'fünf\n', 'sechs\n']) {
      log.write(text);
      const read = await readLog(job!.id, offset);
      expect(read).toEqual({ text, complete: false });
      written.push(text);
      offset += Buffer.byteLength(read.text);
    }
    const asked = trial.fake.requests.filter(({ path }) => path.includes('/logs/'));
    expect(asked.at(-1)!.query.get('startLine')).not.toBeNull();
    trial.fake.executions.advance('1001', 'succeeded');
    await trial.elsewhere(async () => {
      const whole = written.join('');
      expect(await readLog(job!.id, 3)).toEqual({
        text: Buffer.from(whole).subarray(3).toString(),
        complete: true,
      });
      const before = trial.fake.requests.length;
      expect((await readLog(job!.id, offset)).text).toBe('');
      expect(trial.fake.requests.slice(before).some(({ path }) => path.includes('/logs/'))).toBe(false);
    });
  });

  it('end every line alike, the last one too', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'running');
    trial.fake.executions.jobOf('1001', 'build').log.write('a\r\nb\r\nc');
    const [job] = await trial.client.jobs(trial.fake.referenceOf('1001'));
    expect((await readLog(job!.id)).text).toBe('a\nb\nc\n');
  });
});

describe('manners of Azure DevOps', () => {
  it.each([
    ['a page with the status 203', { status: 203, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://spsprodneu1.vssps.visualstudio.com/_signin?x=1' } },
    ],
    [
      'a page with the status 200',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in' },
    ],
  ])('asks for signing in by %s', async (_, answer) => {
    await open();
    trial.fake.faults.plan({ kind: 'answer', ...answer });
    expect((await failureOf(trial.client.projects({}))).code).toBe('platform-auth-refused');
  });

  it('waits after an answer that asks for it, before the next request', async () => {
    await open();
    trial.fake.faults.plan({
      kind: 'answer',
      status: 200,
      headers: { 'retry-after': '1', 'x-ratelimit-limit': '200' },
      json: { value: [] },
    });
    await trial.client.projects({});
    expect(trial.client.rateLimit()).toMatchObject({ limit: 200, remaining: 0 });
    await trial.client.projects({});
    expect(trial.tested.waited).toHaveLength(1);
  });

  it('tells the limit as the platform does', async () => {
    await open();
    const headers = {
      'x-ratelimit-limit': '200',
      'x-ratelimit-remaining': '150',
      'x-ratelimit-reset': '1900000000',
    };
    trial.fake.faults.plan({ kind: 'answer', status: 200, headers, json: { value: [] } });
    await trial.client.projects({});
    expect(trial.client.rateLimit()).toEqual({ limit: 200, remaining: 150, resetsAt: 1_900_000_000_000 });
  });

  it('sends an artifact from the base URL, wherever the platform says that it lies', async () => {
    await open();
    await trigger();
    trial.fake.executions.advance('1001', 'succeeded');
    trial.fake.executions.addArtifact('1001', 'my report', Buffer.from('PK'));
    const reference = trial.fake.referenceOf('1001');
    const artifacts = await trial.client.artifacts(reference);
    if (isUnsupported(artifacts)) throw new Error(artifacts.instead);
    expect(artifacts).toMatchObject([{ name: 'my report', size: 2, form: 'archive', job: 'job-1' }]);
    await trial.client.download(reference, artifacts[0]!);
    expect(trial.fake.requests.at(-1)!.query.get('artifactName')).toBe('my report');
  });

  it('lists what may be given, of the variables and of the YAML', async () => {
    await open();
    expect(await trial.client.inputs(trial.fake.target)).toEqual([
      { name: 'LEVEL', type: 'text', required: false, default: 'info' },
      {
        name: 'environment',
        type: 'choice',
        required: false,
        default: 'staging',
        choices: ['staging', 'production'],
        description: 'Where to',
      },
      { name: 'dry', type: 'boolean', required: false, default: false },
      { name: 'copies', type: 'number', required: false, default: 1 },
    ]);
  });
});
