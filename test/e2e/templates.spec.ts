import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdviceView, EstimateView } from '#contracts/rest/history.js';
import type { RunView } from '#contracts/rest/runs.js';
import type { InstantiationView } from '#contracts/rest/templates.js';
import type { JsonObject } from '#domain/json.js';
import { TestPlatform } from '../platform.js';

const run = promisify(execFile);

let platform: TestPlatform;
let folder: string;
let repository: string;

beforeAll(async () => {
  platform = await TestPlatform.start();
  folder = await mkdtemp(join(tmpdir(), 'sluice-templates-'));
  repository = join(folder, 'repository');
  await run('git', ['init', '--quiet', '--initial-branch=main', repository]);
  await writeFile(join(repository, 'test.sh'), "printf 'TAP version 14\\n1..1\\nok 1 - a\\n' > report.tap\n");
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: repository });
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'first');
});
afterAll(async () => {
  await platform?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Try {
  readonly template: string;
  readonly values: JsonObject;
  readonly inputs?: JsonObject;
  /** Step whose approval is given. */
  readonly approve?: string;
  /** What becomes of the run. */
  readonly expected: Readonly<Partial<Record<keyof RunView, unknown>>>;
}

async function runTemplate({ template, values, inputs = {}, approve }: Try, name: string): Promise<RunView> {
  const { status, body } = await platform.request<InstantiationView>(
    'POST',
    `/templates/${template}/instantiate`,
    { values: { ...values, name }, save: true },
  );
  if (status !== 200) throw new Error(JSON.stringify(body, null, 2));
  const { id } = await platform.execute(body.workflow!.id, inputs);
  if (approve !== undefined) {
    await platform.waitFor(id, async () =>
      (await platform.steps(id)).some(({ key, status }) => key === approve && status === 'waiting'),
    );
    const approved = await platform.request(
      'POST',
      `/runs/${id}/steps/${approve}/approve`,
      { reason: 'yes' },
      { 'x-sluice-actor': 'bob' },
    );
    expect(approved.status).toBe(200);
  }
  return platform.waitForEnd(id);
}

/** Made when the repository is there. */
const TRIES: readonly (() => Try)[] = [
  () => ({ template: 'build-matrix', values: {}, expected: { status: 'succeeded', output: { builds: 4 } } }),
  () => ({
    template: 'canary-by-region',
    values: {},
    expected: { status: 'succeeded', output: { version: '1.0', regions: ['eu-west', 'us-east'] } },
  }),
  () => ({
    template: 'canary-by-region',
    values: { healthy: 'test "$REGION" = eu-west', looks: 2, pause: '100ms' },
    expected: { status: 'failed', error: expect.objectContaining({ code: 'loop-exhausted' }) },
  }),
  () => ({
    template: 'database-migration',
    values: {
      database: 'shop',
      backup: 'echo 1 > db; cp db copy',
      migrate: 'echo 2 > db',
      restore: 'mv copy db',
    },
    approve: 'sign-off',
    expected: { status: 'succeeded', output: { database: 'shop' } },
  }),
  () => ({
    template: 'database-migration',
    values: {
      database: 'shop',
      ask: false,
      backup: 'echo 1 > db; cp db copy',
      migrate: 'exit 3',
      restore: 'mv copy db',
    },
    expected: { status: 'failed', error: expect.objectContaining({ code: 'migration-undone' }) },
  }),
  () => ({
    template: 'dependency-update',
    values: {
      repository,
      update: 'echo "$GROUP" >> updated',
      test: ['test', '-s', 'updated'],
      publish: 'true',
    },
    approve: 'sign-off',
    expected: { status: 'succeeded', output: { changes: '?? updated\n' } },
  }),
  () => ({
    template: 'fan-out',
    values: { items: ['a', 'b', 'c'], command: 'test "$ITEM" != b', enough: 2, attempts: 1 },
    expected: { status: 'succeeded', output: { succeeded: 2 } },
  }),
  () => ({
    template: 'fan-out',
    values: { items: ['a', 'b', 'c'], command: 'test "$ITEM" = a', enough: 2, attempts: 1 },
    expected: { status: 'failed', error: expect.objectContaining({ code: 'too-few-succeeded' }) },
  }),
  () => ({
    template: 'incident-response',
    values: { remedy: 'touch well', recovered: 'test -e well' },
    approve: 'remedy-approved',
    expected: { status: 'succeeded', output: { decidedBy: ['bob'] } },
  }),
  () => ({ template: 'nightly-job', values: { run: ['true'] }, expected: { status: 'succeeded' } }),
  () => ({
    template: 'nightly-job',
    values: { run: ['false'], attempts: 2, pause: '10ms', report: true, report_url: 'http://127.0.0.1:1/' },
    expected: { status: 'failed', error: expect.objectContaining({ code: 'command-failed' }) },
  }),
  () => ({
    template: 'release-with-approval',
    values: {
      service: 'shop',
      check: 'test -n "$CHECK"',
      release: ['true'],
      undo: ['true'],
      verify: ['true'],
    },
    inputs: { version: '1.2' },
    approve: 'sign-off',
    expected: { status: 'succeeded', output: { service: 'shop', version: '1.2', approvedBy: ['bob'] } },
  }),
  () => ({
    template: 'verify-repository',
    values: { repository, test: ['sh', 'test.sh'], report: 'report.tap' },
    expected: { status: 'succeeded', output: expect.objectContaining({ passed: 1, failed: 0 }) },
  }),
];

describe('templates, as they come', () => {
  it('are all tried', async () => {
    const files = await readdir(new URL('../../templates/', import.meta.url));
    expect([...new Set(TRIES.map((each) => `${each().template}.yaml`))].sort()).toEqual(files.sort());
  });

  it.each(TRIES.map((make, index) => [make().template, make, index] as const))(
    '%s',
    async (_, make, index) => {
      const wanted = make();
      expect(await runTemplate(wanted, `try-${index}`)).toMatchObject(wanted.expected);
    },
  );
});

it('real runs tell how long the next one takes, and what to change', async () => {
  const workflow = await platform.save(`sluice: 1
name: told
stages:
  main:
    steps:
      one: { uses: command/run, with: { run: [sleep, "0.3"] } }
      two: { uses: command/run, with: { run: [sleep, "0.2"] } }
`);
  for (let index = 0; index < 10; index++) {
    const { id } = await platform.execute(workflow.id);
    expect(await platform.waitForEnd(id)).toMatchObject({ status: 'succeeded' });
  }
  const estimate = (await platform.request<EstimateView>('GET', '/workflows/told/estimate')).body;
  expect(estimate).toMatchObject({ runs: 10, conclusive: true, criticalPath: ['one', 'two'] });
  expect(estimate.p50Ms).toBeGreaterThanOrEqual(500);
  const { items } = (await platform.request<AdviceView>('GET', '/workflows/told/advice')).body;
  expect(items.map(({ id }) => id).sort()).toEqual(['parallel:main:workspace', 'timeout:one', 'timeout:two']);
  expect(items[0]!.gain.time.mean).toBeGreaterThanOrEqual(200);
});
