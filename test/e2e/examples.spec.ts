import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StepView } from '#contracts/rest/runs.js';
import type { JsonObject } from '#domain/json.js';
import { eventually } from '../integration/api/api-fixture.js';
import { TestPlatform } from '../platform.js';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await TestPlatform.start();
});
afterAll(() => platform?.close());

/** What a person does while it runs: `path` under the run. */
interface Deed {
  /** Key of the step that waits for it. */
  readonly step: string;
  readonly path: string;
  readonly body?: JsonObject;
}

async function runExample(name: string, inputs: JsonObject = {}, deed?: Deed) {
  const workflow = await platform.saveExample(name);
  const { id } = await platform.execute(workflow.id, inputs);
  if (deed !== undefined) {
    await platform.waitFor(id, async () =>
      (await platform.steps(id)).some(({ key, status }) => key === deed.step && status === 'waiting'),
    );
    const done = await platform.request('POST', `/runs/${id}/${deed.path}`, deed.body ?? {}, {
      'x-sluice-actor': 'bob',
    });
    expect(done).toMatchObject({ status: 200 });
  }
  const run = await platform.waitForEnd(id);
  return { id, run, steps: await platform.steps(id) };
}

const statusOf = (steps: readonly StepView[], key: string) => steps.find((step) => step.key === key)?.status;

it('covers every example', () => {
  const names = readdirSync(new URL('../../examples/', import.meta.url))
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .sort();
  expect(names).toEqual([
    'deploy-region.yaml',
    'fan-out.yaml',
    'guarded-release.yaml',
    'hello.yaml',
    'matrix.yaml',
    'parallel-checks.yaml',
    'pipeline-of-workflows.yaml',
    'recover.yaml',
    'release.yaml',
    'retry-then-succeed.yaml',
  ]);
});

const isCompensation = (step: string) => step.startsWith('deploy:compensate');

