import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { startFakeAzureDevOps } from '#connectors/cicd/testing/fake-azure-devops.js';
import { startFakeCircleCi } from '#connectors/cicd/testing/fake-circleci.js';
import { startFakeGitHub } from '#connectors/cicd/testing/fake-github.js';
import { startFakeGitLab } from '#connectors/cicd/testing/fake-gitlab.js';
import { startFakeJenkins } from '#connectors/cicd/testing/fake-jenkins.js';
import type { FakePlatform } from '#connectors/cicd/testing/fake-platform.js';
import type { JsonObject } from '#domain/json.js';
import { compressingCodec } from '#temporal/payload-codec.js';
import { connectHooks, type Fakes, listCanaries, startWithFakes } from '../../cicd/connected-fakes.js';
import type { TestPlatform } from '../../platform.js';
import { createRandom } from '../../random.js';
import { LONG, SEED } from '../form.js';

const KILLS = LONG ? 20 : 3;
/** Only keeps a broken test from hanging. */
const LIMIT_MS = 300_000;

const NAMES = ['github', 'jenkins', 'gitlab', 'circleci', 'azure-devops'] as const;

let fakes: Fakes;
let platform: TestPlatform;
let workflow: string;

beforeAll(async () => {
  fakes = {
    github: await startFakeGitHub(),
    jenkins: await startFakeJenkins(),
    gitlab: await startFakeGitLab(),
    circleci: await startFakeCircleCi(),
    'azure-devops': await startFakeAzureDevOps(),
  };
  // What webhooks do not tell is asked for soon: the test is not to wait for it.
  platform = await startWithFakes(fakes, {
    SLUICE_PIPELINE_POLL_MS: '1000',
    SLUICE_PIPELINE_POLL_TOLD_MS: '5000',
  });
  for (const fake of Object.values(fakes)) fake.executions.playOn({ queuedMs: 300, runningMs: 1_500 });
  workflow = (await platform.save(writeDefinition())).id;
});
afterAll(async () => {
  await platform?.close();
  for (const fake of Object.values(fakes ?? {})) await fake.close();
});

/** One after the other, then two side by side. */
function writeDefinition(): string {
  const step = (name: string) => {
    const { target, inputs } = fakes[name]!;
    return JSON.stringify({
      uses: 'pipeline/run',
      timeout: '10m',
      with: { integration: name, ...target, inputs },
    });
  };
  return `
sluice: 1
name: five
stages:
  build:
    steps:
      github: ${step('github')}
      jenkins: ${step('jenkins')}
      gitlab: ${step('gitlab')}
      both:
        parallel:
          branches:
            left: { steps: { circleci: ${step('circleci')} } }
            right: { steps: { azure-devops: ${step('azure-devops')} } }
`;
}

const startedBy = ({ executions }: FakePlatform) =>
  executions.list.filter(({ trigger }) => trigger === 'api').length;

it(
  `starts each pipeline of five platforms once, though workers are killed ${KILLS} times, and answers and webhooks are lost`,
  async () => {
    const random = createRandom(SEED);
    await connectHooks(platform, fakes, (send) => {
      // Some are lost, some come twice, some late and so after the next.
      const luck = random();
      if (luck < 0.2) return;
      const pause = luck > 0.8 ? random() * 2_000 : 0;
      for (let copies = luck > 0.4 && luck < 0.6 ? 2 : 1; copies > 0; copies--) void sleep(pause).then(send);
    });
    const runs: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      for (const name of NAMES) {
        const fake = fakes[name]!;
        if (random() < 0.2)
          fake.faults.plan({ kind: 'lost' }, { when: (request) => fake.isTrigger(request) });
      }
      runs.push((await platform.execute(workflow)).id);
      await sleep(random() * 1_500);
      await platform.worker.kill();
      await platform.worker.start();
    }
    for (const run of runs) {
      const { status } = await platform.waitForEnd(run, LIMIT_MS);
      const failed = (await platform.steps(run)).filter((step) => step.error !== undefined);
      expect([run, status, failed.map(({ key, error }) => [key, error])]).toEqual([run, 'succeeded', []]);
      for (const name of NAMES) {
        const output = (await platform.steps(run)).find(({ id }) => id === name)?.output as JsonObject;
        const { executions } = fakes[name]!;
        expect([name, executions.startedByKey(String(output['execution']))]).toEqual([name, 1]);
      }
    }
    expect(NAMES.map((name) => [name, startedBy(fakes[name]!)])).toEqual(
      NAMES.map((name) => [name, runs.length]),
    );
    const open = await platform.database.dataSource.query(
      `SELECT state, count(*)::integer FROM pipeline_executions WHERE run_id IS NOT NULL GROUP BY state`,
    );
    expect(open).toEqual([{ state: 'succeeded', count: NAMES.length * runs.length }]);
  },
  LIMIT_MS + KILLS * 20_000,
);

it('tells the credentials of none of them', async () => {
  await expectNowhere(listCanaries(fakes));
});

async function expectNowhere(canaries: readonly string[]): Promise<void> {
  const { dataSource } = platform.database;
  const tables: { name: string }[] = await dataSource.query(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows: { text: string }[] = await dataSource.query(`SELECT t::text AS text FROM "${name}" t`);
    for (const canary of canaries)
      if (rows.some(({ text }) => text.includes(canary))) found.push(`${canary} in ${name}`);
  }
  for (const canary of canaries) {
    if (platform.worker.printed.includes(canary)) found.push(`${canary} printed by the worker`);
    if (platform.api.printed.includes(canary)) found.push(`${canary} printed by the API`);
  }
  const history = await readHistories();
  expect(history).toContain('azure-devops');
  for (const canary of canaries) if (history.includes(canary)) found.push(`${canary} in Temporal's history`);
  expect(found).toEqual([]);
}

/** Everything that Temporal keeps of the runs, as text. */
async function readHistories(): Promise<string> {
  const { address, namespace } = platform.temporal;
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const texts: string[] = [];
    for await (const { workflowId, runId } of client.workflow.list()) {
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const payloads = findPayloads(events);
      const plain = await compressingCodec.decode(payloads);
      texts.push(JSON.stringify(events), ...plain.map(({ data }) => Buffer.from(data ?? []).toString()));
    }
    return texts.join('\n');
  } finally {
    await connection.close();
  }
}

function findPayloads(value: unknown): Payload[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) return [value as Payload];
  return Object.values(value).flatMap(findPayloads);
}
