import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';
import { anApproval, aRun, aStep, aWaitingApproval, RUN_ID } from '../testing/views.js';

let server: ContractServer;

beforeEach(async () => {
  server = await startContractServer({ runs: [aRun()], steps: [aStep(), aWaitingApproval()] });
  for (const does of ['approve', 'reject']) {
    server.script.answers[`POST /runs/${RUN_ID}/steps/sign-off/${does}`] = {
      run: RUN_ID,
      status: 'running',
      step: { key: 'sign-off', status: 'succeeded' },
    };
  }
});

afterEach(() => server.close());

function sluice(...argv: string[]) {
  return runCommand({ argv, env: { SLUICE_URL: server.url } });
}

describe('sluice approve and reject', () => {
  it.each([
    [['approve', RUN_ID, 'sign-off'], {}, 'approved'],
    [['approve', 'latest'], {}, 'approved'],
    [
      ['approve', RUN_ID, '--input', 'window=night', '--input', 'hosts=3', '--reason', 'ok'],
      { inputs: { window: 'night', hosts: 3 }, reason: 'ok' },
      'approved',
    ],
    [['reject', RUN_ID, '--reason', 'too late'], { reason: 'too late' }, 'rejected'],
  ])('%j', async (argv, body, word) => {
    expect(await sluice(...argv)).toEqual({
      code: 0,
      err: '',
      out: `▸ ${word} sign-off; step succeeded, run running (run ${RUN_ID})\n`,
    });
    const asked = server.received.at(-1)!;
    expect(asked.route).toBe(`POST /runs/${RUN_ID}/steps/sign-off/${argv[0]}`);
    expect(JSON.parse(asked.body)).toEqual(body);
  });

  it('wants the reason of a rejection', async () => {
    expect(await sluice('reject', RUN_ID)).toMatchObject({ code: 2 });
    expect(server.received).toHaveLength(0);
  });

  it('names the approvals that wait where there are several', async () => {
    server.script.steps.push(aWaitingApproval({ key: 'final[1]' }), aWaitingApproval({ key: 'final[2]' }));
    expect(await sluice('approve', RUN_ID)).toEqual({
      code: 2,
      out: '',
      err: `error: 3 approvals wait in run ${RUN_ID}.\n  hint: Name one: sign-off, final[1], final[2]\n`,
    });
  });

  it('is refused where no approval waits', async () => {
    server.script.steps = [aStep({ approval: anApproval() })];
    const outcome = await sluice('approve', RUN_ID);
    expect(outcome).toMatchObject({ code: 5, out: '' });
    expect(outcome.err).toContain('sluice approvals');
    expect(JSON.parse((await sluice('approve', RUN_ID, '--json')).out)).toMatchObject({
      code: 'operation-refused',
    });
  });
});
