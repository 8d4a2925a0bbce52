import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createConnections } from '#connectors/cicd/connections.js';
import { github } from '#connectors/cicd/github/github.js';
import type { PlatformClient, PlatformEvent, TriggerRequest } from '#connectors/cicd/platform.js';
import { connectTo, type TestedConnection } from '../../libs/connectors/cicd/testing/fake-connection.js';
import {
  createFaultyDeliveries,
  type FaultyDeliveries,
  type HttpDelivery,
  receiveDeliveries,
} from '../cicd/fault-deliveries.js';
import { type FaultProxy, startFaultProxy, USUAL_FAULTS } from '../cicd/fault-proxy.js';
import { describeServer } from './describe-server.js';
import { Gitea } from './gitea/gitea.js';
import { GiteaRunner } from './gitea/runner.js';
import { followLog, readAll, until, untilOver } from './watch-execution.js';

const SECRET = 'webhook-secret-of-the-test';
const WORKFLOW = `
name: Build
run-name: Build \${{ inputs.sluice_key }}
on:
  workflow_dispatch:
    inputs:
      sluice_key: { type: string, required: false }
      seconds: { type: string, default: '0' }
      outcome: { type: choice, options: [good, bad], default: good }
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - name: compile
        run: |
          echo compiling
          for at in $(seq \${{ inputs.seconds }}); do sleep 1; echo "still compiling: $at"; done
          echo compiled > out.txt
      - uses: actions/upload-artifact@v4
        with: { name: out, path: out.txt }
  test:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - name: judge
        run: if [ "\${{ inputs.outcome }}" = bad ]; then echo it is bad; exit 3; fi
`;

