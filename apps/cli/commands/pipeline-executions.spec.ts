import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { runCommand } from '../testing/run-command.js';

let server: ContractServer;

beforeEach(async () => {
  server = await startContractServer({});
});

afterEach(() => server.close());

const sluice = (...argv: string[]) =>
  runCommand({ argv: ['pipelines', ...argv], env: { SLUICE_URL: server.url } });

const EXECUTION = {
  id: 'e1',
  integration: 'builds',
  platform: 'github',
  project: 'acme/app',
  pipeline: 'build.yml',
  attempt: 1,
  state: 'failed',
  native: 'failure',
  title: 'Build\u001b[2J',
  url: 'https://x.example/1',
  ref: 'main',
  trigger: 'push',
  actor: 'ann',
  durationMs: 61_000,
};
const JOB = { id: '7', name: 'test', state: 'failed', native: 'x', attempt: 1, mayFail: false, steps: [] };

describe('sluice pipelines', () => {
  it('lists and shows executions', async () => {
    server.script.answers = {
      'GET /pipelines': { items: [EXECUTION], next: 'more' },
      'GET /pipelines/e1': EXECUTION,
    };
    const listed = await sluice('list', '--of', 'acme/app', '--state', 'failed', '--integration', 'builds');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toMatch(
      /e1 +failed +builds +acme\/app build.yml +main +1m01s +Build␛\[2J\nthere are more/,
    );
    expect(Object.fromEntries(server.received.at(-1)!.query)).toEqual({
      integration: 'builds',
      project: 'acme/app',
      state: 'failed',
      limit: '20',
    });
    const shown = await sluice('get', 'e1');
    expect(shown.out).toContain('failed (failure)');
    expect(shown.out).toContain('push, ann');
    server.script.answers = { 'GET /pipelines': { items: [] } };
    expect((await sluice('list')).out).toBe('no execution is known\n');
  });

  it('lists jobs with their steps, and prints the log of one by its name or id', async () => {
    const steps = [{ name: 'Compile', state: 'succeeded', native: 'ok' }];
    server.script.answers = {
      'GET /pipelines/e1/jobs': {
        items: [
          { ...JOB, steps, durationMs: 1_000 },
          { ...JOB, id: '8' },
          { ...JOB, id: '9', name: 'lint' },
        ],
      },
    };
    expect((await sluice('jobs', 'e1')).out).toMatch(/7 +failed +test +1\.0s\n +succeeded +Compile/);
    server.script.texts = { 'GET /pipelines/e1/jobs/9/logs': 'one\ntwo\u009b2J\nlast' };
    expect(await sluice('logs', 'e1', 'lint')).toEqual({
      code: 0,
      err: '',
      out: 'one\ntwo\\u009b2J\nlast\n',
    });
    expect((await sluice('logs', 'e1', '9')).code).toBe(0);
    expect(await sluice('logs', 'e1')).toMatchObject({ code: 2, err: expect.stringContaining('test (8)') });
    expect((await sluice('logs', 'e1', 'test')).err).toContain('several jobs test');
    expect((await sluice('logs', 'e1', 'deploy')).code).toBe(2);
  });

  it('cancels and does again', async () => {
    server.script.answers = {
      'POST /pipelines/e1/cancel': { ...EXECUTION, state: 'canceled' },
      'POST /pipelines/e1/retry': { ...EXECUTION, attempt: 2, state: 'queued' },
    };
    expect((await sluice('cancel', 'e1', '--reason', 'wrong')).out).toBe('execution e1 is canceled\n');
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({ reason: 'wrong' });
    expect((await sluice('retry', 'e1')).out).toBe('its attempt 2 is queued\n');
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({ what: 'failed' });
    server.script.answers = { 'POST /pipelines/e1/retry': { ...EXECUTION, id: 'e2', state: 'queued' } };
    expect((await sluice('retry', 'e1', '--all')).out).toBe('execution e2 is queued\n');
    server.script.refusals = {
      'POST /pipelines/e1/retry': aProblem({ code: 'capability-unsupported', hint: 'Retry all of it.' }),
    };
    expect(await sluice('retry', 'e1')).toMatchObject({
      code: 4,
      err: expect.stringContaining('Retry all of it.'),
    });
  });

  it('tells statistics', async () => {
    const duration = { p50Ms: 60_000, p95Ms: 120_000 };
    const job = { platform: 'github', project: 'acme/app', pipeline: 'build.yml' };
    server.script.answers = {
      'GET /pipelines/statistics': {
        executions: 5,
        succeeded: 3,
        failed: 2,
        canceled: 0,
        successRate: 0.6,
        duration,
        queued: duration,
        minutes: 8,
        cost: 4,
        jobs: [
          { ...job, name: 'test', count: 6, failed: 3, flaky: 2, flakiness: 0.6667, duration, minutes: 7 },
        ],
        steps: [{ job: 'test', name: 'Compile', count: 6, duration }],
      },
    };
    const { out, code } = await sluice('statistics', '--price', '0.5', '--ref', 'main');
    expect(code).toBe(0);
    expect(out).toContain('5 executions: 3 succeeded, 2 failed, 0 canceled; 60 % of those');
    expect(out).toContain('machines 8 min, at a cost of 4');
    expect(out).toMatch(/test +acme\/app build.yml +6 +3 +66.7 % +2m00s +7\n/);
    expect(out).toMatch(/Compile +test +6 +1m00s +2m00s/);
    expect(server.received.at(-1)!.query.get('pricePerMinute')).toBe('0.5');
    server.script.answers = { 'GET /pipelines/statistics': { executions: 0 } };
    expect((await sluice('statistics')).out).toBe('no execution is over in that time\n');
  });

  it.each([['list', '--limit', '0'], ['get'], ['logs'], ['retry']])('refuses %j', async (...argv) => {
    expect((await sluice(...argv)).code).toBe(2);
  });
});
