import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';
import { anEndedRun, aStep, RUN_ID } from '../testing/views.js';

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

  it.each(['0', '101', 'many', '1.5'])('refuses the limit %s', async (limit) => {
    expect(await sluice('list', '--limit', limit)).toMatchObject({ code: 2 });
  });
});