describeServer('gitea', 'GitHub Actions, on a real Gitea 1.26.0', (program) => {
  let gitea: Gitea;
  let runner: GiteaRunner;
  let repository: string;
  let proxy: FaultProxy;
  let tested: TestedConnection;
  let client: PlatformClient;
  const heard: HttpDelivery[] = [];
  let deliveries: FaultyDeliveries<HttpDelivery>;
  let receiver: Awaited<ReturnType<typeof receiveDeliveries>>;

  beforeAll(async () => {
    gitea = await Gitea.start(program);
    runner = await GiteaRunner.start(gitea);
    repository = await gitea.createRepository('app', { '.github/workflows/build.yml': WORKFLOW });
    await gitea.createBranch(repository, 'next');
    deliveries = createFaultyDeliveries({ seed: 7, twice: 0.3, late: 0.3 }, (delivery) => {
      heard.push(delivery);
    });
    receiver = await receiveDeliveries((delivery) => deliveries.take(delivery));
    await gitea.createWebhook(repository, receiver.url, SECRET);
    proxy = await startFaultProxy(gitea.api);
  });
  afterAll(async () => {
    await runner?.close();
    await gitea?.close();
    await proxy?.close();
    await receiver?.close();
  });

  beforeEach(() => {
    const connections = createConnections({ allow: ['127.0.0.1'] });
    const auth = { type: 'token', secret: 'token' } as const;
    tested = connectTo(
      { url: proxy.url, auth, options: {}, secrets: { token: gitea.token } },
      { connections },
    );
    client = github.connect(tested.connection);
  });
  afterEach(async () => {
    proxy.leaveToChance(undefined);
    await tested.close();
  });

  const requestOf = (key: string, inputs: TriggerRequest['inputs'] = {}): TriggerRequest => ({
    ...{ project: repository, pipeline: 'build.yml', ref: 'main' },
    ...{ inputs, key, keyInput: 'sluice_key' },
  });

  /** Runs of the server that were started with a key, asked past the connector. */
  const countStarted = async (key: string): Promise<number> => {
    const { workflow_runs: runs } = await gitea.ask('GET', `/repos/${repository}/actions/runs?limit=50`);
    return runs.filter((run: { display_title: string }) => run.display_title.includes(key)).length;
  };

  it('says who asks, and what there is', async () => {
    expect(await client.health()).toMatchObject({ account: 'octo', version: '1.26.0', missing: [] });
    expect(await client.projects({ text: 'APP' })).toMatchObject({ items: [{ name: 'octo/app' }] });
    expect(await client.pipelines(repository, {})).toMatchObject({ items: [{ name: 'build.yml' }] });
    const branches = (await client.branches(repository, {})) as { items: { name: string }[] };
    expect(branches.items.map(({ name }) => name).sort()).toEqual(['main', 'next']);
    expect(await client.inputs({ project: repository, pipeline: 'build.yml', ref: 'next' })).toContainEqual(
      expect.objectContaining({ name: 'outcome', type: 'choice', choices: ['good', 'bad'] }),
    );
  });

  it('starts a build, finds it by its key, follows its log, and takes its result and artifact', async () => {
    const started = await client.trigger(requestOf('first-key', { seconds: 3 }));
    const found = await client.find({ ...requestOf('first-key'), since: Date.now() - 60_000 });
    expect(found).toMatchObject({ outcome: 'found', execution: { reference: { id: started.reference.id } } });
    const job = await until(async () => (await client.jobs(started.reference))[0]);
    const log = await followLog(client, started.reference, job.id);
    expect(log.text.match(/still compiling: \d/g)).toEqual([1, 2, 3].map((at) => `still compiling: ${at}`));
    expect(log.parts).toBeGreaterThan(1);

    const execution = await untilOver(client, started.reference);
    expect(execution).toMatchObject({ state: 'succeeded', ref: 'main', trigger: 'workflow_dispatch' });
    const jobs = await client.jobs(started.reference);
    expect(jobs.map(({ name, state }) => [name, state])).toEqual([
      ['build', 'succeeded'],
      ['test', 'succeeded'],
    ]);
    expect(await client.steps(started.reference, job.id)).toMatchObject([
      { name: 'compile', state: 'succeeded' },
      { state: 'succeeded' },
    ]);
    const [artifact] = (await client.artifacts(started.reference)) as [never];
    expect(artifact).toMatchObject({ name: 'out', form: 'archive', expired: false });
    const bytes = await client.download(started.reference, artifact);
    expect((await readAll(bytes as AsyncIterable<Uint8Array>)).toString('latin1')).toContain('compiled\n');
  });

  it('tells which job of a build failed, and does it again', async () => {
    const { reference } = await client.trigger(requestOf('bad-key', { outcome: 'bad' }));
    expect(await untilOver(client, reference)).toMatchObject({ state: 'failed' });
    const [build, test] = await client.jobs(reference);
    expect([build?.state, test?.state]).toEqual(['succeeded', 'failed']);
    expect((await followLog(client, reference, test!.id)).text).toContain('it is bad');

    await client.retry(reference, 'failed');
    const again = await untilOver(client, reference);
    expect(again).toMatchObject({ state: 'failed', reference: { id: reference.id } });
  });

  it('says that Gitea cannot cancel', async () => {
    const { reference } = await client.trigger(requestOf('long-key'));
    expect(await client.cancel(reference)).toMatchObject({ unsupported: 'cancel' });
    await untilOver(client, reference);
  });

  it('refuses what cannot be started', async () => {
    const wrong = { ...requestOf('wrong-key'), ref: 'gone' };
    await expect(client.trigger(wrong)).rejects.toMatchObject({ code: 'pipeline-ref-not-found' });
    await expect(client.trigger(requestOf('wrong-key', { outcome: 'ugly' }))).rejects.toMatchObject({
      code: 'pipeline-inputs-refused',
    });
    await expect(client.status({ ...wrong, id: '99999' })).rejects.toMatchObject({
      code: 'platform-not-found',
    });
    expect(await countStarted('wrong-key')).toBe(0);
  });

  it('refuses a wrong token by name', async () => {
    const auth = { type: 'token', secret: 'token' } as const;
    const stranger = connectTo({ url: proxy.url, auth, options: {}, secrets: { token: 'f'.repeat(40) } });
    const health = github.connect(stranger.connection).health();
    await expect(health).rejects.toMatchObject({ code: 'platform-auth-refused' });
    await stranger.close();
  });

  it('has started a build once whose answer was lost', async () => {
    const isTrigger = ({ method, target }: { method: string; target: string }) =>
      method === 'POST' && target.includes('/dispatches');
    proxy.plan({ kind: 'lost' }, { when: isTrigger });
    const since = Date.now();
    await expect(client.trigger(requestOf('lost-key'))).rejects.toBeDefined();
    const found = await client.find({ ...requestOf('lost-key'), since });
    expect(found.outcome).toBe('found');
    expect(await countStarted('lost-key')).toBe(1);
    if (found.outcome === 'found') await untilOver(client, found.execution.reference);
  });

  it('waits where it is asked to, and says so where that is too long', async () => {
    proxy.plan({ kind: 'answer', status: 429, headers: { 'retry-after': '1' } });
    await client.health();
    expect(tested.waited).toHaveLength(1);
    proxy.plan({ kind: 'answer', status: 429 });
    await client.health();
    expect(tested.waited).toHaveLength(2);
    proxy.plan({ kind: 'answer', status: 429, headers: { 'retry-after': '600' } });
    await expect(client.health()).rejects.toMatchObject({ code: 'platform-rate-limited' });
  });

  it('takes the result of a build through answers that fail, break off and crawl', async () => {
    const { reference } = await client.trigger(requestOf('storm-key', { seconds: 1 }));
    proxy.leaveToChance({ seed: 11, share: 0.4, faults: USUAL_FAULTS });
    const since = proxy.exchanges.length;
    const patient = async <T>(ask: () => Promise<T>): Promise<T> => until(() => ask().catch(() => undefined));
    const over = await patient(() => untilOver(client, reference));
    const jobs = await patient(() => client.jobs(over.reference));
    const log = await patient(() => followLog(client, reference, jobs[0]!.id));
    expect(over.state).toBe('succeeded');
    expect(log.text).toContain('still compiling: 1');
    expect(proxy.exchanges.slice(since).filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(2);
    expect(await countStarted('storm-key')).toBe(1);
  });

  it('tells of builds by webhooks, which are signed; some came twice, some late', async () => {
    await deliveries.flush();
    expect(deliveries.counts.twice).toBeGreaterThan(0);
    expect(deliveries.counts.late).toBeGreaterThan(0);
    const events: PlatformEvent[] = [];
    for (const delivery of heard) {
      expect(github.verifyWebhook(delivery, [SECRET], Date.now())).toMatchObject({ valid: true });
      const changed = { ...delivery, body: Buffer.concat([delivery.body, Buffer.from(' ')]) };
      expect(github.verifyWebhook(changed, [SECRET], Date.now())).toMatchObject({ valid: false });
      events.push(github.parseEvent(delivery));
    }
    const states = (type: string) =>
      new Set(events.filter((event) => event.type === type).map(({ execution }) => execution?.state));
    expect(states('workflow_run')).toContain('succeeded');
    expect(states('workflow_run')).toContain('failed');
    const jobs = events.flatMap(({ jobs: told = [] }) => told);
    expect(jobs).toContainEqual(expect.objectContaining({ name: 'test', state: 'failed' }));
    expect(new Set(events.map(({ delivery }) => delivery)).size).toBe(deliveries.counts.sent);
  });
});
