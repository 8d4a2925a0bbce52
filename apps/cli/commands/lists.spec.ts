import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';
import { anApproval, aRun, RUN_ID } from '../testing/views.js';

let server: ContractServer;

const NOW = Date.parse('2026-11-21T12:05:00.000Z');
const SINCE = '2026-11-21T12:00:00.000Z';

beforeEach(async () => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
  server = await startContractServer({ runs: [aRun()] });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await server.close();
});

function sluice(...argv: string[]) {
  return runCommand({ argv, env: { SLUICE_URL: server.url } });
}

const approvals = ['a', 'b', 'c\u001b[2J'].map((step) => ({
  run: RUN_ID,
  workflow: 'release',
  step,
  requestedAt: SINCE,
  approval: anApproval({ message: `Ship ${step}?`, expiresAt: NOW + 60_000 }),
}));

const checkpoints = [
  { name: 'built', sequence: 7, at: SINCE, by: 'ann', reason: 'before the night', steps: 3 },
  { name: 'tested', sequence: 9, at: SINCE, steps: 5 },
];

const history = [
  { sequence: 3, at: SINCE, type: 'run.paused', by: 'ann', reason: 'lunch' },
  { sequence: 5, at: SINCE, type: 'event.received', by: 'ci', name: 'build-done', data: { ok: true } },
  { sequence: 6, at: SINCE, type: 'step.skipped', step: 'deploy[2]', by: 'bob' },
];

const pools = [
  {
    name: 'default',
    capacity: { slots: 4, cpu: 8, memory: 16 * 2 ** 30 },
    used: { slots: 1, cpu: 0.5, memory: 3 * 2 ** 29 },
    held: 3,
    waiting: 2,
    leases: [
      { run: RUN_ID, step: 'unit', amounts: { slots: 1, cpu: 0.5, memory: 3 * 2 ** 29 }, since: SINCE },
    ],
  },
  { name: 'idle', capacity: { slots: 1 }, used: { cpu: 2 }, held: 0, waiting: 0, leases: [] },
  { name: 'default-like', capacity: {}, used: {}, held: 0, waiting: 0, leases: [] },
];

const locks = [
  {
    name: 'production',
    queue: 3,
    holder: { run: RUN_ID, step: 'deploy', since: SINCE },
    waiting: [{ run: 'other', step: 'deploy', since: SINCE, priority: 3 }],
  },
  { name: 'handed-over', queue: 0, waiting: [] },
];

const freezes = [
  {
    id: 'f1',
    name: 'holidays',
    active: true,
    startsAt: SINCE,
    endsAt: '2026-11-22T12:00:00.000Z',
    workflows: ['shop', 'web'],
    reason: 'nobody is there',
  },
  { id: 'f2', name: 'audit', active: false, startsAt: SINCE, endsAt: '2026-11-22T12:00:00.000Z' },
];

describe.each<[string[], string, readonly unknown[], string[], string]>([
  [
    ['approvals'],
    'GET /approvals',
    approvals,
    [
      'RUN                                   WORKFLOW  STEP  BY        WAITS  EXPIRES               MESSAGE',
      `${RUN_ID}  release   a     approver  5m00s  2026-11-21T12:06:00Z  Ship a?`,
      `${RUN_ID}  release   b     approver  5m00s  2026-11-21T12:06:00Z  Ship b?`,
      `${RUN_ID}  release   c␛[2J  approver  5m00s  2026-11-21T12:06:00Z  Ship c␛[2J?`,
    ],
    'no approval is waited for',
  ],
  [
    ['checkpoints', RUN_ID],
    `GET /runs/${RUN_ID}/checkpoints`,
    checkpoints,
    [
      'NAME    AT                        STEPS OVER  BY   REASON',
      'built   2026-11-21T12:00:00.000Z  3           ann  before the night',
      'tested  2026-11-21T12:00:00.000Z  5',
    ],
    `run ${RUN_ID} has no checkpoint`,
  ],
  [
    ['history', RUN_ID],
    `GET /runs/${RUN_ID}/history`,
    history,
    [
      'AT                        WHAT            STEP       BY   NOTE',
      '2026-11-21T12:00:00.000Z  run.paused                 ann  lunch',
      '2026-11-21T12:00:00.000Z  event.received             ci   build-done · {"ok":true}',
      '2026-11-21T12:00:00.000Z  step.skipped    deploy[2]  bob',
    ],
    `nothing happened in run ${RUN_ID} beside its steps`,
  ],
  [
    ['pools'],
    'GET /pools',
    pools,
    [
      'default  slots 1 of 4, cpu 0.5 of 8, memory 1.5GiB of 16GiB; 2 waiting',
      `  run ${RUN_ID} step unit: slots 1, cpu 0.5, memory 1.5GiB for 5m00s`,
      '  … and 2 more that hold of it',
      'idle  slots 0 of 1, cpu 2',
      'default-like  not limited',
    ],
    'no pool yet; make one: sluice pool set NAME --slots 4',
  ],
  [
    ['locks'],
    'GET /locks',
    locks,
    [
      `production  held by run ${RUN_ID} step deploy for 5m00s`,
      '  waits: run other step deploy for 5m00s, priority 3',
      '  … and 2 more that wait',
      'handed-over  free',
    ],
    'no lock is held or waited for',
  ],
  [
    ['freezes'],
    'GET /freezes',
    freezes,
    [
      'ID NAME FROM UNTIL WORKFLOWS REASON',
      `f1 holidays now ${SINCE} 2026-11-22T12:00:00.000Z shop, web nobody is there`,
      `f2 audit ${SINCE} 2026-11-22T12:00:00.000Z all`,
    ],
    'no freeze is set',
  ],
])('sluice %j', (argv, route, items, lines, nothing) => {
  it('lists them all', async () => {
    server.script.answers = { [route]: items };
    const { code, out } = await sluice(...argv);
    expect(code).toBe(0);
    expect(out.split('\n').map(squeeze)).toEqual([...lines, ''].map(squeeze));
  });

  it('prints what the server answered with --json', async () => {
    server.script.answers = { [route]: items };
    expect(JSON.parse((await sluice(...argv, '--json')).out)).toEqual({ items });
  });

  it('says so where there is nothing', async () => {
    server.script.answers = { [route]: [] };
    expect(await sluice(...argv)).toEqual({ code: 0, err: '', out: `${nothing}\n` });
  });
});

