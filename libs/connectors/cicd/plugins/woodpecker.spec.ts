import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findProjectRoot } from '../../../host/project-root.js';
import type { PlatformClient } from '../platform.js';
import { connectTo, type TestedConnection } from '../testing/fake-connection.js';
import { type FakeWoodpecker, startFakeWoodpecker } from '../testing/fake-woodpecker.js';
import { describePlatformContract } from '../testing/platform-contract.js';
import { loadPlugins } from './load-plugins.js';

const [platform] = await loadPlugins(['./examples/plugins/woodpecker'], findProjectRoot());
const woodpecker = platform!;
const KEY = 'key-6f1c';

describePlatformContract(woodpecker, startFakeWoodpecker);

describe('Woodpecker', () => {
  let fake: FakeWoodpecker;
  let tested: TestedConnection;
  let client: PlatformClient;

  beforeEach(async () => {
    fake = await startFakeWoodpecker();
    tested = connectTo(fake);
    client = woodpecker.connect(tested.connection);
  });
  afterEach(async () => {
    await tested.close();
    await fake.close();
  });

  const trigger = (more: object = {}) =>
    client.trigger({ ...fake.target, inputs: fake.inputs, key: KEY, keyInput: 'sluice_key', ...more });
  const find = (more: object = {}) =>
    client.find({ ...fake.target, key: KEY, keyInput: 'sluice_key', since: Date.now(), ...more });
  const readLog = async (reference: object, job: string, offset: number) => {
    const part = await client.logs(reference as never, job, offset);
    if ('unsupported' in part) throw new Error(part.instead);
    const parts: Uint8Array[] = [];
    for await (const bytes of part.bytes) parts.push(bytes);
    return { text: Buffer.concat(parts).toString('utf8'), complete: part.complete };
  };

  it('starts a pipeline with its key and its inputs as variables, on the usual branch where none is named', async () => {
    const execution = await trigger({ ref: undefined });
    expect(execution).toMatchObject({
      reference: { project: 'acme/app', pipeline: '', id: '1' },
      state: 'queued',
      native: 'pending',
      title: '#1 MANUAL PIPELINE @ main',
      url: `${fake.url}/repos/7/pipeline/1`,
      ref: 'main',
      trigger: 'manual',
      key: KEY,
    });
    expect(fake.executions.list[0]).toMatchObject({
      ref: 'main',
      inputs: { REGION: 'eu-west', DRY: 'true', sluice_key: KEY },
    });
    expect(fake.requests[0]?.headers['authorization']).toMatch(/^Bearer eyJ/);
  });

  it('is followed from queued to its end with one request each time', async () => {
    const { reference } = await trigger();
    const { id } = fake.executions.list[0]!;
    for (const [state, expected] of [
      ['running', { state: 'running', native: 'running', startedAt: expect.any(Number) }],
      ['blocked', { state: 'blocked', native: 'blocked' }],
      ['failed', { state: 'failed', native: 'failure', endedAt: expect.any(Number) }],
    ] as const) {
      fake.executions.advance(id, state);
      const before = fake.requests.length;
      expect(await client.status(reference)).toMatchObject(expected);
      expect(fake.requests.length - before).toBe(1);
    }
    expect(await client.jobs(reference)).toMatchObject([
      { id: '5001', name: 'build', state: 'succeeded', runner: 'linux/amd64', steps: [{}, {}, {}] },
      {
        name: 'test',
        state: 'failed',
        native: 'failure',
        steps: [
          { state: 'succeeded' },
          { name: 'Run', state: 'failed' },
          { state: 'skipped', native: 'skipped' },
        ],
      },
    ]);
    expect(await client.steps(reference, '5002')).toMatchObject([{}, { name: 'Run', native: 'failure' }, {}]);
  });

  it('finds what was started by its variable, of however many, and not what was done again', async () => {
    expect(await find()).toEqual({ outcome: 'absent' });
    fake.executions.start({ pipeline: '', ref: 'main', inputs: {} });
    const { reference } = await trigger();
    await client.retry(reference, 'all');
    for (let count = 0; count < 60; count += 1)
      fake.executions.start({ pipeline: '', ref: 'main', inputs: { sluice_key: `other-${count}` } });
    expect(await find()).toMatchObject({ outcome: 'found', execution: { reference, key: KEY } });
    expect(await find({ ref: 'next' })).toEqual({ outcome: 'absent' });
    expect(await find({ since: Date.now() + 120_000 })).toEqual({ outcome: 'absent' });
    expect(await find({ keyInput: 'other_key' })).toEqual({ outcome: 'absent' });
  });

  it('finds what was started when the answer got lost', async () => {
    fake.faults.plan({ kind: 'lost' }, { when: (request) => fake.isTrigger(request) });
    await expect(trigger()).rejects.toMatchObject({ code: 'http-connection-failed' });
    expect(await find()).toMatchObject({ outcome: 'found', execution: { reference: { id: '1' } } });
    expect(fake.executions.startedByKey(KEY)).toBe(1);
  });

  it.each([
    ['a variable that cannot be one', { inputs: { 'a-b': 1 } }, 'pipeline-inputs-refused', 'a-b'],
    ['a branch that is not there', { ref: 'gone' }, 'pipeline-ref-not-found', 'gone'],
    ['a repository that is not there', { project: 'acme/other' }, 'platform-not-found', 'acme/other'],
    ['a pipeline beside the one', { pipeline: 'deploy' }, 'platform-not-found', 'deploy'],
    ['a name that leads elsewhere', { project: '../user' }, 'platform-not-found', '..'],
  ])('refuses %s, and starts nothing', async (_, more, code, named) => {
    const refusal = await trigger(more).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(named) });
    expect(fake.executions.list).toEqual([]);
  });

  it('tells a failure of the server from a branch that is not there', async () => {
    fake.faults.plan({ kind: 'answer', status: 500 }, { when: (request) => fake.isTrigger(request) });
    await expect(trigger()).rejects.toMatchObject({ code: 'platform-unavailable' });
  });

  it('says so where no workflow is for such a start', async () => {
    fake.filterAll();
    await expect(trigger()).rejects.toMatchObject({ code: 'pipeline-not-started' });
  });

  it('names the permission where the server says that there is no such thing', async () => {
    const { reference } = await trigger();
    const permission = fake.withdrawPermission();
    for (const refused of [trigger(), client.cancel(reference), client.retry(reference, 'all')]) {
      await expect(refused).rejects.toMatchObject({
        code: 'platform-permission-missing',
        hint: expect.stringContaining(permission),
      });
    }
  });

  it('follows a repository that has another number or name', async () => {
    const { reference } = await trigger();
    fake.renumber();
    await expect(client.status(reference)).rejects.toMatchObject({ code: 'platform-not-found' });
    expect(await client.status(reference)).toMatchObject({ reference });
    fake.rename('acme/renamed');
    expect(await trigger({ project: 'acme/app' })).toMatchObject({
      reference: { project: 'acme/renamed', id: '2' },
    });
  });

  it.each(['latest', '', '../../user', '1/cancel'])('takes %j for no pipeline', async (id) => {
    await trigger();
    await expect(client.status({ project: 'acme/app', pipeline: '', id })).rejects.toMatchObject({
      code: 'platform-not-found',
    });
  });

  it('cancels what runs, and leaves what is over', async () => {
    const { reference } = await trigger();
    await client.cancel(reference);
    expect(await client.status(reference)).toMatchObject({ state: 'canceled', native: 'killed' });
    await client.cancel(reference);
    expect(fake.requests.filter(({ path }) => path.endsWith('/cancel'))).toHaveLength(1);
  });

  it('does all of it again as a new pipeline, and no part of it', async () => {
    const { reference } = await trigger();
    expect(await client.retry(reference, 'failed')).toMatchObject({ unsupported: 'retry-failed' });
    expect(await client.retry(reference, 'all')).toMatchObject({ reference: { id: '2' } });
  });

  it('reads the log of a workflow by offset, line by line from base64', async () => {
    const { reference } = await trigger();
    const { id } = fake.executions.list[0]!;
    fake.executions.advance(id, 'running');
    const { log, id: job } = fake.executions.jobOf(id, 'build');
    expect(await readLog(reference, job, 0)).toEqual({ text: '', complete: false });
    log.write('ein Wört\n\n{"a": "}"}\n');
    const first = await readLog(reference, job, 0);
    expect(first).toEqual({ text: 'ein Wört\n\n{"a": "}"}\n', complete: false });
    log.write('over\n');
    fake.executions.advance(id, 'succeeded');
    const offset = Buffer.byteLength(first.text);
    expect(await readLog(reference, job, offset)).toEqual({ text: 'over\n', complete: true });
    await expect(readLog(reference, '77', 0)).rejects.toMatchObject({ code: 'platform-not-found' });
  });

  it('reads a log that is longer than an answer may be', async () => {
    const { reference } = await trigger();
    const { id } = fake.executions.list[0]!;
    fake.executions.jobOf(id, 'build').log.fill(8 * 1024 * 1024);
    fake.executions.advance(id, 'succeeded');
    const part = await client.logs(reference, '5001', 1_000);
    let bytes = 0;
    if ('bytes' in part) for await (const each of part.bytes) bytes += each.length;
    expect(bytes).toBe(8 * 1024 * 1024 - 1_000);
  });

  it.each([
    ['no JSON', '[{"data":}]'],
    ['no text', '[{"data":7}]'],
    ['a list', '{"data":{"a":1}}'],
  ])('refuses a log with %s in it', async (_, body) => {
    const { reference } = await trigger();
    const { id } = fake.executions.list[0]!;
    fake.executions.advance(id, 'succeeded');
    const answer = {
      kind: 'answer',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body,
    } as const;
    fake.faults.plan(answer, { when: ({ path }) => path.includes('/logs/') });
    await expect(readLog(reference, '5001', 0)).rejects.toMatchObject({ code: 'platform-answer-invalid' });
  });

  it('says who asks, and shows what there is', async () => {
    expect(await client.health()).toEqual({ account: 'robot', version: '3.17.0', missing: [] });
    expect(await client.projects({ text: 'APP' })).toEqual({
      items: [
        { name: 'acme/app', title: 'acme/app', url: 'https://forge.example/acme/app', defaultBranch: 'main' },
      ],
    });
    expect(await client.projects({ text: 'zzz' })).toEqual({ items: [] });
    expect(await client.pipelines('acme/app', {})).toEqual({
      items: [{ name: '', title: '.woodpecker', url: `${fake.url}/repos/7`, enabled: true }],
    });
    expect(await client.branches('acme/app', { text: 'nex' })).toEqual({ items: [{ name: 'next' }] });
  });

  it('lists pipelines page by page, and those that changed', async () => {
    for (let count = 0; count < 60; count += 1)
      fake.executions.start({ pipeline: '', ref: 'main', inputs: {}, trigger: 'push' });
    const first = await client.executions(fake.target, {});
    expect(first.items).toHaveLength(50);
    expect(first.items[0]).toMatchObject({ reference: { id: '60' }, trigger: 'push' });
    const second = await client.executions(fake.target, { cursor: first.next! });
    expect(second.items.map(({ reference }) => reference.id)).toEqual(
      Array.from({ length: 10 }, (_, index) => String(10 - index)),
    );
    expect(second.next).toBeUndefined();
    expect(await client.executions(fake.target, { since: Date.now() + 60_000 })).toEqual({ items: [] });
  });

  it.each([
    ['inputs', (each: PlatformClient) => each.inputs({ project: 'acme/app', pipeline: '' })],
    ['artifacts', (each: PlatformClient) => each.artifacts({ project: 'acme/app', pipeline: '', id: '1' })],
  ])('says of %s what to do instead', async (unsupported, ask) => {
    expect(await ask(client)).toEqual({ unsupported, instead: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  it('takes no webhook: there are none', () => {
    const request = { headers: new Map(), body: Buffer.from('{}') };
    expect(woodpecker.verifyWebhook(request, ['secret'], 0)).toMatchObject({ valid: false });
    expect(() => woodpecker.parseEvent(request)).toThrow(
      expect.objectContaining({ code: 'platform-event-invalid' }),
    );
  });
});
