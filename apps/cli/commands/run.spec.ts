import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunView, StepView } from '#contracts/rest/runs.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { type Invocation, runCommand } from '../testing/run-command.js';
import {
  aLog,
  anApproval,
  anAttempt,
  anEndedRun,
  aRun,
  aRunningStep,
  aStep,
  aWaitingApproval,
  aWorkflow,
  RUN_ID,
} from '../testing/views.js';

let server: ContractServer;
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  file = join(folder, 'hello.yaml');
  await writeFile(file, 'sluice: 1\nname: hello\n');
  server = await startContractServer({
    workflow: aWorkflow(),
    runs: [aRun({ status: 'queued' })],
    steps: [aStep()],
  });
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

function run(argv: readonly string[], over: Partial<Invocation> = {}) {
  return runCommand({ argv: ['run', ...argv], env: { SLUICE_URL: server.url }, ...over });
}

function endWith(ended: RunView): void {
  server.script.streams = [
    {
      events: [
        { id: '1', event: 'run', data: aRun() },
        { id: '2', event: 'step', data: aRunningStep() },
        { id: '3', event: 'log', data: aLog(1, 'a word \u001b]0;pwned\u0007', {}) },
        { id: '4', event: 'step', data: aStep() },
        { id: '5', event: 'end', data: ended },
      ],
      then: 'close',
    },
  ];
}

