import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Transition } from '#domain/execution/command.js';
import { type ApiFixture, createApiFixture, HELLO } from './api-fixture.js';

const T0 = 1_790_000_000_000;

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly key?: string; readonly text?: string; readonly status?: string };
}

describe('events of a run', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture({}, {}, 2);
    await api.save(HELLO);
  });
  afterAll(() => api?.close());

  const start = async () => (await api.post('/api/v1/workflows/hello/execute', {})).body.id as string;
  const step = (sequence: number, key: string, status: Transition['status']): Transition => ({
    sequence,
    at: T0 + sequence,
    step: key,
    status,
  });
  const log = (run: string, firstLine: number, count: number) =>
    api.recorder.record({
      logs: [
        {
          run,
          step: 'say',
          attempt: 1,
          firstLine,
          lines: Array.from({ length: count }, (_, index) => ({
            at: T0,
            stream: 'stdout',
            text: `line ${firstLine + index}`,
          })),
        },
      ],
    });
  const finish = (run: string) =>
    api.recorder.record({
      results: [
        {
          run,
          result: { status: 'succeeded', output: { done: true } },
          endedAt: T0 + 100,
          sequence: 100,
          steps: { say: { node: 1, status: 'succeeded', attempts: 1, startedAt: T0 + 1, endedAt: T0 + 2 } },
          actions: {},
        },
      ],
    });

  /** Reads events until there is no more, or `enough` says so. */
  async function read(run: string, lastEventId?: string, enough: (event: Event) => boolean = () => false) {
    const gone = new AbortController();
    const response = await fetch(`${api.url}/api/v1/runs/${run}/events`, {
      headers: {
        ...api.authorization,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: gone.signal,
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events: Event[] = [];
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
        if (!fields.has('event')) continue;
        const event = {
          id: fields.get('id')!,
          event: fields.get('event')!,
          data: JSON.parse(fields.get('data')!),
        };
        events.push(event);
        if (!enough(event)) continue;
        gone.abort();
        return events;
      }
    }
    return events;
  }

  it('come as they are recorded, and end with the run', async () => {
    const run = await start();
    const reading = read(run);
    await api.recorder.record({
      transitions: [
        { run, transitions: [{ sequence: 1, at: T0, status: 'running' }, step(2, 'say', 'running')] },
      ],
    });
    await log(run, 1, 2);
    await finish(run);
    const events = await reading;
    expect(events[0]?.event).toBe('run');
    expect(events.filter((event) => event.event === 'log').map((event) => event.data.text)).toEqual([
      'line 1',
      'line 2',
    ]);
    expect(events.filter((event) => event.data.key === 'say').at(-1)?.data).toMatchObject({
      status: 'succeeded',
      attempts: [],
    });
    expect(events.filter((event) => event.event === 'end')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({
      event: 'end',
      data: { status: 'succeeded', output: { done: true } },
    });
  });

  it('are taken up where they were cut: nothing lost, nothing twice', async () => {
    const run = await start();
    await api.recorder.record({
      transitions: [
        {
          run,
          transitions: [
            step(2, 'say', 'running'),
            step(3, 'echo[0]', 'running'),
            step(4, 'echo[1]', 'succeeded'),
          ],
        },
      ],
    });
    await log(run, 1, 1_300);
    await finish(run);
    const whole = (await read(run)).filter((event) => event.event === 'step' || event.event === 'log');
    expect(whole.filter((event) => event.event === 'log')).toHaveLength(1_300);
    for (const cut of [0, 1, 2, 700, whole.length - 1]) {
      const { id } = whole[cut]!;
      const first = await read(run, undefined, (event) => event.id === id && event.event !== 'run');
      const rest = await read(run, first.at(-1)!.id);
      const seen = [...first, ...rest].filter((event) => event.event === 'step' || event.event === 'log');
      expect(seen.map((event) => event.id)).toEqual(whole.map((event) => event.id));
    }
  });

  it('are heard of without asking, when another process records them', async () => {
    const run = await start();
    const readers = Array.from({ length: 5 }, () => read(run, undefined, (event) => event.event === 'step'));
    await api.recorder.record({ transitions: [{ run, transitions: [step(2, 'say', 'running')] }] });
    for (const events of await Promise.all(readers)) expect(events.at(-1)?.data.key).toBe('say');
  });

  it('begin at the beginning for an event id that is none', async () => {
    const run = await start();
    await finish(run);
    for (const id of ['x', '1', "1'; DROP TABLE runs", '9'.repeat(40)]) {
      expect((await read(run, id)).map((event) => event.event)).toEqual(['run', 'step', 'end']);
    }
  });

  it('of a process that stops end, so that it can stop', async () => {
    const other = await createApiFixture();
    await other.save(HELLO);
    const { id } = (await other.post('/api/v1/workflows/hello/execute', {})).body;
    const response = await fetch(`${other.url}/api/v1/runs/${id}/events`, { headers: other.authorization });
    const ended = response.text().catch(() => 'cut');
    await other.close();
    expect(await ended).toBeDefined();
  });
});
