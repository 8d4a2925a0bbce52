import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunView, StepView } from '#contracts/rest/runs.js';
import type { JsonObject } from '#domain/json.js';
import { type MadeRepository, makeRepository } from '#risk/factors/testing/make-repository.js';
import { TestPlatform } from '../platform.js';
import { TestProcess } from '../process.js';
import { describeServer } from '../servers/describe-server.js';
import { Prometheus } from '../servers/prometheus/prometheus.js';

/** How long what was deployed is watched; Prometheus looks each second. */
const WATCH = '8s';

describeServer('prometheus', 'guarded-release, as shipped', (program) => {
  let folder: string;
  let repository: MadeRepository;
  let shop: TestProcess;
  let url: string;
  let prometheus: Prometheus;
  let platform: TestPlatform;
  let workflow: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-shop-'));
    repository = makeShop();
    await writeFile(join(folder, 'release.json'), JSON.stringify({ version: commitOf('live'), failing: 0 }));
    shop = new TestProcess('test/e2e/shop/main.js', { SHOP_FILE: join(folder, 'release.json') });
    url = (await shop.start()).url!;
    prometheus = await Prometheus.start(program, { target: new URL(url).host, open: true });
    platform = await TestPlatform.start({ worker: { SLUICE_HTTP_ALLOW: '127.0.0.1' } });
    workflow = (await platform.saveExample('guarded-release')).id;
  });
  afterAll(async () => {
    await platform?.close();
    await prometheus?.close();
    await shop?.stop();
    repository?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const commitOf = (ref: string) => repository.git('rev-parse', `${ref}^{commit}`).trim();
  const live = async () =>
    (JSON.parse(await readFile(join(folder, 'release.json'), 'utf8')) as { version: string }).version;

  async function release(ref: string, more: JsonObject = {}): Promise<string> {
    const { id } = await platform.execute(workflow, {
      repository: repository.folder,
      ref,
      service: 'shop',
      test: [process.execPath, ...TEST],
      reports: { tests: 'junit.xml', coverage: 'lcov.info' },
      running: [process.execPath, 'deploy.mjs', url],
      deploy: [process.execPath, 'deploy.mjs', url],
      prometheus: prometheus.url,
      watch: WATCH,
      ...more,
    });
    return id;
  }

  async function endOf(id: string): Promise<{ run: RunView; step: (key: string) => StepView | undefined }> {
    const run = await platform.waitForEnd(id);
    const steps = await platform.steps(id);
    return { run, step: (key) => steps.find((each) => each.key === key) };
  }

  it('releases a change of low risk, and asks nobody', async () => {
    const before = await live();
    const id = await release('small');
    const { run, step } = await endOf(id);
    expect(run.error).toBeUndefined();
    expect(run).toMatchObject({
      status: 'succeeded',
      output: {
        commit: commitOf('small'),
        replaced: before,
        risk: { level: 'low' },
        approvedBy: [],
        gates: { before: 'pass', after: 'pass' },
      },
    });
    expect(step('sign-off')).toMatchObject({ status: 'skipped' });
    expect(step('reports')?.output).toMatchObject({
      metrics: { 'tests.total': 2, 'tests.failures': 0, 'coverage.lines.percent': expect.any(Number) },
    });
    expect(step('post-deploy')?.output).toMatchObject({
      criteria: [
        { name: 'error-rate', value: 0, outcome: 'pass' },
        { name: 'p95', unit: 's', outcome: 'pass' },
      ],
    });
    expect(await live()).toBe(commitOf('small'));
  });

  it('waits for a person where the risk is high, and goes on once somebody has approved', async () => {
    const before = await live();
    const id = await release('large', { environment: TROUBLE });
    await platform.waitFor(id, async () =>
      (await platform.steps(id)).some(({ key, status }) => key === 'sign-off' && status === 'waiting'),
    );
    expect(await live()).toBe(before);
    const approved = await platform.request(
      'POST',
      `/runs/${id}/steps/sign-off/approve`,
      { reason: 'seen' },
      { 'x-sluice-actor': 'bob' },
    );
    expect(approved.status).toBe(200);
    const { run } = await endOf(id);
    expect(run).toMatchObject({
      status: 'succeeded',
      output: { risk: { level: 'high' }, approvedBy: ['bob'], gates: { after: 'pass' } },
    });
    expect(await live()).toBe(commitOf('large'));
  });

  it('rolls back what the metrics speak against once it runs', async () => {
    const before = await live();
    const id = await release('sick');
    const { run, step } = await endOf(id);
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'gate-failed', step: 'post-deploy', message: expect.stringContaining('error-rate') },
    });
    expect(step('deploy')).toMatchObject({ status: 'succeeded' });
    expect(step('deploy:compensate')).toMatchObject({ status: 'succeeded' });
    const told = (await platform.logs(id)).filter((line) => line.step.startsWith('deploy'));
    expect(told.map((line) => line.text).filter((line) => line.startsWith('deployed'))).toEqual([
      `deployed ${commitOf('sick')}`,
      `deployed ${before}`,
    ]);
    expect(await live()).toBe(before);
  });

  it('deploys nothing where tests fail', async () => {
    const before = await live();
    const { run, step } = await endOf(await release('broken'));
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'gate-failed', step: 'pre-deploy', message: expect.stringContaining('failures') },
    });
    expect(step('reports')?.output).toMatchObject({ metrics: { 'tests.failures': 1 } });
    expect(step('deploy')).toMatchObject({ status: 'skipped' });
    expect(await live()).toBe(before);
  });

  it('says that a repository does not exist', async () => {
    const { run } = await endOf(await release('main', { repository: join(folder, 'nothing-here') }));
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'repository-not-found', step: 'checkout', hint: expect.any(String) },
    });
  });
});

