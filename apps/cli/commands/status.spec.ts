import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { runCommand } from '../testing/run-command.js';
import { anEndedRun, aRun, aStep, aWaitingApproval, RUN_ID } from '../testing/views.js';

let server: ContractServer;

beforeEach(async () => {
  server = await startContractServer({ runs: [anEndedRun({ output: 1 })], steps: [aStep()] });
});

afterEach(() => server.close());

function sluice(...argv: string[]) {
  return runCommand({ argv: [...argv, '--server', server.url] });
}

describe('sluice status', () => {
  it.each([RUN_ID, 'latest'])('shows the steps and the outcome of %s', async (run) => {
    expect(await sluice('status', run)).toEqual({
      code: 0,
      err: '',
      out: [
        '  STEP     KIND       STATUS     ATTEMPTS  TIME',
        '  ✓ greet  log/write  succeeded  1         1.0s',
        '',
        `✓ hello v1 succeeded in 1.5s (run ${RUN_ID})`,
        'output:',
        '  1',
        '',
      ].join('\n'),
    });
  });

  it('prints one JSON object with --json', async () => {
    expect(JSON.parse((await sluice('status', RUN_ID, '--json')).out)).toEqual({
      run: anEndedRun({ output: 1 }),
      steps: [aStep()],
    });
  });

  it('says where a run comes from, why it is queued, and what it waits for people to decide', async () => {
    server.script.runs = [
      aRun({
        status: 'queued',
        rerunOf: { run: 'a' },
        parent: { run: 'b', step: 'deploy[1]' },
        waitingFor: { freeze: 'year-end' },
      }),
    ];
    server.script.steps = Array.from({ length: 7 }, (_, index) => aWaitingApproval({ key: `s[${index}]` }));
    const { out } = await sluice('status', RUN_ID);
    expect(out).toContain(
      '\n  rerun of run a\n  started by step deploy[1] of run b\n  held back by the freeze year-end\n',
    );
    expect(out).toContain(
      `s[4] waits for approval by approver, user:bob (0 of 2)\n  sluice approve ${RUN_ID} 's[4]'\n`,
    );
    expect(out.endsWith('… and 2 more that wait for a decision\n')).toBe(true);
  });

  it('turns the pages of a long list of steps', async () => {
    server.script.steps = ['a', 'b', 'c', 'd', 'e'].map((key) => aStep({ key }));
    expect((await sluice('status', RUN_ID)).out.match(/✓ [a-e] /g)).toHaveLength(5);
  });

  it('says in words that there is no such run', async () => {
    expect(await sluice('status', 'nope')).toEqual({
      code: 4,
      out: '',
      err: 'error: Run not found: There is no run nope.\n  hint: List the runs: GET /api/v1/runs\n',
    });
  });

  it('says so when there is no latest', async () => {
    server.script.runs = [];
    expect(await sluice('status', 'latest')).toMatchObject({ code: 2 });
  });

  it('asks for a run whose id holds a slash as for one', async () => {
    await sluice('status', '../workflows');
    expect(server.received[0]?.route).toBe('GET /runs/..%2Fworkflows');
  });
});

describe('sluice cancel', () => {
  it('hands on the reason and shows the run', async () => {
    const outcome = await sluice('cancel', RUN_ID, '--reason', 'wrong ref');
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.out).toContain('canceling');
    expect(JSON.parse(server.received[0]!.body)).toEqual({ reason: 'wrong ref' });
  });

  it('asks for what was done to be undone', async () => {
    await sluice('cancel', RUN_ID, '--compensate');
    expect(JSON.parse(server.received[0]!.body)).toEqual({ compensate: true });
  });

  it('is refused for a run that has ended', async () => {
    server.script.refusals = {
      [`POST /runs/${RUN_ID}/cancel`]: aProblem({ status: 409, code: 'run-already-ended' }),
    };
    expect(await sluice('cancel', RUN_ID)).toMatchObject({ code: 5 });
  });
});

describe('sluice list', () => {
  it('lists runs', async () => {
    expect((await sluice('list', '--limit', '5')).out.split('\n')).toEqual([
      '  RUN                                   WORKFLOW  STATUS     STEPS  TIME  STARTED',
      `✓ ${RUN_ID}  hello v1  succeeded  2/2    1.5s  2026-11-21T12:00:00.000Z`,
      '',
    ]);
    expect(server.received[0]?.query.get('limit')).toBe('5');
  });

  it('asks only for those that are wanted', async () => {
    await sluice('list', '--status', 'failed,queued', '--workflow', 'hello', '--by', 'ann', '--text', 'x');
    expect(Object.fromEntries(server.received[0]!.query)).toEqual({
      limit: '20',
      status: 'failed,queued',
      workflow: 'hello',
      startedBy: 'ann',
      text: 'x',
    });
  });

  it.each(['0', '201', 'many', '1.5'])('refuses the limit %s', async (limit) => {
    expect(await sluice('list', '--limit', limit)).toMatchObject({ code: 2 });
  });
});
