import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnections } from '#connectors/cicd/connections.js';
import type { PlatformClient } from '#connectors/cicd/platform.js';
import { createPlatforms } from '#connectors/cicd/platforms.js';
import { isSluiceError } from '#domain/errors.js';
import { connectTo } from '../../libs/connectors/cicd/testing/fake-connection.js';
import { DESCRIBED, type DescribedPlatform } from './described-platforms.js';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';
import { findMisfits, Prism } from './prism.js';

type Call = (client: PlatformClient, world: DescribedPlatform) => Promise<unknown>;

const KEY = 'run-1/step-1';

/** Every method of a client. */
const CALLS: Readonly<Record<string, Call>> = {
  health: (client) => client.health(),
  projects: (client) => client.projects({}),
  pipelines: (client, { target }) => client.pipelines(target.project, {}),
  'pipelines by a text': (client, { target }) => client.pipelines(target.project, { text: 'a*b & c' }),
  branches: (client, { target }) => client.branches(target.project, {}),
  'branches by a text': (client, { target }) => client.branches(target.project, { text: 'ma' }),
  inputs: (client, { target }) => client.inputs(target),
  trigger: (client, { target }) =>
    client.trigger({ ...target, inputs: {}, key: KEY, keyInput: 'sluice_key' }),
  'trigger at the usual branch': (client, { target: { project, pipeline } }) =>
    client.trigger({ project, pipeline, inputs: {}, key: KEY, keyInput: 'sluice_key' }),
  find: (client, { target }) =>
    client.find({ ...target, key: KEY, keyInput: 'sluice_key', since: Date.now() - 60_000 }),
  executions: (client, { target }) => client.executions(target, { since: Date.now() - 3_600_000 }),
  'executions of a project': (client, { target: { project } }) =>
    client.executions({ project, pipeline: '' }, { text: 'build' }),
  status: (client, { reference }) => client.status(reference),
  jobs: (client, { reference }) => client.jobs(reference),
  steps: (client, { reference, job }) => client.steps(reference, job),
  logs: async (client, { reference, job }) => drain(await client.logs(reference, job, 0)),
  'logs from an offset': async (client, { reference, job }) => drain(await client.logs(reference, job, 7)),
  cancel: (client, { reference }) => client.cancel(reference),
  'retry of all': (client, { reference }) => client.retry(reference, 'all'),
  'retry of what failed': (client, { reference }) => client.retry(reference, 'failed'),
  artifacts: (client, { reference }) => client.artifacts(reference),
  download: async (client, { reference, artifact }) => drain(await client.download(reference, artifact)),
};

async function drain(answer: object): Promise<void> {
  const bytes = 'bytes' in answer ? answer.bytes : answer;
  for await (const _ of bytes as AsyncIterable<Uint8Array>);
}

let prism: Prism;
beforeAll(async () => {
  prism = await Prism.start();
});
afterAll(() => prism?.close());

it('tells what is not as it is described', async () => {
  const proxy = await startFaultProxy(prism.urlOf('github'));
  try {
    const body = JSON.stringify({ inputs: {}, return_run_details: 'yes' });
    const headers = { authorization: 'Bearer token', 'content-type': 'application/json' };
    await fetch(`${proxy.url}/repos/a/b/actions/workflows/1/dispatches`, { method: 'POST', headers, body });
    await fetch(`${proxy.url}/repos/a/b/actions/runs/1/stop`, { method: 'POST', headers });
    await fetch(`${proxy.url}/repos/a/b/actions/runs/1`);
    const [wrongBody, wrongPath, noToken] = proxy.exchanges.map((each) => findMisfits(each).join());
    expect(wrongBody).toMatch(/ref.*return_run_details/);
    expect(wrongPath).toMatch(/no path matched/);
    expect(noToken).toMatch(/UNAUTHORIZED/);
  } finally {
    await proxy.close();
  }
});

describe.each(DESCRIBED)('what is asked of $title is as it is described', (world) => {
  const platform = createPlatforms().require(world.platform);
  let proxy: FaultProxy;
  const connections = createConnections({ allow: ['127.0.0.1'], resolve: async () => [] });

  beforeAll(async () => {
    proxy = await startFaultProxy(prism.urlOf(world.platform) + world.base);
  });
  afterEach(() => {
    proxy.exchanges.splice(0);
  });
  afterAll(async () => {
    await connections.close();
    await proxy?.close();
  });

  const described = Object.keys(CALLS).filter((name) => !world.undescribed?.includes(name));
  it.each(described)('%s', async (name) => {
    const tested = connectTo({ ...world, url: proxy.url, options: {} }, { connections });
    const outcome = await CALLS[name]!(platform.connect(tested.connection), world).then(
      () => undefined,
      (error: unknown) => (isSluiceError(error) ? error.code : error),
    );
    const misfits = proxy.exchanges.flatMap((exchange) =>
      findMisfits(exchange).map(
        (words) => `${exchange.method} ${exchange.target} ${exchange.body}: ${words}`,
      ),
    );
    expect(misfits).toEqual([]);
    expect(outcome).toBe(world.ends?.[name]);
  });
});
