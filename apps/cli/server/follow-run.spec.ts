import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { collect } from '../testing/collect.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { HASTY } from '../testing/run-command.js';
import { aLog, anApproval, anEndedRun, aRun, aStep, aWaitingApproval, RUN_ID } from '../testing/views.js';
import { createApi } from './api.js';
import { followRun, type RunNews } from './follow-run.js';

let server: ContractServer;

beforeEach(async () => {
  server = await startContractServer({
    runs: [anEndedRun()],
    steps: [aStep()],
    logs: [1, 2, 3].map((n) => aLog(n, `line ${n}`)),
  });
});

afterEach(() => server.close());

function follow(signal = new AbortController().signal, id = RUN_ID): Promise<RunNews[]> {
  return collect(followRun(createApi({ root: server.url }), id, signal, HASTY));
}

function summarise(news: readonly RunNews[]): string[] {
  return news.map((each) =>
    each.type === 'log' ? each.log.text : each.type === 'step' ? each.step.key : each.type,
  );
}

describe('followRun', () => {
  it('takes the stream up again behind the last event seen', async () => {
    server.script.streams = [
      {
        events: [
          { id: '1', event: 'run', data: aRun() },
          { id: '2', event: 'step', data: aStep() },
        ],
        then: 'break',
      },
      { events: [], then: 'close' },
      {
        events: [
          { id: '3', event: 'log', data: aLog(1, 'hi') },
          { id: '4', event: 'end', data: anEndedRun() },
        ],
        then: 'stay',
      },
    ];
    expect(summarise(await follow())).toEqual(['run', 'greet', 'hi', 'end']);
    expect(server.received.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '2', '2']);
  });

  it('passes over kinds of events that it does not know', async () => {
    server.script.streams = [
      {
        events: [
          { event: 'weather', data: 'rain' },
          { event: 'end', data: anEndedRun() },
        ],
        then: 'close',
      },
    ];
    expect(summarise(await follow())).toEqual(['end']);
  });

  it('asks again and again where the server cannot stream', async () => {
    server.script.runs = [aRun()];
    const news: string[] = [];
    for await (const each of followRun(
      createApi({ root: server.url }),
      RUN_ID,
      new AbortController().signal,
      HASTY,
    )) {
      news.push(...summarise([each]));
      if (each.type === 'log' && each.log.line === 3) {
        server.script.runs = [anEndedRun()];
        server.script.logs.push(aLog(4, 'last'));
      }
    }
    expect(news.filter((each) => each !== 'run')).toEqual([
      'greet',
      'line 1',
      'line 2',
      'line 3',
      'last',
      'end',
    ]);
  });

  it('tells of it when what a step waits for changes, where the server cannot stream', async () => {
    server.script.runs = [aRun()];
    server.script.steps = [aWaitingApproval()];
    server.script.logs = [];
    const votes: number[] = [];
    for await (const each of followRun(
      createApi({ root: server.url }),
      RUN_ID,
      new AbortController().signal,
      HASTY,
    )) {
      if (each.type === 'step') {
        votes.push(each.step.approval!.votes.length);
        const approval = anApproval({ votes: [{ by: 'ann', decision: 'approved', at: 0 }] });
        server.script.steps = [aWaitingApproval({ approval })];
        server.script.runs = votes.length === 2 ? [anEndedRun()] : server.script.runs;
      }
    }
    expect(votes).toEqual([0, 1]);
  });

  it('asks instead of listening where too many listen already', async () => {
    server.script.refusals = {
      [`GET /runs/${RUN_ID}/events`]: {
        type: '',
        title: 'Too many streams',
        status: 503,
        detail: 'Too many event streams are open.',
        code: 'too-many-streams',
        correlationId: 'c',
      },
    };
    expect(summarise(await follow()).at(-1)).toBe('end');
  });

  it('gives up a server that stays away, after its tries', async () => {
    server.script.breaks = { [`GET /runs/${RUN_ID}/events`]: 1000 };
    await expect(follow()).rejects.toMatchObject({ code: 'server-unreachable' });
    expect(server.received).toHaveLength(HASTY.tries);
  });

  it('does not ask twice for what is refused', async () => {
    server.script.refusals = {
      [`GET /runs/${RUN_ID}/events`]: {
        type: '',
        title: 'Run not found',
        status: 404,
        detail: 'There is none.',
        code: 'run-not-found',
        correlationId: 'c',
      },
    };
    await expect(follow()).rejects.toMatchObject({ code: 'run-not-found' });
    expect(server.received).toHaveLength(1);
  });

  it('makes a connection anew that says nothing', async () => {
    server.script.streams = [
      { events: [{ id: '1', event: 'run', data: aRun() }], then: 'stay' },
      { events: [{ id: '2', event: 'end', data: anEndedRun() }], then: 'close' },
    ];
    const pace = { ...HASTY, silence: 20 };
    const news = await collect(
      followRun(createApi({ root: server.url }), RUN_ID, new AbortController().signal, pace),
    );
    expect(summarise(news).at(-1)).toBe('end');
    expect(server.received.length).toBeGreaterThan(1);
  });

  it('ends silently when it is told to', async () => {
    server.script.streams = [{ events: [{ event: 'run', data: aRun() }], then: 'stay' }];
    const controller = new AbortController();
    const news: string[] = [];
    for await (const each of followRun(createApi({ root: server.url }), RUN_ID, controller.signal, HASTY)) {
      news.push(each.type);
      controller.abort();
    }
    expect(news).toEqual(['run']);
  });
});