it('asks for those that the caller may decide', async () => {
  server.script.answers = { 'GET /approvals': [] };
  await sluice('approvals', '--mine', '--as', 'bob');
  expect(server.received[0]?.query.get('for')).toBe('me');
  expect(server.received[0]?.headers['x-sluice-actor']).toBe('bob');
});

describe('sluice pool', () => {
  it('sets the capacity', async () => {
    const capacity = { slots: 4, cpu: 1.5, memory: 16 * 2 ** 30 };
    server.script.answers = { 'PUT /pools/ci%2Fcd': { ...pools[1], name: 'ci/cd', capacity } };
    const argv = [
      'pool',
      'set',
      'ci/cd',
      '--slots',
      '4',
      '--cpu',
      '1.5',
      '--memory',
      '16GiB',
      '--reason',
      'r',
    ];
    expect(await sluice(...argv)).toEqual({
      code: 0,
      err: '',
      out: 'pool ci/cd has slots 4, cpu 1.5, memory 16GiB\n',
    });
    expect(JSON.parse(server.received[0]!.body)).toEqual({ capacity, reason: 'r' });
    expect(JSON.parse((await sluice(...argv, '--json')).out)).toMatchObject({ name: 'ci/cd', capacity });
  });

  it('removes one', async () => {
    server.script.answers = { 'DELETE /pools/ci': undefined };
    expect(await sluice('pool', 'remove', 'ci')).toMatchObject({ code: 0, out: 'pool ci is removed\n' });
    expect(server.received[0]?.route).toBe('DELETE /pools/ci');
  });

  it.each([
    [[]],
    [['--slots', '-1']],
    [['--slots', '1.5']],
    [['--slots', '']],
    [['--cpu', 'many']],
    [['--memory', '16 gigs']],
    [['--memory', '9999999TiB']],
    [['--disk', '__proto__']],
  ])('asks nobody for %j', async (argv) => {
    expect(await sluice('pool', 'set', 'ci', ...argv)).toMatchObject({ code: 2, out: '' });
    expect(server.received).toHaveLength(0);
  });
});

describe('sluice freeze', () => {
  it('is set from now on, for some workflows, with a reason', async () => {
    server.script.answers = { 'POST /freezes': freezes[0] };
    const until = '2026-11-22T12:00:00Z';
    const argv = [
      'freeze',
      'add',
      'holidays',
      '--until',
      until,
      '--workflow',
      'shop',
      'web',
      '--reason',
      'r',
    ];
    expect(await sluice(...argv)).toEqual({
      code: 0,
      err: '',
      out: `freeze holidays holds runs from ${SINCE} until 2026-11-22T12:00:00.000Z (f1)\n`,
    });
    expect(JSON.parse(server.received[0]!.body)).toEqual({
      name: 'holidays',
      startsAt: expect.stringMatching(/^20.*Z$/),
      endsAt: until,
      workflows: ['shop', 'web'],
      reason: 'r',
    });
  });

  it('is removed', async () => {
    server.script.answers = { 'DELETE /freezes/f1': undefined };
    expect(await sluice('freeze', 'remove', 'f1')).toMatchObject({ code: 0, out: 'freeze f1 is removed\n' });
  });

  it('can be overridden by a run', async () => {
    server.script.answers = { 'POST /workflows/shop/execute': aRun() };
    const argv = ['run', 'shop', '--freeze', 'override', '--reason', 'fix', '--no-wait'];
    expect((await sluice(...argv)).code).toBe(0);
    expect(JSON.parse(server.received[0]!.body)).toMatchObject({ freeze: 'override', reason: 'fix' });
    expect((await sluice('run', 'shop', '--freeze', 'melt')).code).toBe(2);
  });
});

/** Widths of columns are the table's business, tested there. */
function squeeze(line: string): string {
  return line.replace(/(?<=\S) +/g, ' ');
}
