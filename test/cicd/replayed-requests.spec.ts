import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PlatformClient } from '#connectors/cicd/platform.js';
import { createPlatforms } from '#connectors/cicd/platforms.js';
import { startFakeAzureDevOps } from '../../libs/connectors/cicd/testing/fake-azure-devops.js';
import { startFakeCircleCi } from '../../libs/connectors/cicd/testing/fake-circleci.js';
import { connectTo } from '../../libs/connectors/cicd/testing/fake-connection.js';
import { startFakeGitHub } from '../../libs/connectors/cicd/testing/fake-github.js';
import { startFakeGitLab } from '../../libs/connectors/cicd/testing/fake-gitlab.js';
import type { FakePlatform } from '../../libs/connectors/cicd/testing/fake-platform.js';
import type { FakeRequest } from '../../libs/connectors/cicd/testing/fake-server.js';
import { startFaultProxy } from './fault-proxy.js';
import { findMisfits, Prism } from './prism.js';

const FAKES: readonly (readonly [string, () => Promise<FakePlatform>])[] = [
  ['github', () => startFakeGitHub()],
  ['gitlab', startFakeGitLab],
  ['azure-devops', () => startFakeAzureDevOps()],
  ['circleci', startFakeCircleCi],
];
/** One of them proves who asks; what goes elsewhere has none. */
const PROOFS = ['authorization', 'private-token', 'circle-token'];
/** Where CircleCI keeps files, which is no part of its API. */
const FILES = /^\/files\//;
const KEY = 'run-1/step-1';

let prism: Prism;
beforeAll(async () => {
  prism = await Prism.start();
});
afterAll(() => prism?.close());

describe.each(FAKES)('what a build by %s asks', (name, start) => {
  it('is as the platform describes it, with what answers gave', async () => {
    const fake = await start();
    const tested = connectTo(fake);
    const proxy = await startFaultProxy(prism.urlOf(name));
    try {
      await followBuild(createPlatforms().require(name).connect(tested.connection), fake);
      const asked = fake.requests.filter(
        ({ headers, path }) => PROOFS.some((each) => headers[each] !== undefined) && !FILES.test(path),
      );
      expect(asked.length).toBeGreaterThan(10);
      for (const request of asked) await repeat(request, proxy.url);
      const misfits = proxy.exchanges.flatMap((exchange) =>
        findMisfits(exchange).map(
          (words) => `${exchange.method} ${exchange.target} ${exchange.body}: ${words}`,
        ),
      );
      expect(misfits).toEqual([]);
    } finally {
      await proxy.close();
      await tested.close();
      await fake.close();
    }
  });
});

/** From its start, with all that it takes, to its artifacts; then once more, and cancelled. */
async function followBuild(client: PlatformClient, fake: FakePlatform): Promise<void> {
  const { target, inputs, executions } = fake;
  const request = { ...target, inputs, key: KEY, keyInput: 'sluice_key' };
  await client.health();
  const { reference } = await client.trigger(request);
  await client.find({ ...request, since: Date.now() - 60_000 });
  const { id } = executions.list.at(-1)!;
  executions.advance(id, 'running');
  executions.addArtifact(id, 'out', Buffer.from('built'));
  executions.jobOf(id, 'test').log.write('it is tested\n');
  executions.advance(id, 'failed');
  const execution = await client.status(reference);
  const jobs = await client.jobs(execution.reference);
  for (const job of jobs) {
    await client.steps(execution.reference, job.id);
    const part = await client.logs(execution.reference, job.id, 0);
    if ('bytes' in part) for await (const _ of part.bytes);
  }
  const artifacts = await client.artifacts(execution.reference);
  for (const artifact of Array.isArray(artifacts) ? artifacts : []) {
    const bytes = await client.download(execution.reference, artifact);
    if (Symbol.asyncIterator in bytes) for await (const _ of bytes);
  }
  await client.executions(target, { since: Date.now() - 3_600_000 });
  const again = await client.retry(execution.reference, 'failed');
  await client.cancel('reference' in again ? again.reference : execution.reference);
}

async function repeat({ method, target, headers, body }: FakeRequest, url: string): Promise<void> {
  const kept = Object.entries(headers).filter(([name]) => !/^(host|connection|content-length)$/.test(name));
  const sent = body === '' ? {} : { body };
  await fetch(url + target, { method, headers: Object.fromEntries(kept), redirect: 'manual', ...sent });
}
