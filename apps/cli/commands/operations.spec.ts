import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OperationView } from '#contracts/rest/operations.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { type Invocation, runCommand } from '../testing/run-command.js';
import { aRun, RUN_ID } from '../testing/views.js';

let server: ContractServer;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  await writeFile(join(folder, 'value.json'), '{"tag": "v2"}');
  server = await startContractServer({ runs: [aRun()] });
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const STEP_ADDRESS = `POST /runs/${RUN_ID}/steps/deploy%5B2%5D`;

function sluice(argv: readonly string[], over: Partial<Invocation> = {}) {
  const written = argv.map((word) => word.replace('FOLDER', folder));
  return runCommand({ argv: written, env: { SLUICE_URL: server.url }, ...over });
}

function answer(over: Partial<OperationView> = {}): OperationView {
  return { run: RUN_ID, status: 'running', ...over };
}

describe.each<[string[], string, unknown, string]>([
  [['pause', RUN_ID], `POST /runs/${RUN_ID}/pause`, {}, '▸ paused; run running'],
  [['pause', RUN_ID, '--reason', 'lunch'], `POST /runs/${RUN_ID}/pause`, { reason: 'lunch' }, '▸ paused; '],
  [['resume', 'latest'], `POST /runs/${RUN_ID}/resume`, {}, '▸ resumed; '],
  [
    ['send', RUN_ID, 'build-done', '--data', '{"ok": true}', '--reason', 'r'],
    `POST /runs/${RUN_ID}/events`,
    { name: 'build-done', data: { ok: true }, reason: 'r' },
    '▸ sent build-done; ',
  ],
  [['send', RUN_ID, 'e'], `POST /runs/${RUN_ID}/events`, { name: 'e' }, '▸ sent e; '],
  [
    ['send', RUN_ID, 'e', '--data', '@FOLDER/value.json'],
    `POST /runs/${RUN_ID}/events`,
    { name: 'e', data: { tag: 'v2' } },
    '▸ sent e; ',
  ],
  [['checkpoint', RUN_ID, 'b'], `POST /runs/${RUN_ID}/checkpoints`, { name: 'b' }, '▸ kept checkpoint b; '],
  [['retry', RUN_ID, 'deploy[2]'], `${STEP_ADDRESS}/retry`, {}, '▸ retrying deploy[2]; '],
  [
    ['retry', RUN_ID, 'deploy[2]', '--with', '{"tag": "v2"}'],
    `${STEP_ADDRESS}/retry`,
    { with: { tag: 'v2' } },
    '▸ retrying deploy[2]; ',
  ],
  [
    ['retry', RUN_ID, 'deploy[2]', '--with', 'FOLDER/value.json'],
    `${STEP_ADDRESS}/retry`,
    { with: { tag: 'v2' } },
    '▸ retrying deploy[2]; ',
  ],
  [['skip', RUN_ID, 'deploy[2]'], `${STEP_ADDRESS}/skip`, {}, '▸ skipping deploy[2]; '],
  [
    ['complete', RUN_ID, 'deploy[2]', '--output', '"done"'],
    `${STEP_ADDRESS}/complete`,
    { output: 'done' },
    '▸ completing deploy[2]; ',
  ],
])('sluice %j', (argv, route, body, printed) => {
  it('asks the server, and prints what became of it', async () => {
    server.script.answers = { [route]: answer() };
    const outcome = await sluice(argv);
    expect(outcome).toMatchObject({ code: 0, err: '' });
    expect(outcome.out).toContain(printed);
    const asked = server.received.at(-1)!;
    expect(asked.route).toBe(route);
    expect(JSON.parse(asked.body)).toEqual(body);
    expect(asked.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('prints the answer as it is with --json', async () => {
    server.script.answers = { [route]: answer({ step: { key: 'x', status: 'skipped' } }) };
    expect(JSON.parse((await sluice([...argv, '--json'])).out)).toEqual(
      answer({ step: { key: 'x', status: 'skipped' } }),
    );
  });

  it('says why it is refused, and when it would fit', async () => {
    server.script.refusals = {
      [route]: aProblem({
        code: 'operation-refused',
        status: 409,
        title: 'The operation does not fit',
        detail: 'The run has ended.',
        refusal: {
          code: 'run-state',
          message: 'The run has ended.',
          fits: 'a run that is running or paused',
        },
      }),
    };
    expect(await sluice(argv)).toEqual({
      code: 5,
      out: '',
      err: 'error: The operation does not fit: The run has ended.\n  fits: a run that is running or paused\n',
    });
  });
});

describe('an operation', () => {
  it('shows the step and the run', async () => {
    server.script.answers = {
      [`${STEP_ADDRESS}/skip`]: answer({ step: { key: 'deploy[2]', status: 'skipped' } }),
    };
    expect((await sluice(['skip', RUN_ID, 'deploy[2]'])).out).toBe(
      `▸ skipping deploy[2]; step skipped, run running (run ${RUN_ID})\n`,
    );
  });

  it.each([
    ['step-not-found', 404, 2],
    ['operation-not-allowed', 403, 5],
    ['run-not-found', 404, 4],
  ])('maps the problem %s to its exit code', async (code, status, expected) => {
    server.script.refusals = { [`POST /runs/${RUN_ID}/pause`]: aProblem({ code, status }) };
    expect(await sluice(['pause', RUN_ID])).toMatchObject({ code: expected, out: '' });
  });

  it('is asked for again with the same key where Temporal did not answer', async () => {
    server.script.refusals = {
      [`POST /runs/${RUN_ID}/pause`]: aProblem({ code: 'temporal-unavailable', status: 503 }),
    };
    expect(await sluice(['pause', RUN_ID, '--idempotency-key', 'k'])).toMatchObject({ code: 4 });
    expect(server.received.map(({ headers }) => headers['idempotency-key'])).toEqual(['k', 'k', 'k']);
  });

  it('is one, also where it is asked for again over a broken connection', async () => {
    const route = `POST /runs/${RUN_ID}/pause`;
    server.script.answers = { [route]: answer({ status: 'paused' }) };
    server.script.breaks = { [route]: 1 };
    expect((await sluice(['pause', RUN_ID])).out).toContain('‖ paused');
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  it.each([
    [['--as', 'ann'], {}, 'ann'],
    [[], { SLUICE_ACTOR: 'bob' }, 'bob'],
    [['--as', 'ann'], { SLUICE_ACTOR: 'bob' }, 'ann'],
    [[], {}, undefined],
    [[], { SLUICE_ACTOR: '' }, undefined],
  ])('is asked for by who is named: %j %j', async (argv, env, actor) => {
    server.script.answers = { [`POST /runs/${RUN_ID}/pause`]: answer() };
    await sluice(['pause', RUN_ID, ...argv], { env: { SLUICE_URL: server.url, ...env } });
    expect(server.received.at(-1)?.headers['x-sluice-actor']).toBe(actor);
  });

  it.each([
    [['pause']],
    [['skip', RUN_ID]],
    [['complete', RUN_ID, 'deploy']],
    [['complete', RUN_ID, 'deploy', '--output', 'done']],
    [['complete', RUN_ID, 'deploy', '--output', '@FOLDER/none.json']],
    [['retry', RUN_ID, 'deploy', '--with', '[1]']],
    [['retry', RUN_ID, 'deploy', '--with', '@-']],
    [['send', RUN_ID, 'e', '--data', '{']],
    [['pause', RUN_ID, '--as', 'a\nb']],
    [['pause', RUN_ID, '--as', '']],
  ])('asks nobody where the command line is wrong: %j', async (argv) => {
    expect(await sluice(argv, { stdin: '[1]' })).toMatchObject({ code: 2, out: '' });
    expect(server.received).toHaveLength(0);
  });
});