describe('examples, as shipped', () => {
  it('hello greets, in its output and in its log', async () => {
    const { id, run } = await runExample('hello', { name: 'Ada' });
    expect(run.status).toBe('succeeded');
    expect(JSON.stringify(run.output)).toContain('Ada');
    expect((await platform.logs(id)).map(({ text }) => text).join('\n')).toContain('Ada');
  });

  it('fan-out runs its 100 branches', async () => {
    const { run, steps } = await runExample('fan-out');
    expect(run).toMatchObject({ status: 'succeeded', progress: { settled: run.progress.total } });
    const branches = steps.filter(({ key }) => /\[\d+\]$/.test(key));
    expect(branches).toHaveLength(100);
    expect(branches.every(({ status, attempts }) => status === 'succeeded' && attempts.length === 1)).toBe(
      true,
    );
  });

  it('retry-then-succeed shows each failed attempt', async () => {
    const { run, steps } = await runExample('retry-then-succeed');
    expect(run.status).toBe('succeeded');
    const retried = steps.find(({ attempts }) => attempts.length > 1);
    expect(retried?.attempts.map(({ status }) => status)).toEqual(['failed', 'failed', 'succeeded']);
  });

  it('parallel-checks ends', async () => {
    const { run } = await runExample('parallel-checks');
    expect(run.status).toBe('succeeded');
  });

  const approve = { step: 'sign-off', path: 'steps/sign-off/approve', body: { reason: 'tests are green' } };

  it('release deploys region by region once somebody has approved', async () => {
    const { run, steps } = await runExample('release', { regions: ['eu-west', 'us-east'] }, approve);
    expect(run).toMatchObject({
      status: 'succeeded',
      output: { version: '2.0', approvedBy: ['bob'], replaced: ['1.0', '1.0'] },
    });
    expect(steps.filter(({ key }) => key.startsWith('probe['))).toHaveLength(4);
  });

  it('release undoes every region when one stays unhealthy, the latest first', async () => {
    const { id, run, steps } = await runExample('release', { sick: 'us-east' }, approve);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'loop-exhausted' } });
    expect(statusOf(steps, 'healthy[0]')).toBe('succeeded');
    expect(statusOf(steps, 'healthy[1]')).toBe('failed');
    // What a worker logs may be written a moment after another one has recorded the end.
    const undone = await eventually(
      async () => [...new Set((await platform.logs(id)).map(({ step }) => step).filter(isCompensation))],
      (found) => found.length === 2,
    );
    expect(undone).toEqual(['deploy:compensate[1]', 'deploy:compensate[0]']);
    expect(statusOf(steps, 'deploy:compensate[0]')).toBe('succeeded');
  });

  it('matrix builds each combination, takes the faster source and two stores of three', async () => {
    const { run, steps } = await runExample('matrix');
    expect(run).toMatchObject({
      status: 'succeeded',
      output: {
        toolchain: 'mirror',
        builds: ['linux-amd64', 'linux-arm64', 'mac-arm64', 'windows-amd64'],
      },
    });
    expect(statusOf(steps, 'from-origin')).toBe('skipped');
    expect([0, 1].map((index) => statusOf(steps, `copy[${index}]`))).toEqual(['succeeded', 'succeeded']);
  });

  it('recover goes back to the backup, and lets a person look for something else', async () => {
    const { run, steps } = await runExample(
      'recover',
      { migration: 'broken' },
      {
        step: 'check',
        path: 'steps/check/retry',
        body: { with: { run: ['grep', '-x', 'schema 1', 'database'] }, reason: 'the old schema will do' },
      },
    );
    expect(run).toMatchObject({ status: 'succeeded', output: { migrated: false, check: 'succeeded' } });
    expect(['apply', 'restore', 'open'].map((key) => statusOf(steps, key))).toEqual([
      'failed',
      'succeeded',
      'succeeded',
    ]);
    expect(steps.find(({ key }) => key === 'check')?.attempts.map(({ status }) => status)).toEqual([
      'failed',
      'succeeded',
    ]);
  });

  it('pipeline-of-workflows begins the others when the canary, deploy-region, says that it serves', async () => {
    await platform.saveExample('deploy-region');
    const { run, steps } = await runExample('pipeline-of-workflows');
    expect(run).toMatchObject({
      status: 'succeeded',
      output: {
        canary: { region: 'eu-north', errors: 0 },
        others: [
          { region: 'eu-west', errors: 0 },
          { region: 'us-east', errors: 0 },
        ],
      },
    });
    expect(steps.find(({ key }) => key === 'canary-serves')?.output).toMatchObject({
      data: { region: 'eu-north' },
    });
  });
});

describe('cancel', () => {
  it('stops the command, its whole process group, and says who and why', async () => {
    const workflow = await platform.save(ENDLESS);
    const { id } = await platform.execute(workflow.id);
    await platform.waitFor(id, async () => (await platform.logs(id)).some(({ text }) => text === 'up'));
    expect(findSleepers()).toHaveLength(2);
    const answer = await platform.request('POST', `/runs/${id}/cancel`, { reason: 'enough' });
    expect(answer.status).toBe(202);

    const run = await platform.waitForEnd(id);
    expect(run).toMatchObject({ status: 'canceled', cancel: { reason: 'enough' } });
    const steps = await platform.steps(id);
    expect(steps.map(({ key, status }) => [key, status])).toEqual([
      ['work', 'canceled'],
      ['endless', 'canceled'],
      ['after', 'skipped'],
    ]);
    expect(findSleepers()).toEqual([]);
  });
});

/** Tells this test's processes from all others of the machine. */
const NAP = `600.${process.pid}`;

/** In a sandbox a process has another number, so that it is known by its words. */
function findSleepers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${NAP}\0`;
    } catch {
      return false;
    }
  });
}

const ENDLESS = `
sluice: 1
name: endless
stages:
  work:
    steps:
      endless: { uses: command/run, with: { run: [sh, -c, "sleep ${NAP} & sleep ${NAP} & echo up; wait"] } }
      after: { uses: log/write, with: { message: never } }
`;
