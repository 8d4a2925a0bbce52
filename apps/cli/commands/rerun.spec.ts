import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunView } from '#contracts/rest/runs.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { runCommand } from '../testing/run-command.js';
import { anApproval, anEndedRun, aRun, aStep, aWaitingApproval, RUN_ID } from '../testing/views.js';

let server: ContractServer;

const NEW_ID = '0199a5b0-0000-7000-8000-000000000002';
const ROUTE = `POST /runs/${RUN_ID}/rerun`;
const origin = { id: NEW_ID, trigger: 'rerun', rerunOf: { run: RUN_ID, from: 'deploy' } } as const;

beforeEach(async () => {
  server = await startContractServer({
    runs: [anEndedRun({ status: 'failed', inputs: { ref: 'main', who: 'ann' } }), aRun(origin)],
    steps: [aStep({ key: 'build', reused: true, attempts: [] }), aStep({ key: 'deploy' })],
    answers: { [ROUTE]: aRun({ ...origin, status: 'queued' }) },
  });
});

afterEach(() => server.close());

function sluice(...argv: string[]) {
  return runCommand({ argv: ['rerun', ...argv], env: { SLUICE_URL: server.url } });
}

function endWith(ended: RunView): void {
  server.script.streams = [{ events: [{ id: '1', event: 'end', data: ended }], then: 'close' }];
}

describe('sluice rerun', () => {
  it.each<[string[], unknown]>([
    [[RUN_ID], {}],
    [['latest', '--from', 'deploy', '--reason', 'flaky'], { from: 'deploy', reason: 'flaky' }],
    [[RUN_ID, '--checkpoint', 'built', '--version', '3'], { checkpoint: 'built', version: 3 }],
    [[RUN_ID, '--input', 'ref=v2'], { inputs: { ref: 'v2', who: 'ann' } }],
  ])('%j asks for a new run, once, and follows it', async (argv, body) => {
    endWith(anEndedRun({ ...origin, output: 1 }));
    server.script.breaks = { [ROUTE]: 1 };
    const outcome = await sluice(...argv);
    expect(outcome).toEqual({
      code: 0,
      err: 'run: succeeded\n',
      out: `✓ hello v1 succeeded in 1.5s (run ${NEW_ID})\n  rerun of run ${RUN_ID} from deploy\noutput:\n  1\n`,
    });
    const asked = server.received.filter(({ route }) => route === ROUTE);
    expect(asked.map((each) => JSON.parse(each.body))).toEqual([body, body]);
    expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('answers at once with --detach', async () => {
    const { code, out } = await sluice(RUN_ID, '--detach');
    expect(code).toBe(0);
    expect(out).toContain(`  rerun of run ${RUN_ID} from deploy\n`);
    expect(out).toContain(`sluice logs --follow ${NEW_ID}`);
  });

  it('ends as the run does: rejected', async () => {
    server.script.steps = [
      aWaitingApproval({
        status: 'succeeded',
        approval: anApproval({
          votes: [{ by: 'bob', decision: 'rejected', at: 0, reason: 'too late' }],
        }),
      }),
    ];
    endWith(anEndedRun({ ...origin, status: 'rejected' }));
    const { code, out } = await sluice(RUN_ID);
    expect(code).toBe(6);
    expect(out).toContain('⊘ hello v1 rejected in 1.5s');
    expect(out).toContain('  rejected by bob at sign-off: too late\n');
  });

  it('shows why the plans do not fit', async () => {
    const misfit = {
      path: 'deploy',
      code: 'step-missing',
      message: 'There is no step deploy in version 3.',
      hint: 'Name a step that both have.',
    };
    server.script.refusals = {
      [ROUTE]: aProblem({ status: 409, code: 'rerun-impossible', errors: [misfit] }),
    };
    const { code, err } = await sluice(RUN_ID, '--from', 'deploy', '--version', '3');
    expect(code).toBe(5);
    expect(err).toContain(
      '  deploy: There is no step deploy in version 3.\n    hint: Name a step that both have.\n',
    );
  });

  it.each([[['--version', '0']], [['--version', '1.0']], [['--input', 'ref']]])(
    'asks nobody for %j',
    async (argv) => {
      expect(await sluice(RUN_ID, ...argv)).toMatchObject({ code: 2 });
      expect(server.received).toHaveLength(0);
    },
  );
});