describe('sluice run', () => {
  it('stores the file, starts it with the inputs, follows it and prints what came of it', async () => {
    endWith(anEndedRun({ output: { greeting: 'hi' } }));
    const outcome = await run([file, '--input', 'who=you', '--input', 'n=2']);
    expect(outcome.code).toBe(0);
    expect(outcome.err).toBe('run: running\ngreet: running\ngreet: succeeded in 1.0s\nrun: succeeded\n');
    expect(outcome.out).toBe(
      `✓ hello v1 succeeded in 1.5s (run ${RUN_ID})\noutput:\n  {\n    "greeting": "hi"\n  }\n`,
    );
    const [saved, started] = server.received;
    expect(saved).toMatchObject({ route: 'POST /workflows', body: 'sluice: 1\nname: hello\n' });
    expect(saved?.headers['content-type']).toBe('application/yaml');
    expect(started).toMatchObject({ route: 'POST /workflows/wf-1/execute' });
    expect(JSON.parse(started!.body)).toEqual({ inputs: { who: 'you', n: 2 } });
  });

  it.each(['hello', 'wf-3'])('starts the stored workflow %s', async (workflow) => {
    endWith(anEndedRun());
    expect((await run([workflow])).code).toBe(0);
    expect(server.received[0]?.route).toBe(`POST /workflows/${workflow}/execute`);
  });

  it.each([
    [anEndedRun(), 0],
    [anEndedRun({ status: 'failed' }), 1],
    [anEndedRun({ status: 'canceled' }), 3],
    [anEndedRun({ status: 'rejected' }), 6],
  ])('answers for the end of the run: %#', async (ended, code) => {
    endWith(ended);
    expect((await run([file])).code).toBe(code);
  });

  it('shows why a run failed, and what the step said last', async () => {
    const error = {
      class: 'code',
      code: 'exit-code',
      message: 'It ended with 1.',
      hint: 'Read on.',
    } as const;
    server.script.steps = [
      aStep({ status: 'failed', error, attempts: [anAttempt({ status: 'failed', error })] }),
    ];
    endWith(anEndedRun({ status: 'failed', error: { ...error, step: 'greet' } }));
    const { out } = await run([file]);
    expect(out).toContain('failed step: greet\n  exit-code It ended with 1.\n  hint: Read on.\n');
    expect(out).toContain('last lines of its log:\n  | a word ␛]0;pwned␇\n');
  });

  it('draws a live tree on a terminal, and lets no escape of a log through', async () => {
    endWith(anEndedRun());
    const { err } = await run([file], { terminal: true });
    expect(err).toContain('━');
    expect(err.startsWith('\u001b[?25l')).toBe(true);
    expect(err.endsWith('\u001b[?25h')).toBe(true);
    expect(err).not.toContain('\u001b]0;');
  });

  it('tells the end after the steps, also where it is known before them', async () => {
    server.script.streams = [
      {
        events: [
          { event: 'run', data: anEndedRun() },
          { event: 'step', data: aStep() },
          { event: 'end', data: anEndedRun() },
        ],
        then: 'close',
      },
    ];
    expect((await run([file])).err).toBe('greet: succeeded in 1.0s\nrun: succeeded\n');
  });

  describe('where a step comes to wait for a person', () => {
    const running = aRunningStep({ key: 'deploy[2]' });
    const stuck = aRunningStep({
      key: 'deploy[2]',
      status: 'waiting',
      waitingFor: 'intervention',
      error: { class: 'code', code: 'exit-code', message: 'It ended with 1.' },
    });
    const voted = aWaitingApproval({
      approval: anApproval({ quorum: 2, votes: [{ by: 'ann', decision: 'approved', at: 0 }] }),
    });

    function comeToWait(...steps: StepView[]): void {
      const events = steps.map((data) => ({ event: 'step', data }));
      server.script.steps = [];
      server.script.streams = [{ events: [...events, { event: 'end', data: anEndedRun() }], then: 'close' }];
    }

    it('prints once how to decide', async () => {
      const asked = anApproval({ quorum: 2, message: 'Ship it?', inputs: { window: {} } });
      comeToWait(aWaitingApproval({ approval: asked }), voted);
      expect((await run([file])).err).toBe(
        [
          'sign-off: waiting for approval by approver (0 of 2)',
          '  Ship it?',
          `  sluice approve ${RUN_ID} sign-off --input window=…`,
          `  sluice reject ${RUN_ID} sign-off --reason …`,
          'sign-off: waiting for approval by approver (1 of 2)',
          'run: succeeded',
          '',
        ].join('\n'),
      );
    });

    it('prints it again when the step comes to wait anew', async () => {
      comeToWait(stuck, running, stuck);
      const { err } = await run([file]);
      expect(err).toContain(`  sluice complete ${RUN_ID} 'deploy[2]' --output JSON\n`);
      expect(err.match(/sluice retry .*/g)).toEqual([
        `sluice retry ${RUN_ID} 'deploy[2]'`,
        `sluice retry ${RUN_ID} 'deploy[2]'`,
      ]);
    });

    it('prints it above the live tree', async () => {
      comeToWait(stuck);
      const { err } = await run([file], { terminal: true });
      expect(err).toContain('waits for a person: retry, skip or complete\n  exit-code: It ended with 1.\n');
    });

    it('prints it of a few, where many wait', async () => {
      comeToWait(...Array.from({ length: 100 }, (_, index) => ({ ...stuck, key: `deploy[${index}]` })));
      expect((await run([file])).err.match(/sluice retry /g)).toHaveLength(5);
    });
  });

  it('says why a run is queued', async () => {
    const waitingFor = { group: 'release', run: 'other' };
    server.script.streams = [
      {
        events: [
          { event: 'run', data: aRun({ status: 'queued', waitingFor }) },
          { event: 'run', data: aRun({ status: 'paused' }) },
          { event: 'end', data: anEndedRun() },
        ],
        then: 'close',
      },
    ];
    expect((await run([file])).err).toBe(
      'run: queued, waits for run other of the group release\nrun: paused\nrun: succeeded\n',
    );
  });

  it('gives the terminal back at Ctrl-C and lets the run go on', async () => {
    server.script.streams = [{ events: [{ event: 'run', data: aRun() }], then: 'stay' }];
    const outcome = await run([file], { interruptAt: 'run: running' });
    expect(outcome.code).toBe(130);
    expect(outcome.err).toContain(`sluice cancel ${RUN_ID}`);
    expect(server.received.some(({ route }) => route.endsWith('/cancel'))).toBe(false);
  });

  it('does not wait when told so', async () => {
    const outcome = await run([file, '--no-wait', '--json']);
    expect(outcome.code).toBe(0);
    expect(JSON.parse(outcome.out)).toEqual({ run: aRun({ status: 'queued' }) });
    expect(server.received).toHaveLength(2);
  });

  it('prints one JSON object with --json', async () => {
    endWith(anEndedRun());
    expect(JSON.parse((await run([file, '--json'])).out)).toEqual({ run: anEndedRun(), steps: [aStep()] });
  });

  it('asks again with the same key when the connection breaks before the answer', async () => {
    server.script.breaks = { 'POST /workflows/wf-1/execute': 1 };
    endWith(anEndedRun());
    expect((await run([file])).code).toBe(0);
    const keys = server.received
      .filter(({ route }) => route.endsWith('/execute'))
      .map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it('sends the key it is given', async () => {
    await run([file, '--no-wait', '--idempotency-key', 'nightly-7']);
    expect(server.received[1]?.headers['idempotency-key']).toBe('nightly-7');
  });

  it('shows the findings of the server in the file', async () => {
    const finding = {
      code: 'key-unknown' as const,
      severity: 'error' as const,
      path: 'nme',
      line: 2,
      column: 1,
      message: 'No such key.',
      hint: 'Write name.',
    };
    server.script.refusals = {
      'POST /workflows': aProblem({ code: 'definition-invalid', findings: [finding] }),
    };
    const outcome = await run([file]);
    expect(outcome.code).toBe(2);
    expect(outcome.err).toContain(`${file}:2:1 key-unknown No such key.\n  2 | name: hello\n    | ^\n`);
  });

  it.each([
    ['inputs-invalid', 422, 2],
    ['workflow-not-found', 404, 2],
    ['idempotency-conflict', 409, 4],
    ['internal', 500, 4],
  ])('maps the problem %s of status %d to exit code %d', async (code, status, expected) => {
    server.script.refusals = { 'POST /workflows/wf-1/execute': aProblem({ code, status }) };
    expect((await run([file])).code).toBe(expected);
  });

  it('prints a problem as it is with --json', async () => {
    const problem = aProblem({ code: 'inputs-invalid', errors: [{ path: 'ref', message: 'is missing' }] });
    server.script.refusals = { 'POST /workflows/wf-1/execute': problem };
    expect(JSON.parse((await run([file, '--json'])).out)).toEqual(problem);
  });

  it('tells how to come by a server where there is none', async () => {
    const { url } = server;
    await server.close();
    const outcome = await run([file], { env: { SLUICE_URL: url } });
    expect(outcome.code).toBe(4);
    expect(outcome.err).toBe(
      `error: no Sluice server at ${url}\n  hint: start one with npm start, or set SLUICE_URL\n`,
    );
    server = await startContractServer();
  });

  it('refuses a file that is not there before it asks anyone', async () => {
    expect((await run([join(folder, 'none.yaml')])).code).toBe(2);
    expect(server.received).toHaveLength(0);
  });
});
