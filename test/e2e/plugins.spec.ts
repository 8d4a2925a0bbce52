import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeWoodpecker, startFakeWoodpecker } from '#connectors/cicd/testing/fake-woodpecker.js';
import type { IntegrationHealth, PlatformView } from '#contracts/rest/integrations.js';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { TestPlatform } from '../platform.js';
import { TestProcess } from '../process.js';

const PLUGIN = join(findProjectRoot(), 'examples/plugins/woodpecker');

const DEFINITION = `
sluice: 1
name: by-plugin
stages:
  ci:
    steps:
      build:
        uses: pipeline/run
        with: { integration: ci, project: acme/app, inputs: { REGION: eu-west }, logs: all }
output: { state: "\${{ steps.build.output.state }}", id: "\${{ steps.build.output.id }}" }
`;

describe('a platform that comes by a plugin', () => {
  let woodpecker: FakeWoodpecker;
  let platform: TestPlatform;

  beforeAll(async () => {
    woodpecker = await startFakeWoodpecker();
    const environment = {
      SLUICE_PLUGINS: PLUGIN,
      SLUICE_HTTP_ALLOW: '127.0.0.1',
      SLUICE_SECRET_CI: Object.values(woodpecker.secrets)[0]!,
    };
    platform = await TestPlatform.start({
      api: environment,
      worker: { ...environment, QUEUES: 'orchestration,cicd' },
    });
  }, 120_000);
  afterAll(async () => {
    await platform?.close();
    await woodpecker?.close();
  });

  it('is connected by the API, and runs the pipeline of a step once', async () => {
    const known = await platform.request<{ items: readonly PlatformView[] }>('GET', '/platforms');
    expect(known.body.items.map(({ name }) => name)).toContain('woodpecker');
    const created = await platform.request('POST', '/integrations', {
      name: 'ci',
      platform: 'woodpecker',
      baseUrl: woodpecker.url,
      auth: { type: 'token', secret: 'env:SLUICE_SECRET_CI' },
    });
    expect(created.status).toBe(201);
    const tried = await platform.request<IntegrationHealth>('POST', '/integrations/ci/test');
    expect(tried.body).toMatchObject({ state: 'healthy', account: 'robot', version: '3.17.0' });

    woodpecker.executions.onChange(({ state, jobs }) => {
      if (state === 'running') jobs[0]!.log.write('compiled by a plugin\n');
    });
    woodpecker.executions.playOn();
    await platform.save(DEFINITION);
    const { id } = await platform.execute('by-plugin');
    const run = await platform.waitForEnd(id);
    expect(run).toMatchObject({ status: 'succeeded', output: { state: 'succeeded', id: '1' } });
    expect(woodpecker.executions.list).toMatchObject([
      { inputs: { REGION: 'eu-west', sluice_key: expect.any(String) } },
    ]);
    expect((await platform.logs(id)).map(({ text }) => text)).toContain('compiled by a plugin');
    const [token] = Object.values(woodpecker.secrets);
    expect(platform.api.printed + platform.worker.printed).not.toContain(token);
  });

  const start = async (program: string, plugins: string) => {
    const process = new TestProcess(`apps/${program}/main.js`, {
      DATABASE_URL: platform.database.url,
      TEMPORAL_ADDRESS: platform.temporal.address,
      SLUICE_HOME: join(platform.home, `${program}-of-its-own`),
      SLUICE_PORT: '0',
      SLUICE_PLUGINS: plugins,
    });
    await expect(process.start()).rejects.toThrow('ended with 1');
    return process.printed;
  };

  it.each(['api', 'worker'])('stops the start of the %s with words where it is not fit', async (program) => {
    const broken = join(platform.home, 'broken.mjs');
    await writeFile(broken, 'throw new Error("no licence for this machine");');
    const cases = [
      ['./nowhere', 'is not there'],
      [`${PLUGIN},${broken}`, 'no licence for this machine'],
      [`${PLUGIN},${PLUGIN}`, 'Two platforms are called woodpecker'],
    ] as const;
    const printed = await Promise.all(cases.map(([plugins]) => start(program, plugins)));
    expect(printed).toEqual(cases.map(([, words]) => expect.stringContaining(words)));
    expect(printed.join('')).not.toMatch(/^\s+at |"stack"/m);
  });
});
