import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestPlatform } from '../platform.js';
import { recordHistory } from '../replay/record-history.js';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await TestPlatform.start();
});
afterAll(() => platform?.close());

async function runExample(name: string, inputs = {}) {
  const workflow = await platform.saveExample(name);
  const { id } = await platform.execute(workflow.id, inputs);
  const run = await platform.waitForEnd(id);
  await recordHistory(platform, id, name);
  return { id, run, steps: await platform.steps(id) };
}

it('covers every example', () => {
  const names = readdirSync(new URL('../../examples/', import.meta.url)).sort();
  expect(names).toEqual([
    'fan-out.yaml',
    'hello.yaml',
    'parallel-checks.yaml',
    'retry-then-succeed.yaml',
    'verify-repository.yaml',
  ]);
});

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
    await recordHistory(platform, id, 'canceled');
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