/** What makes any change a risk, whatever the model says of it. */
const TROUBLE = { openIncidents: 3, frozen: true, deployments: { total: 10, failed: 8 } };

/** Node's own runner, which writes both reports. */
const TEST = [
  '--test',
  '--experimental-test-coverage',
  ...['--test-reporter=junit', '--test-reporter-destination=junit.xml'],
  ...['--test-reporter=lcov', '--test-reporter-destination=lcov.info'],
];

/** A shop of forty small commits; `live` runs, the other branches are to be released. */
function makeShop(): MadeRepository {
  const total = (note: string) => `// ${note}\nexport const total = (a, b) => a + b;\n`;
  const check = (sum: number) => `import assert from 'node:assert';
import { it } from 'node:test';
import { total } from './total.js';
it('adds', () => assert.equal(total(1, 2), ${sum}));
it('adds nothing', () => assert.equal(total(1, 0), 1));
`;
  const past = Array.from({ length: 40 }, (_, index) => ({
    day: index,
    author: `Author ${index % 3}`,
    files: {
      'src/total.js': total(`step ${index}`),
      [`src/part${index % 8}.js`]: `export const at = ${index};\n`,
    },
  }));
  const many = Array.from({ length: 60 }, (_, index) => [
    `area${index % 12}/new${index}.js`,
    `export const all = [\n${'  1,\n'.repeat(60)}];\n`,
  ]);
  return makeRepository([
    {
      day: 0,
      files: {
        'package.json': '{ "type": "module" }\n',
        'service.json': '{ "failing": 0 }\n',
        'deploy.mjs': DEPLOY,
        'src/total.js': total('new'),
        'src/total.test.js': check(3),
      },
    },
    ...past,
    { day: 41, branch: 'live', parents: ['main'], files: { 'src/part0.js': 'export const at = 41;\n' } },
    ...[
      {
        branch: 'small',
        files: { 'src/total.js': total('clear'), 'src/total.test.js': `${check(3)}// more\n` },
      },
      { branch: 'large', files: Object.fromEntries(many) },
      { branch: 'sick', files: { 'service.json': '{ "failing": 20 }\n' } },
      { branch: 'broken', files: { 'src/total.test.js': check(4) } },
    ].map((each, index) => ({ ...each, day: 42 + index, parents: ['live'] })),
  ]);
}

/** With RELEASE it deploys that; without, it prints what runs. */
const DEPLOY = `import { execFileSync } from 'node:child_process';
const place = process.argv[2] + '/release';
const version = process.env.RELEASE;
if (version === undefined) {
  console.log((await (await fetch(place)).json()).version);
} else {
  const service = JSON.parse(execFileSync('git', ['show', version + ':service.json'], { encoding: 'utf8' }));
  const answer = await fetch(place, { method: 'PUT', body: JSON.stringify({ ...service, version }) });
  if (!answer.ok) process.exit(1);
  console.log('deployed ' + version);
}
`;
