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
  runCommand({ argv: ['schedules', ...argv], env: { SLUICE_URL: server.url } });
const sent = () => JSON.parse(server.received.at(-1)!.body);

const NIGHTLY = {
  name: 'nightly',
  workflow: 'report',
  version: 'stable',
  crons: ['0 3 * * 1-5'],
  every: '36h',
  offset: '1h',
  timeZone: 'Europe/Berlin',
  overlap: 'skip',
  state: 'active',
  next: '2026-11-23T02:00:00.000Z',
  skipped: 2,
  missed: 0,
};
const PAUSED = {
  ...NIGHTLY,
  name: 'other',
  crons: [],
  offset: undefined,
  state: 'paused',
  next: undefined,
  pause: { by: 'ada', reason: 'move\u001b[2J', at: '2026-11-22T02:00:00.000Z' },
  lastError: {
    code: 'inputs-invalid',
    message: 'inputs.who must be a text.',
    at: '2026-11-21T02:00:00.000Z',
  },
};
const TICKS = [
  { at: '2026-11-22T02:00:00.000Z', state: 'started', run: { id: 'r-1', status: 'succeeded' } },
  {
    at: '2026-11-21T02:00:00.000Z',
    state: 'not-started',
    error: { code: 'frozen', message: 'It is frozen.' },
  },
  { at: '2026-11-20T02:00:00.000Z', state: 'due' },
];

describe('sluice schedules', () => {
  it('lists them', async () => {
    server.script.answers = { 'GET /schedules': { items: [NIGHTLY, PAUSED] } };
    const { code, out } = await sluice('list');
    expect({ code, lines: out.trimEnd().split('\n') }).toEqual({
      code: 0,
      lines: [
        expect.stringMatching(/^NAME +WORKFLOW +WHEN +TIME ZONE +STATE +NEXT +LAST ERROR$/),
        expect.stringMatching(
          /^nightly +report +0 3 \* \* 1-5 \| every 36h after 1h +Europe\/Berlin +active +2026/,
        ),
        expect.stringMatching(/^other +report +every 36h +Europe\/Berlin +paused +inputs-invalid$/),
      ],
    });
    server.script.answers = { 'GET /schedules': { items: [] } };
    expect((await sluice('list')).out).toContain('sluice schedules create');
    expect(JSON.parse((await sluice('list', '--json')).out)).toEqual({ items: [] });
  });

  it('shows one, with what came of its ticks', async () => {
    server.script.answers = {
      'GET /schedules/other': PAUSED,
      'GET /schedules/other/ticks': { items: TICKS },
    };
    const { code, out } = await sluice('show', 'other');
    expect(code).toBe(0);
    for (const text of [
      'report (stable)',
      'ada at 2026-11-22T02:00:00.000Z: move␛[2J',
      'inputs-invalid, 2026-11-21T02:00:00.000Z',
      '2 for an overlap',
      'succeeded    r-1',
      'not-started  It is frozen.',
    ])
      expect(out).toContain(text);
    expect(out).not.toContain('undefined');
    server.script.answers = {
      'GET /schedules/nightly': NIGHTLY,
      'GET /schedules/nightly/ticks': { items: [] },
    };
    expect((await sluice('show', 'nightly')).out).not.toContain('TICK');
    expect(JSON.parse((await sluice('show', 'nightly', '--json')).out)).toMatchObject({ name: 'nightly' });
  });

  it('creates one of what is said', async () => {
    server.script.answers = { 'POST /schedules': NIGHTLY };
    const argv = ['create', 'nightly', '--workflow', 'report', '--cron', '0 3 * * *', '--cron', '0 12 * * *'];
    const more = [
      '--time-zone',
      'Europe/Berlin',
      '--version',
      '3',
      '--input',
      'who=ada',
      '--pause-on-failure',
    ];
    expect(await sluice(...argv, ...more)).toMatchObject({
      code: 0,
      out: 'schedule nightly starts report, next at 2026-11-23T02:00:00.000Z\n',
    });
    expect(sent()).toEqual({
      name: 'nightly',
      workflow: 'report',
      crons: ['0 3 * * *', '0 12 * * *'],
      timeZone: 'Europe/Berlin',
      version: 3,
      inputs: { who: 'ada' },
      pauseOnFailure: true,
    });
    expect((await sluice('create', 'nightly')).code).toBe(2);
    expect((await sluice(...argv, '--overlap', 'never')).code).toBe(2);
  });

  it('says the next times in words', async () => {
    const items = [
      { at: '2026-10-24T00:30:00.000Z', local: '2026-10-24T02:30:00+02:00' },
      { at: '2026-10-25T01:30:00.000Z', local: '2026-10-25T02:30:00+01:00' },
    ];
    server.script.answers = { 'GET /schedules/nightly/next': { timeZone: 'Europe/Berlin', items } };
    const { out } = await sluice('next', 'nightly', '--count', '2');
    expect(out.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^Europe\/Berlin +OFFSET +UTC$/),
      expect.stringMatching(/^Sat,? 24 Oct 2026,? 02:30:00 +\+02:00 +2026-10-24T00:30:00.000Z$/),
      expect.stringMatching(/^Sun,? 25 Oct 2026,? 02:30:00 +\+01:00 +2026-10-25T01:30:00.000Z$/),
    ]);
    server.script.answers = { 'GET /schedules/nightly/next': { timeZone: 'UTC', items: [] } };
    expect((await sluice('next', 'nightly')).out).toBe('it does not tick any more\n');
    expect((await sluice('next', 'nightly', '--count', '0')).code).toBe(2);
  });

  it('pauses, resumes, triggers, makes up for and deletes', async () => {
    const order = { id: 'o', kind: 'backfill', from: 'F', to: 'T', ticks: 3 };
    server.script.answers = {
      'POST /schedules/nightly/pause': PAUSED,
      'POST /schedules/nightly/resume': NIGHTLY,
      'POST /schedules/nightly/trigger': { ...order, kind: 'trigger', ticks: 1 },
      'POST /schedules/nightly/backfill': order,
      'DELETE /schedules/nightly': {},
    };
    expect((await sluice('pause', 'nightly', '--reason', 'move')).out).toBe('schedule other is paused\n');
    expect(sent()).toEqual({ reason: 'move' });
    expect((await sluice('resume', 'nightly')).out).toContain('ticks again, next at');
    expect((await sluice('trigger', 'nightly', '--overlap', 'allow-all')).out).toContain('ticks now, as F');
    expect(sent()).toEqual({ overlap: 'allow-all' });
    const stretch = ['--from', 'F', '--to', 'T'];
    expect((await sluice('backfill', 'nightly', ...stretch)).out).toContain('3 moments from F to T');
    expect(sent()).toEqual({ from: 'F', to: 'T' });
    expect((await sluice('backfill', 'nightly')).code).toBe(2);
    expect((await sluice('delete', 'nightly', '--json')).out).toContain('"deleted": "nightly"');
    server.script.refusals = {
      'POST /schedules/nightly/trigger': aProblem({ code: 'schedule-busy', status: 409 }),
    };
    expect(await sluice('trigger', 'nightly')).toMatchObject({ code: 4, err: expect.any(String) });
  });
});
