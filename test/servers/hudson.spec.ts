import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createConnections } from '#connectors/cicd/connections.js';
import { jenkins } from '#connectors/cicd/jenkins/jenkins.js';
import type { PlatformClient, TriggerRequest } from '#connectors/cicd/platform.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import { connectTo, type TestedConnection } from '../../libs/connectors/cicd/testing/fake-connection.js';
import { type FaultProxy, startFaultProxy, USUAL_FAULTS } from '../cicd/fault-proxy.js';
import { describeServer } from './describe-server.js';
import { Hudson } from './hudson/hudson.js';
import { followLog, readAll, until, untilOver } from './watch-execution.js';

const SCRIPT = `
echo compiling
at=0; while [ $at -lt $seconds ]; do at=$((at+1)); sleep 1; echo "still compiling: $at"; done
echo compiled > out.txt
if [ "$outcome" = bad ]; then echo it is bad; exit 3; fi
`;

describeServer('hudson', 'Jenkins, on a real Hudson 3.3.2', (war) => {
  let hudson: Hudson;
  let auth: PlatformAuth;
  let proxy: FaultProxy;
  let tested: TestedConnection;
  let client: PlatformClient;

  beforeAll(async () => {
    hudson = await Hudson.start(war);
    const parameters = { sluice_key: '', seconds: '0', outcome: 'good' };
    await hudson.createJob('app', { script: SCRIPT, parameters, artifacts: 'out.txt' });
    auth = { type: 'basic', username: hudson.username, secret: 'password' };
    proxy = await startFaultProxy(hudson.url);
  });
  afterAll(async () => {
    await hudson?.close();
    await proxy?.close();
  });

  beforeEach(() => {
    const connections = createConnections({ allow: ['127.0.0.1'] });
    const secrets = { password: hudson.password };
    tested = connectTo({ url: proxy.url, auth, options: {}, secrets }, { connections });
    client = jenkins.connect(tested.connection);
  });
  afterEach(async () => {
    proxy.leaveToChance(undefined);
    await tested.close();
  });

  const requestOf = (key: string, inputs: TriggerRequest['inputs'] = {}): TriggerRequest => ({
    ...{ project: '/', pipeline: 'app', inputs, key, keyInput: 'sluice_key' },
  });

  /** Builds of the server that were started with a key, asked past the connector. */
  const countStarted = async (key: string): Promise<number> => {
    const answer = await fetch(`${hudson.url}/job/app/api/json?tree=builds[actions[parameters[name,value]]]`);
    return (await answer.text()).split(`"value":"${key}"`).length - 1;
  };

  it('says who asks, and what there is', async () => {
    expect(await client.health()).toMatchObject({ account: 'ci', missing: [] });
    expect(await client.pipelines('/', {})).toMatchObject({ items: [{ name: 'app', enabled: true }] });
    expect(await client.inputs({ project: '/', pipeline: 'app' })).toContainEqual(
      expect.objectContaining({ name: 'outcome', type: 'text', default: 'good' }),
    );
  });

  it('starts a build, finds it by its key, follows its log, and takes its result and artifact', async () => {
    const started = await client.trigger(requestOf('first-key', { seconds: 3 }));
    const found = await until(async () => {
      const seen = await client.find({ ...requestOf('first-key'), since: Date.now() - 60_000 });
      return seen.outcome === 'found' ? seen : undefined;
    });
    expect(found.execution.key).toBe('first-key');
    const { reference } = await until(async () => {
      const execution = await client.status(started.reference);
      return execution.state === 'queued' ? undefined : execution;
    });
    const [job] = await client.jobs(reference);
    const log = await followLog(client, reference, job!.id);
    expect(log.text.match(/^still compiling: \d/gm)).toEqual([1, 2, 3].map((at) => `still compiling: ${at}`));
    expect(log.text).not.toContain('\r');
    expect(log.parts).toBeGreaterThan(1);

    expect(await untilOver(client, started.reference)).toMatchObject({ state: 'succeeded', reference });
    expect(await client.jobs(reference)).toMatchObject([{ state: 'succeeded' }]);
    const [artifact] = (await client.artifacts(reference)) as [never];
    expect(artifact).toMatchObject({ name: 'out.txt', form: 'file' });
    const bytes = await client.download(reference, artifact);
    expect((await readAll(bytes as AsyncIterable<Uint8Array>)).toString()).toBe('compiled\n');
  });

  it('tells that a build failed, and does it again', async () => {
    const { reference } = await client.trigger(requestOf('bad-key', { outcome: 'bad' }));
    const failed = await untilOver(client, reference);
    expect(failed).toMatchObject({ state: 'failed', native: 'FAILURE' });
    const [job] = await client.jobs(failed.reference);
    expect((await followLog(client, failed.reference, job!.id)).text).toContain('it is bad');
    expect(await client.retry(failed.reference, 'failed')).toMatchObject({ unsupported: 'retry-failed' });

    const again = await client.retry(failed.reference, 'all');
    if ('unsupported' in again) throw new Error(again.instead);
    const second = await untilOver(client, again.reference);
    expect(second.state).toBe('failed');
    expect(second.reference.id).not.toBe(failed.reference.id);
  });

  it('cancels a build that runs', async () => {
    const { reference } = await client.trigger(requestOf('long-key', { seconds: 100 }));
    await until(async () => ((await client.status(reference)).state === 'running' ? true : undefined));
    expect(await client.cancel(reference)).toBeUndefined();
    expect(await untilOver(client, reference)).toMatchObject({ state: 'canceled', native: 'ABORTED' });
  });

  it('refuses what cannot be started', async () => {
    await expect(client.trigger(requestOf('wrong-key', { colour: 'red' }))).rejects.toMatchObject({
      code: 'pipeline-inputs-refused',
    });
    const gone = { ...requestOf('wrong-key'), pipeline: 'gone' };
    await expect(client.trigger(gone)).rejects.toMatchObject({ code: 'platform-not-found' });
    expect(await countStarted('wrong-key')).toBe(0);
  });

  it('refuses a wrong password by name', async () => {
    const secrets = { password: 'wrong' };
    const stranger = connectTo({ url: proxy.url, auth, options: {}, secrets });
    const trigger = jenkins.connect(stranger.connection).trigger(requestOf('stranger-key'));
    await expect(trigger).rejects.toMatchObject({ code: 'platform-permission-missing' });
    await stranger.close();
    expect(await countStarted('stranger-key')).toBe(0);
  });

  it('has started a build once whose answer was lost', async () => {
    const isTrigger = ({ method, target }: { method: string; target: string }) =>
      method === 'POST' && target.includes('/buildWithParameters');
    proxy.plan({ kind: 'lost' }, { when: isTrigger });
    const since = Date.now();
    await expect(client.trigger(requestOf('lost-key'))).rejects.toBeDefined();
    const found = await until(async () => {
      const seen = await client.find({ ...requestOf('lost-key'), since });
      return seen.outcome === 'found' ? seen.execution : undefined;
    });
    await untilOver(client, found.reference);
    expect(await countStarted('lost-key')).toBe(1);
  });

  it('takes the result of a build through answers that fail, break off and crawl', async () => {
    const { reference } = await client.trigger(requestOf('storm-key', { seconds: 1 }));
    proxy.leaveToChance({ seed: 11, share: 0.4, faults: USUAL_FAULTS });
    const since = proxy.exchanges.length;
    const patient = async <T>(ask: () => Promise<T>): Promise<T> => until(() => ask().catch(() => undefined));
    const over = await patient(() => untilOver(client, reference));
    const jobs = await patient(() => client.jobs(over.reference));
    const log = await patient(() => followLog(client, over.reference, jobs[0]!.id));
    expect(over.state).toBe('succeeded');
    expect(log.text).toContain('still compiling: 1');
    expect(proxy.exchanges.slice(since).filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(2);
    expect(await countStarted('storm-key')).toBe(1);
  });
});
